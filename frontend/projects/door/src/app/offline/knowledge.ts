import { DoorList, ListCounts, ListedReservation } from '../door-list/door-list';
import { OwnRecord } from './offline-scan';

/** What one device has let in, as of its `sequence`: the seats for each slot of the door list. */
export interface Section {
  readonly device: number;
  readonly sequence: number;
  /** Slots after the last one here are empty. */
  readonly counts: readonly number[];
}

/** What this phone did itself. */
export interface Own {
  readonly device: number;
  readonly records: readonly OwnRecord[];
}

export interface Admitted {
  readonly admitted: number;
  readonly byDevice: ReadonlyMap<number, number>;
}

/**
 * How many of a party are inside, as far as this phone can know. Of two accounts of a device the one
 * with the higher sequence holds all that the device did until the other: the list's, another phone's,
 * or this phone's own memory, whose later scans come on top.
 *
 * Only an undo changes the count of another device than its own. The list has it once it has this
 * phone's scans so far; a section of the other device may have been shown before it heard of it, so
 * there this phone's undo is always taken off. If the section had it already, the party is counted too
 * small and never too large: better let in twice, which the server tells, than turn away who was never in.
 */
export function admittedOf(
  row: ListedReservation,
  list: DoorList,
  own: Own,
  learned: readonly Section[],
): Admitted {
  const byDevice = new Map(
    Object.entries(row.admitted_by).map(([device, seats]) => [Number(device), seats]),
  );
  const news = newsOf(list, own, learned);
  for (const section of news) {
    byDevice.set(section.device, section.counts[row.slot] ?? 0);
  }
  for (const effect of ownEffects(list, own, news)) {
    if (effect.slot === row.slot) {
      byDevice.set(effect.device, (byDevice.get(effect.device) ?? 0) + effect.seats);
    }
  }
  return { admitted: sum([...byDevice.values()].map((seats) => Math.max(0, seats))), byDevice };
}

/** What this phone shows to another one: all that it has let in, as of its latest scan. */
export function ownSection(list: DoorList, own: Own): Section {
  const counts = new Array<number>(1 + Math.max(-1, ...list.reservations.map(({ slot }) => slot)));
  counts.fill(0);
  for (const { slot, admitted_by } of list.reservations) {
    counts[slot] = admitted_by[String(own.device)] ?? 0;
  }
  for (const { device, slot, seats } of ownEffects(list, own)) {
    if (device === own.device && slot !== null) {
      counts[slot] = Math.max(0, (counts[slot] ?? 0) + seats);
    }
  }
  const sequences = own.records.map(({ scan }) => scan.sequence);
  return {
    device: own.device,
    sequence: Math.max(sequenceOf(list, own.device), ...sequences),
    counts,
  };
}

/** Seats that this phone gave to people without a reservation, all evening. */
export function ownWalkIns(list: DoorList, own: Own): number {
  const listed = list.devices.find(({ number }) => number === own.device)?.walk_ins ?? 0;
  return listed + sum(ownEffects(list, own).map(({ walkIns }) => walkIns));
}

/** The counts at the door with what the list does not know yet. Twice let in is twice inside. */
export function countsOf(list: DoorList, own: Own, learned: readonly Section[]): ListCounts {
  const { counts } = list;
  const changes = list.reservations.map((row) => {
    const before = sum(Object.values(row.admitted_by));
    const now = admittedOf(row, list, own, learned).admitted;
    return {
      admitted: Math.min(row.seats, now) - Math.min(row.seats, before),
      inside: now - before,
    };
  });
  const admitted = sum(changes.map((change) => change.admitted));
  const walkIns = sum(ownEffects(list, own).map((effect) => effect.walkIns));
  return {
    ...counts,
    admitted: counts.admitted + admitted,
    walk_ins: counts.walk_ins + walkIns,
    inside: counts.inside + sum(changes.map((change) => change.inside)) + walkIns,
    left: Math.max(0, counts.left - walkIns),
  };
}

export function sequenceOf(list: DoorList, device: number): number {
  return list.devices.find(({ number }) => number === device)?.sequence ?? 0;
}

/** What other phones have told of phones, where it is later than the list; about itself a phone knows best. */
function newsOf(list: DoorList, own: Own, learned: readonly Section[]): readonly Section[] {
  const latest = new Map<number, Section>();
  for (const section of learned) {
    const known = latest.get(section.device)?.sequence ?? sequenceOf(list, section.device);
    if (section.device !== own.device && section.sequence > known) {
      latest.set(section.device, section);
    }
  }
  return [...latest.values()];
}

/** What this phone did that the list does not have, nor, of another device, its later account. */
function ownEffects(list: DoorList, own: Own, news: readonly Section[] = []) {
  const known = sequenceOf(list, own.device);
  const told = new Set(news.map(({ device }) => device));
  return own.records.flatMap(({ scan, effect }) => {
    if (effect === null) {
      return [];
    }
    const isUndoOfNews = effect.seats < 0 && told.has(effect.device);
    return scan.sequence > known || isUndoOfNews ? [effect] : [];
  });
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
