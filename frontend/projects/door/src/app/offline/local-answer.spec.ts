import { Known, judgeWalkIn } from './judge';
import { localAnswer } from './local-answer';
import { ME, attempt, doorList, record, row } from './testing/door-bench';

describe('localAnswer', () => {
  it.each([
    ['admitted', 2, 8],
    ['no_seats_left', 11, 10],
  ] as const)('tells with %s how many seats are left', (outcome, seats, left) => {
    const known: Known = {
      list: doorList([row()]),
      own: { device: ME, records: [] },
      learned: [],
      canManage: false,
      walkInAllowance: 20,
    };
    const judged = judgeWalkIn(attempt({ kind: 'walk_in', code: null, seats }), known);
    const seats_admitted = judged.decision.seatsAdmitted;
    const scan = { ...record(1).scan, kind: 'walk_in', outcome, seats_admitted } as const;
    expect(localAnswer(scan, judged, known)).toMatchObject({ outcome, seats_left: left });
  });
});
