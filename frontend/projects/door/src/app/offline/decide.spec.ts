import cases from '../../../../../../contracts/door/decisions.json';
import { DecisionCase, decide, decideWalkIn } from './decide';

type Case = (typeof cases)[number];

/** What the list of tonight's door says about it: it knows nothing of other evenings. */
function listed({ reservation }: Case): DecisionCase['reservation'] {
  const { seats, status } = reservation;
  return reservation.performance === 'this'
    ? { seats, status: status as 'confirmed' | 'not_confirmed' | 'cancelled' }
    : null;
}

describe('decide', () => {
  it.each(cases.map((scan) => ({ ...scan })))('as the server does: $name', (scan) => {
    const { outcome, seatsAdmitted } = decide({
      reservation: listed(scan),
      performanceCancelled: scan.performance_cancelled ?? false,
      admitted: scan.admitted,
      asked: scan.asked,
      managerReason: scan.manager_reason,
    });
    const expected = scan.outcome === 'wrong_performance' ? 'unknown' : scan.outcome;
    expect({ outcome, seatsAdmitted }).toEqual({
      outcome: expected,
      seatsAdmitted: scan.seats_admitted,
    });
  });

  it('calls it an exception only where a manager had to make one', () => {
    const party = { seats: 4, status: 'confirmed' } as const;
    const scan = { reservation: party, performanceCancelled: false, managerReason: true };
    expect(decide({ ...scan, admitted: 3, asked: 2 }).override).toBe(true);
    expect(decide({ ...scan, admitted: 3, asked: 1 }).override).toBe(false);
  });
});

describe('decideWalkIn', () => {
  const scan = {
    performanceCancelled: false,
    asked: 2,
    allowanceLeft: 2,
    seatsLeft: 2,
    seatsEmpty: 4,
    managerReason: false,
  };

  it('gives what the device may still give', () => {
    expect(decideWalkIn(scan)).toEqual({ outcome: 'admitted', seatsAdmitted: 2, override: false });
    expect(decideWalkIn({ ...scan, allowanceLeft: 1 })).toMatchObject({
      outcome: 'not_allowed',
      seatsAdmitted: 0,
    });
  });

  it('gives no seat that somebody has reserved, and says first that the device may not', () => {
    const taken = { ...scan, seatsLeft: 1 };
    expect(decideWalkIn(taken)).toEqual({
      outcome: 'no_seats_left',
      seatsAdmitted: 0,
      override: false,
    });
    expect(decideWalkIn({ ...taken, allowanceLeft: 1 }).outcome).toBe('not_allowed');
  });

  it('gives more when a manager says why, and nothing when nobody plays', () => {
    const beyond = { ...scan, allowanceLeft: 0, managerReason: true };
    expect(decideWalkIn(beyond)).toMatchObject({ seatsAdmitted: 2, override: true });
    expect(decideWalkIn({ ...beyond, performanceCancelled: true }).outcome).toBe('cancelled');
  });

  it('gives a manager the seats of those who have not come, and no chair twice', () => {
    const reason = { ...scan, allowanceLeft: 9, managerReason: true };
    expect(decideWalkIn(reason)).toMatchObject({ seatsAdmitted: 2, override: false });
    expect(decideWalkIn({ ...reason, asked: 4 })).toMatchObject({
      seatsAdmitted: 4,
      override: true,
    });
    expect(decideWalkIn({ ...reason, asked: 5 }).outcome).toBe('no_seats_left');
  });
});
