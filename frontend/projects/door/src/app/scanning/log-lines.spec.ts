import { ListedScan } from '../door-list/door-list';
import { ME, record, row } from '../offline/testing/door-bench';
import { LogSources, logLines } from './log-lines';

const AT = '2026-11-22T20:41:00+01:00';

function listed(changes: Partial<ListedScan> = {}): ListedScan {
  return {
    scan_id: 'one',
    kind: 'ticket',
    at: AT,
    outcome: 'admitted',
    device: 'Ugo',
    device_number: 1,
    reference: 'K7Q4MX',
    name: 'Anna Ros.',
    seats_admitted: 2,
    undone: false,
    conflict: false,
    ...changes,
  };
}

function lines(changes: Partial<LogSources>) {
  return logLines({
    shown: [],
    done: [],
    listed: [],
    reservations: [row()],
    ownNumber: ME,
    clock: AT,
    locale: 'it',
    ...changes,
  });
}

describe('logLines', () => {
  it('tells the scans of other phones, which can be taken back', () => {
    const [line] = lines({ listed: [listed()] });
    expect(line).toMatchObject({
      title: 'Avanti, 2\u00a0persone',
      device: 'Ugo',
      undo: { scanId: 'one', seats: 2, name: 'Anna Ros.' },
    });
  });

  it('offers to take back neither a refusal nor what was taken back', () => {
    const refused = listed({ outcome: 'cancelled', seats_admitted: 0 });
    expect(lines({ listed: [refused] })[0]?.undo).toBeNull();
    expect(lines({ listed: [listed({ undone: true })] })[0]).toMatchObject({
      undo: null,
      undone: true,
    });
  });

  it('remembers what this phone did before the page was opened again', () => {
    const own = record(1, 2);
    expect(lines({ done: [own] })[0]).toMatchObject({
      name: 'Anna Ros.',
      device: null,
      waiting: true,
      undo: { scanId: own.scan.scan_id },
    });
  });

  it('tells each scan once, newest first', () => {
    const own = record(1, 2);
    const same = listed({ scan_id: own.scan.scan_id, device_number: ME });
    const later = listed({ scan_id: 'two', at: '2026-11-22T20:42:00+01:00' });
    const found = lines({ done: [own], listed: [same, later] });
    expect(found.map(({ key }) => key)).toEqual(['two', own.scan.scan_id]);
  });

  it('marks an admission that this phone took back and has not delivered', () => {
    const own = record(1, 2);
    const undo = record(2, 0);
    const taken = {
      ...undo,
      scan: { ...undo.scan, kind: 'undo', outcome: 'undone', undoes: own.scan.scan_id } as const,
    };
    const line = lines({ done: [own, taken] }).find(({ key }) => key === own.scan.scan_id);
    expect(line).toMatchObject({ undone: true, undo: null });
  });
});
