import { DecidedOutcome } from './scan-answer';

export interface DecisionCase {
  /** Null: the list knows of nobody. */
  readonly reservation: {
    readonly seats: number;
    readonly status: 'confirmed' | 'not_confirmed' | 'cancelled';
  } | null;
  readonly performanceCancelled: boolean;
  readonly admitted: number;
  /** Null: all that are left of the party. */
  readonly asked: number | null;
  /** Somebody who manages the performance stands there and has said why. */
  readonly managerReason: boolean;
}

export interface Decision {
  readonly outcome: DecidedOutcome;
  readonly seatsAdmitted: number;
  /** Let in against the rule, by a manager. */
  readonly override: boolean;
}

/** The server's rules for a ticket, word for word: both are tried on `contracts/door/decisions.json`. */
export function decide(scan: DecisionCase): Decision {
  const { reservation, admitted } = scan;
  if (reservation === null) {
    return refusal('unknown');
  }
  if (reservation.status === 'cancelled' || scan.performanceCancelled) {
    return refusal('cancelled');
  }
  if (reservation.status !== 'confirmed') {
    return refusal('not_confirmed');
  }
  const left = Math.max(0, reservation.seats - admitted);
  const seats = scan.asked ?? left;
  if (seats > left && scan.managerReason) {
    return { outcome: 'admitted', seatsAdmitted: seats, override: true };
  }
  if (left === 0) {
    return refusal('already_admitted');
  }
  return seats > left
    ? refusal('over_party')
    : { outcome: 'admitted', seatsAdmitted: seats, override: false };
}

export interface WalkInCase {
  readonly performanceCancelled: boolean;
  readonly asked: number;
  /** What this device may still give to people without a reservation. */
  readonly allowanceLeft: number;
  /** Nobody's, reserved or given. */
  readonly seatsLeft: number;
  /** Nobody sits there yet: the seats left, and those of guests who have not come. */
  readonly seatsEmpty: number;
  readonly managerReason: boolean;
}

/** The server's rules for people without a reservation, with what this phone knows of the seats. */
export function decideWalkIn(scan: WalkInCase): Decision {
  const { asked, allowanceLeft, seatsLeft } = scan;
  if (scan.performanceCancelled) {
    return refusal('cancelled');
  }
  if (scan.managerReason) {
    // What the phone could not give by itself has to be known as an exception when it is delivered.
    const override = asked > seatsLeft || asked > allowanceLeft;
    return asked > scan.seatsEmpty
      ? refusal('no_seats_left')
      : { outcome: 'admitted', seatsAdmitted: asked, override };
  }
  if (asked > allowanceLeft) {
    return refusal('not_allowed');
  }
  return asked > seatsLeft
    ? refusal('no_seats_left')
    : { outcome: 'admitted', seatsAdmitted: asked, override: false };
}

export function refusal(outcome: DecidedOutcome): Decision {
  return { outcome, seatsAdmitted: 0, override: false };
}
