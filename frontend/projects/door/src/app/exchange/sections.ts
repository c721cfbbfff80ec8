import { DoorList } from '../door-list/door-list';
import { Own, Section, ownSection, sequenceOf } from '../offline/knowledge';

/**
 * What this phone can tell another one: first its own admissions, then those of which it was told by
 * a code, then what the list says of the rest, which may be later than the other phone's list.
 */
export function sectionsToShow(
  list: DoorList,
  own: Own,
  learned: readonly Section[],
): readonly Section[] {
  const others = latestLearned(list, own, learned);
  const told = new Set([own.device, ...others.map(({ device }) => device)]);
  const listed = list.devices
    .filter(({ number, sequence }) => sequence > 0 && !told.has(number))
    .map(({ number }) => listedSection(list, number));
  return [ownSection(list, own), ...others, ...listed].map(withoutEmptyEnd);
}

/** Up to where a device's admissions are known here, from the list or from a code; null for nothing. */
export function knownSequence(
  list: DoorList,
  learned: readonly Section[],
  device: number,
): number | null {
  const fromCodes = learned.filter((section) => section.device === device);
  const sequences = fromCodes.map(({ sequence }) => sequence);
  const isListed = list.devices.some(({ number }) => number === device);
  const known = isListed ? [...sequences, sequenceOf(list, device)] : sequences;
  return known.length === 0 ? null : Math.max(...known);
}

export function seatsOf({ counts }: Section): number {
  return counts.reduce((seats, count) => seats + count, 0);
}

function latestLearned(list: DoorList, own: Own, learned: readonly Section[]): Section[] {
  return learned.filter(
    ({ device, sequence }) =>
      device !== own.device &&
      sequence > sequenceOf(list, device) &&
      sequence === knownSequence(list, learned, device),
  );
}

function listedSection(list: DoorList, device: number): Section {
  const counts: number[] = [];
  for (const { slot, admitted_by } of list.reservations) {
    counts[slot] = admitted_by[String(device)] ?? 0;
  }
  return { device, sequence: sequenceOf(list, device), counts: Array.from(counts, (n) => n || 0) };
}

function withoutEmptyEnd(section: Section): Section {
  const filled = section.counts.map((count, slot) => (count > 0 ? slot + 1 : 0));
  return { ...section, counts: section.counts.slice(0, Math.max(0, ...filled)) };
}
