import { DoorList } from '../door-list/door-list';
import { doorList, record, row } from '../offline/testing/door-bench';
import { knownSequence, seatsOf, sectionsToShow } from './sections';

const [UGO, ME, OTHER] = [1, 2, 3];
const OWN = { device: ME, records: [] };

/** Ugo has let in two of the first party, this phone one of the second. */
function list(sequences: Readonly<Record<number, number>>): DoorList {
  const rows = [
    row({ admitted: 2, admitted_by: { [UGO]: 2 } }),
    row({ slot: 1, admitted: 1, admitted_by: { [ME]: 1 } }),
    row({ slot: 2 }),
  ];
  const { devices, ...rest } = doorList(rows);
  const counted = devices.map((one) => ({ ...one, sequence: sequences[one.number] ?? 0 }));
  return { ...rest, devices: counted };
}

describe('sectionsToShow', () => {
  it('tells of this phone first, with what the list does not know yet', () => {
    const own = { device: ME, records: [record(5, 4)] };
    expect(sectionsToShow(list({ [ME]: 4 }), own, [])).toEqual([
      { device: ME, sequence: 5, counts: [4, 1] },
    ]);
  });

  it('passes on what the list says of the others, for phones whose list is older', () => {
    expect(sectionsToShow(list({ [ME]: 4, [UGO]: 9 }), OWN, [])).toEqual([
      { device: ME, sequence: 4, counts: [0, 1] },
      { device: UGO, sequence: 9, counts: [2] },
    ]);
  });

  it('passes on what another phone said where that is later than the list', () => {
    const later = { device: UGO, sequence: 10, counts: [2, 0, 3] };
    const unlisted = { device: OTHER, sequence: 1, counts: [0, 0, 1] };
    const shown = sectionsToShow(list({ [UGO]: 9 }), OWN, [later, unlisted]);
    expect(shown.slice(1)).toEqual([later, unlisted]);
    const [, ugo] = sectionsToShow(list({ [UGO]: 11 }), OWN, [later]);
    expect(ugo).toEqual({ device: UGO, sequence: 11, counts: [2] });
  });

  it('never repeats to others what they said of this phone', () => {
    const aboutMe = { device: ME, sequence: 99, counts: [7] };
    expect(sectionsToShow(list({ [ME]: 4 }), OWN, [aboutMe])).toHaveLength(1);
  });
});

describe('knownSequence', () => {
  it('is the later of the list and the codes', () => {
    const learned = [{ device: UGO, sequence: 10, counts: [] }];
    expect(knownSequence(list({ [UGO]: 9 }), learned, UGO)).toBe(10);
    expect(knownSequence(list({ [UGO]: 11 }), learned, UGO)).toBe(11);
  });

  it('is nothing for a phone that was paired after the list was made', () => {
    expect(knownSequence(list({}), [], OTHER)).toBeNull();
    expect(knownSequence(list({}), [{ device: OTHER, sequence: 0, counts: [] }], OTHER)).toBe(0);
  });
});

it('seatsOf adds up the slots', () => {
  expect(seatsOf({ device: 1, sequence: 3, counts: [0, 2, 4] })).toBe(6);
});
