import { ListCounts } from '../door-list/door-list';
import { Known, judgeTicket, judgeWalkIn } from './judge';
import { OwnRecord } from './offline-scan';
import { ME, attempt, doorList, record, row } from './testing/door-bench';

const TOLD_WHY = { canManage: true };

/** Twelve chairs: eight reserved, two given already, two left. Nobody who reserved has come. */
const COUNTS: ListCounts = {
  expected: 8,
  admitted: 0,
  walk_ins: 2,
  inside: 2,
  left: 2,
  conflicts: 0,
};

function known(counts: Partial<ListCounts> = {}, changes: Partial<Known> = {}): Known {
  return {
    list: doorList([row(), row({ slot: 1, reference: 'ABCDEF' })], {
      counts: { ...COUNTS, ...counts },
    }),
    own: { device: ME, records: [] },
    learned: [],
    canManage: false,
    walkInAllowance: 20,
    ...changes,
  };
}

function having(...records: OwnRecord[]): Partial<Known> {
  return { own: { device: ME, records } };
}

function given(walkIns: number): OwnRecord {
  return record(1, walkIns, { effect: { device: ME, slot: null, seats: 0, walkIns } });
}

function walkIn(seats: number, knows: Known) {
  const reason = knows.canManage ? 'C’è posto' : '';
  return judgeWalkIn(attempt({ kind: 'walk_in', code: null, seats, reason }), knows).decision;
}

describe('judgeWalkIn', () => {
  it('gives no more seats than the list has left, whatever the allowance', () => {
    expect(walkIn(2, known())).toMatchObject({ outcome: 'admitted', seatsAdmitted: 2 });
    expect(walkIn(3, known())).toMatchObject({ outcome: 'no_seats_left', seatsAdmitted: 0 });
    expect(walkIn(1, known({ left: 0 })).outcome).toBe('no_seats_left');
  });

  it('takes off what this phone has given since', () => {
    expect(walkIn(1, known({}, having(given(1)))).outcome).toBe('admitted');
    expect(walkIn(1, known({}, having(given(2)))).outcome).toBe('no_seats_left');
  });

  it('counts the chairs of those who came in twice', () => {
    expect(walkIn(2, known({ inside: 11 })).outcome).toBe('no_seats_left');
    expect(walkIn(1, known({ inside: 11 })).outcome).toBe('admitted');
  });

  it('lets a manager who says why give the seats of those who have not come', () => {
    expect(walkIn(10, known({}, TOLD_WHY))).toMatchObject({ seatsAdmitted: 10, override: true });
    expect(walkIn(11, known({}, TOLD_WHY)).outcome).toBe('no_seats_left');
  });

  it('knows that those who came with other phones sit there', () => {
    const learned = [{ device: 1, sequence: 3, counts: [4, 4] }];
    expect(walkIn(2, known({}, { ...TOLD_WHY, learned })).outcome).toBe('admitted');
    expect(walkIn(3, known({}, { ...TOLD_WHY, learned })).outcome).toBe('no_seats_left');
  });
});

describe('judgeTicket', () => {
  it('lets a manager exceed a party, but not the chairs', () => {
    const asking = (seats: number) => attempt({ seats, reason: 'La nonna' });
    const full = known({ admitted: 4, inside: 6 }, TOLD_WHY);
    expect(judgeTicket(asking(6), row(), full).decision).toMatchObject({ override: true });
    expect(judgeTicket(asking(7), row(), full)).toMatchObject({
      decision: { outcome: 'no_seats_left', seatsAdmitted: 0 },
      effect: null,
    });
  });

  it('lets a party in that has its seats, however full the house is', () => {
    expect(judgeTicket(attempt(), row(), known({ inside: 12 })).decision).toMatchObject({
      outcome: 'admitted',
      seatsAdmitted: 4,
    });
  });
});
