/**
 * The header that opens one reservation's calls. It goes with the single request, so no token outlives
 * the page that read it from its fragment.
 */
export function reservationAuthorization(token: string): string {
  return `Reservation ${token}`;
}
