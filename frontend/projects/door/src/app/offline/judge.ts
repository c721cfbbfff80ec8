import { DoorList, ListedReservation, ListedScan } from '../door-list/door-list';
import { Attempt } from './attempt';
import { Decision, decide, decideWalkIn, refusal } from './decide';
import { Own, Section, admittedOf, countsOf, ownWalkIns } from './knowledge';
import { OwnRecord, ScanEffect } from './offline-scan';

/** All that this phone knows when it decides alone. */
export interface Known {
  readonly list: DoorList;
  readonly own: Own;
  readonly learned: readonly Section[];
  readonly canManage: boolean;
  readonly walkInAllowance: number;
}

export interface Judgement {
  readonly decision: Decision;
  readonly row: ListedReservation | null;
  readonly effect: ScanEffect | null;
}

export function judgeTicket(
  attempt: Attempt,
  row: ListedReservation | null,
  known: Known,
): Judgement {
  const { list, own, learned } = known;
  const admitted = row === null ? 0 : admittedOf(row, list, own, learned).admitted;
  const allowed = decide({
    reservation: row,
    performanceCancelled: list.performance.cancelled,
    admitted,
    asked: attempt.seats,
    managerReason: hasManagerReason(attempt, known),
  });
  const isTooMany = allowed.override && allowed.seatsAdmitted > roomOf(known).empty;
  const decision = isTooMany ? refusal('no_seats_left') : allowed;
  if (row === null || decision.outcome !== 'admitted') {
    return { decision, row, effect: null };
  }
  return { decision, row, effect: ticketEffect(row, admitted, decision.seatsAdmitted, own.device) };
}

/** What goes beyond the party are people without a reservation. */
export function ticketEffect(
  row: ListedReservation,
  admitted: number,
  seatsAdmitted: number,
  device: number,
): ScanEffect {
  const seats = Math.min(seatsAdmitted, Math.max(0, row.seats - admitted));
  return { device, slot: row.slot, seats, walkIns: seatsAdmitted - seats };
}

export function judgeWalkIn(attempt: Attempt, known: Known): Judgement {
  const { list, own } = known;
  const { left, empty } = roomOf(known);
  const decision = decideWalkIn({
    performanceCancelled: list.performance.cancelled,
    asked: attempt.seats ?? 1,
    allowanceLeft: known.walkInAllowance - ownWalkIns(list, own),
    seatsLeft: left,
    seatsEmpty: empty,
    managerReason: hasManagerReason(attempt, known),
  });
  const walkIns = decision.seatsAdmitted;
  const effect = walkIns > 0 ? { device: own.device, slot: null, seats: 0, walkIns } : null;
  return { decision, row: null, effect };
}

export interface Room {
  /** Nobody's, reserved or given. */
  readonly left: number;
  /** Nobody sits there yet. */
  readonly empty: number;
}

/** As the server counts it, but for reservations that wait to be confirmed: those no list tells of. */
export function roomOf({ list, own, learned }: Known): Room {
  const now = countsOf(list, own, learned);
  const { expected, walk_ins, left } = list.counts;
  const empty = Math.max(0, expected + walk_ins + left - now.inside);
  return { left: Math.min(now.left, empty), empty };
}

/** Takes back an admission of this phone, or one of the others' that the list shows. */
export function judgeUndo(attempt: Attempt, { list, own }: Known): Judgement {
  const effect = undoEffect(attempt.undoes, list, own);
  const row = list.reservations.find(({ slot }) => slot === effect?.slot) ?? null;
  const outcome = effect === null ? 'unknown' : 'undone';
  return { decision: { outcome, seatsAdmitted: 0, override: false }, row, effect };
}

export function undoEffect(undoes: string | null, list: DoorList, own: Own): ScanEffect | null {
  if (undoes === null || isUndone(undoes, list, own.records)) {
    return null;
  }
  const record = own.records.find(({ scan }) => scan.scan_id === undoes);
  const listed = list.last_scans.find(({ scan_id }) => scan_id === undoes);
  const done = record === undefined ? listedEffect(listed, list) : record.effect;
  return done === null ? null : { ...done, seats: -done.seats, walkIns: -done.walkIns };
}

function listedEffect(scan: ListedScan | undefined, list: DoorList): ScanEffect | null {
  if (scan?.outcome !== 'admitted' || scan.kind === 'undo') {
    return null;
  }
  const { device_number: device, reference, seats_admitted } = scan;
  if (scan.kind === 'walk_in') {
    return { device, slot: null, seats: 0, walkIns: seats_admitted };
  }
  const row = list.reservations.find((listed) => listed.reference === reference);
  // What the rules put aside as a conflict is in no device's count.
  return { device, slot: row?.slot ?? null, seats: scan.conflict ? 0 : seats_admitted, walkIns: 0 };
}

function isUndone(scanId: string, list: DoorList, records: readonly OwnRecord[]): boolean {
  return (
    list.last_scans.some(({ scan_id, undone }) => scan_id === scanId && undone) ||
    records.some(({ scan }) => scan.undoes === scanId && scan.outcome === 'undone')
  );
}

function hasManagerReason(attempt: Attempt, known: Known): boolean {
  return known.canManage && attempt.reason.trim() !== '';
}
