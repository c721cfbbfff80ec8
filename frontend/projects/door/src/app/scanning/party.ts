/** What is known of a party before anybody of it is asked about. */
export interface Party {
  readonly name: string;
  readonly reference: string;
  readonly seats: number;
  readonly admitted: number;
}

export function seatsOutside(party: Party): number {
  return Math.max(0, party.seats - party.admitted);
}
