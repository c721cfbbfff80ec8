import { ListedReservation } from '../door-list/door-list';
import { Judgement, Known, roomOf } from './judge';
import { admittedOf } from './knowledge';
import { OfflineScan, OwnRecord } from './offline-scan';
import { GateAnswer, ScanAnswer } from './scan-answer';

type FirstAdmission = Pick<ScanAnswer, 'first_admitted_at' | 'first_device'>;

/** What the server would have said, in its words, with what this phone knows. */
export function localAnswer(scan: OfflineScan, judgement: Judgement, known: Known): GateAnswer {
  const { row, effect } = judgement;
  const record: OwnRecord = { scan, decidedBy: 'device', effect, answer: null };
  const after = withRecord(known, record);
  return {
    outcome: scan.outcome,
    replayed_outcome: null,
    ...stateAfter(scan, row, after),
    seats_left: scan.kind === 'walk_in' ? roomOf(after).left : null,
    decidedBy: 'device',
  };
}

/** The same attempt once more: what came of it the first time. */
export function replayAnswer(record: OwnRecord, known: Known): GateAnswer {
  const { scan, effect, decidedBy, answer } = record;
  const row = known.list.reservations.find(
    ({ slot, reference }) => slot === effect?.slot || reference === answer?.reservation?.reference,
  );
  return {
    outcome: 'replay',
    replayed_outcome: scan.outcome,
    ...stateAfter(scan, row ?? null, known),
    decidedBy,
  };
}

function stateAfter(scan: OfflineScan, row: ListedReservation | null, known: Known) {
  return {
    scan_id: scan.scan_id,
    kind: scan.kind,
    seats_admitted: scan.seats_admitted,
    reservation: row === null ? null : reservationOf(row, known),
    ...(row === null ? NOBODY : firstAdmission(row, known)),
    seats_left: null,
    conflict: null,
  };
}

const NOBODY: FirstAdmission = { first_admitted_at: null, first_device: null };

function reservationOf(row: ListedReservation, { list, own, learned }: Known) {
  const { reference, name, seats } = row;
  const { admitted } = admittedOf(row, list, own, learned);
  return { reference, name, seats, admitted: Math.min(seats, admitted) };
}

/** Since when, and at which door. Another phone's code tells who, and not when. */
function firstAdmission(row: ListedReservation, known: Known): FirstAdmission {
  const { list, own, learned } = known;
  const { admitted, byDevice } = admittedOf(row, list, own, learned);
  if (admitted === 0) {
    return NOBODY;
  }
  if (row.first_admitted_at !== null) {
    return { first_admitted_at: row.first_admitted_at, first_device: row.first_device };
  }
  const inside = [...byDevice].find(([device, seats]) => device !== own.device && seats > 0);
  if (inside !== undefined) {
    return { first_admitted_at: null, first_device: deviceName(inside[0], known) };
  }
  const first = own.records.find(({ effect }) => effect?.slot === row.slot && effect.seats > 0);
  return {
    first_admitted_at: first === undefined ? null : happenedAt(first.scan),
    first_device: deviceName(own.device, known),
  };
}

function deviceName(device: number, { list }: Known): string | null {
  return list.devices.find(({ number }) => number === device)?.name ?? null;
}

/** By the server's clock, as far as this phone knew it then. */
function happenedAt({ scanned_at, clock_offset_ms }: OfflineScan): string {
  return new Date(Date.parse(scanned_at) + (clock_offset_ms ?? 0)).toISOString();
}

function withRecord(known: Known, record: OwnRecord): Known {
  const { own } = known;
  return { ...known, own: { ...own, records: [...own.records, record] } };
}
