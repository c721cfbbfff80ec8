import { Link } from '../offline/link';
import { DoorBench, TICKET, doorList, row } from '../offline/testing/door-bench';
import { DoorLists, REFRESH_EVERY, REFRESH_SOON } from './door-lists';

describe('DoorLists', () => {
  let bench: DoorBench;

  function lists(): DoorLists {
    return bench.get(DoorLists);
  }

  afterEach(() => {
    vi.useRealTimers();
  });

  it('has its list after a reload with no network, and finds a ticket in it', async () => {
    bench = await DoorBench.paired();
    bench.server.state = 'down';
    await bench.open();
    expect(lists().list()?.reservations).toHaveLength(2);
    expect((await lists().find({ kind: 'ticket', ticket: TICKET }))?.reference).toBe('K7Q4MX');
    const other = { kind: 'ticket', ticket: 'AAAAAAAAAAAAAAAAAAAAAAAAAA' } as const;
    expect(await lists().find(other)).toBeNull();
    expect((await lists().find({ kind: 'reference', reference: 'ABCDEF' }))?.slot).toBe(1);
    expect(
      lists()
        .search('nicolo')
        .map(({ slot }) => slot),
    ).toEqual([1]);
  });

  it('keeps on the disk neither a name nor a reference nor a token', async () => {
    bench = await DoorBench.paired();
    const content = await bench.rawContent();
    expect(content).toContain('data=');
    const { token, device_key, performance_key } = bench.server.session;
    const secrets = [
      'K7Q4MX',
      'Anna Ros.',
      'De Luc.',
      TICKET,
      token ?? '',
      device_key,
      performance_key,
    ];
    const [digest = ''] = bench.server.list.reservations[0]?.digests ?? [];
    for (const secret of [...secrets, digest, 'locandiera']) {
      expect(secret).not.toBe('');
      expect(content).not.toContain(secret);
    }
  });

  it('does not fetch what has not changed, and knows that it is still true', async () => {
    bench = await DoorBench.paired();
    const before = lists().list();
    expect(lists().madeAt()).toEqual(new Date(before?.made_at ?? ''));
    const askedAt = Date.now();
    await lists().refresh();
    expect(lists().list()).toBe(before);
    expect(lists().problem()).toBeNull();
    expect(lists().madeAt()?.getTime()).toBeGreaterThanOrEqual(askedAt);
    const checked = lists().madeAt();
    await bench.open();
    expect(lists().madeAt()).toEqual(checked);
  });

  it('keeps the old list when there is no new one, and says why', async () => {
    bench = await DoorBench.paired();
    bench.server.state = 'down';
    await lists().refresh();
    expect(lists().list()).not.toBeNull();
    expect(lists().problem()?.code).toBe('network');
    expect(bench.get(Link).state()).toBe('offline');
  });

  it('asks every ten seconds while it is online', async () => {
    bench = await DoorBench.fresh();
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] });
    await bench.open();
    lists();
    vi.advanceTimersByTime(REFRESH_EVERY);
    expect(bench.server.callsTo('/list/')).toHaveLength(0); // not paired yet
    await bench.pair();
    const before = bench.server.callsTo('/list/').length;
    vi.advanceTimersByTime(REFRESH_EVERY);
    await bench.server.heard('/list/', before + 1);
    bench.get(Link).lost();
    vi.advanceTimersByTime(REFRESH_EVERY);
    expect(bench.server.callsTo('/list/')).toHaveLength(before + 1);
  });

  it('asks once after a few scans in a row', async () => {
    bench = await DoorBench.paired();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const before = bench.server.callsTo('/list/').length;
    lists().refreshSoon();
    vi.advanceTimersByTime(REFRESH_SOON / 2);
    lists().refreshSoon();
    vi.advanceTimersByTime(REFRESH_SOON);
    await lists().refresh();
    expect(bench.server.callsTo('/list/')).toHaveLength(before + 1);
  });

  it('finds one of a thousand reservations, and all that share a name', async () => {
    bench = await DoorBench.paired();
    const rows = Array.from({ length: 1000 }, (_, slot) =>
      row({ slot, reference: `R${String(slot).padStart(5, '0')}`, name: `Anna Maria Ros.` }),
    );
    bench.server.list = doorList(rows);
    await lists().refresh();
    expect(lists().search('rossi anna')).toHaveLength(1000);
    expect(lists().search('r00999')).toHaveLength(1);
  });
});
