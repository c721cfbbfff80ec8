/** What the API answers to `door/performances/{id}/list/`. */
export interface DoorList {
  readonly performance: ListedPerformance;
  readonly made_at: string;
  readonly valid_until: string;
  readonly counts: ListCounts;
  readonly devices: readonly ListedDevice[];
  readonly reservations: readonly ListedReservation[];
  readonly last_scans: readonly ListedScan[];
}

export interface ListedPerformance {
  readonly id: number;
  readonly show_title: string;
  readonly venue_name: string;
  readonly starts_at: string;
  readonly doors_open_at: string;
  readonly cancelled: boolean;
}

/** Seats, but for `conflicts`: those that wait to be settled. */
export interface ListCounts {
  readonly expected: number;
  readonly admitted: number;
  readonly walk_ins: number;
  readonly inside: number;
  readonly left: number;
  readonly conflicts: number;
}

/** Number 0 stands for people who scan with a session, and for paper. */
export interface ListedDevice {
  readonly number: number;
  readonly name: string;
  readonly admitted: number;
  readonly walk_ins: number;
  /** The highest one of that device that this list knows of. */
  readonly sequence: number;
  readonly revoked: boolean;
}

export type ListedStatus = 'confirmed' | 'not_confirmed' | 'cancelled';

export interface ListedReservation {
  readonly slot: number;
  readonly digests: readonly string[];
  readonly reference: string;
  readonly name: string;
  readonly seats: number;
  readonly status: ListedStatus;
  readonly admitted: number;
  readonly admitted_by: Readonly<Record<string, number>>;
  readonly first_admitted_at: string | null;
  readonly first_device: string | null;
}

export interface ListedScan {
  readonly scan_id: string;
  readonly kind: 'ticket' | 'walk_in' | 'undo';
  readonly at: string;
  readonly outcome: string;
  readonly device: string;
  readonly device_number: number;
  readonly reference: string | null;
  readonly name: string | null;
  readonly seats_admitted: number;
  readonly undone: boolean;
  readonly conflict: boolean;
}
