import { toProblem } from '@azione/shared/api/to-problem';
import { DoorLists } from '../door-list/door-lists';
import { Link } from '../offline/link';
import { Outbox } from '../offline/outbox';
import { DoorBench, PERFORMANCE, apiSession, record } from '../offline/testing/door-bench';
import { DeviceSessions, UndeliveredScans } from './device-session';
import { ServerClock } from './server-clock';
import { Vault } from './vault';

const { token } = apiSession();

describe('DeviceSessions', () => {
  let bench: DoorBench;

  function sessions(): DeviceSessions {
    return bench.get(DeviceSessions);
  }

  function claims(): unknown[] {
    const calls = [...bench.server.callsTo('pairings'), ...bench.server.callsTo('devices')];
    return calls.map(({ body }) => (body as { claim: string }).claim);
  }

  it('keeps the session over a reload', async () => {
    bench = await DoorBench.paired();
    await bench.open();
    expect(sessions().current()).toMatchObject({ token, device: { number: 2, name: 'Marta' } });
    expect(sessions().ended()).toBeNull();
  });

  it('asks with the same claim again when the answer was lost, even after a reload', async () => {
    bench = await DoorBench.fresh();
    bench.server.state = 'losing';
    await expect(sessions().pairWithCode('ABCDEFGHJK', 'Marta')).rejects.toThrow();
    await bench.open();
    bench.server.state = 'up';
    await sessions().pairWithCode('ABCDEFGHJK', 'Marta');
    await sessions().pairWithCode('BBBBBBBBBB', 'Marta');
    const [first, second, third] = claims();
    expect(first).toMatch(/^[0-9a-f]{8}-/);
    expect(second).toBe(first);
    expect(third).not.toBe(first);
  });

  it('shows the token at its door and nowhere else', async () => {
    bench = await DoorBench.paired();
    await sessions().pairAsStaff(PERFORMANCE, 'Marta');
    const [pairing] = bench.server.callsTo('pairings');
    const [asStaff] = bench.server.callsTo('devices');
    const list = bench.server.callsTo('/list/').at(-1);
    expect(pairing?.headers.has('Authorization')).toBe(false);
    expect(asStaff?.headers.has('Authorization')).toBe(false);
    expect(list?.headers.get('Authorization')).toBe(`Door ${token ?? ''}`);
    const urls = bench.server.calls.map(({ urlWithParams }) => urlWithParams).join(' ');
    expect(urls).not.toContain(token);
    const stored = [localStorage, sessionStorage].map((storage) => JSON.stringify(storage));
    expect(stored.join()).not.toContain(token);
  });

  it('hears the server time, and still knows it after a reload with no network', async () => {
    bench = await DoorBench.fresh();
    bench.server.clockOffsetMs = 90_000;
    await sessions().pairWithCode('ABCDEFGHJK', 'Marta');
    expect(Math.abs((bench.get(ServerClock).offsetMs() ?? 0) - 90_000)).toBeLessThan(1000);
    bench.server.state = 'down';
    await bench.open();
    expect(Math.abs((bench.get(ServerClock).offsetMs() ?? 0) - 90_000)).toBeLessThan(1000);
  });

  it('takes a new name, and remembers it', async () => {
    bench = await DoorBench.paired();
    bench.server.session = apiSession({
      device: { ...apiSession().device, name: 'Marta, porta sinistra' },
    });
    await sessions().rename('Marta, porta sinistra');
    await bench.open();
    expect(sessions().current()).toMatchObject({
      token,
      device: { name: 'Marta, porta sinistra' },
    });
  });

  it('forgets everything at once when it is sent away with nothing to deliver', async () => {
    bench = await DoorBench.paired();
    bench.server.refusal = { path: '/list/', status: 401, code: 'device_revoked' };
    await bench.get(DoorLists).refresh();
    expect(sessions().ended()).toBe('revoked');
    expect(bench.get(DoorLists).list()).toBeNull();
    await vi.waitFor(() => {
      expect(sessions().current()).toBeNull();
    });
    await bench.open();
    expect(sessions().current()).toBeNull();
    expect(await bench.rawContent()).not.toContain('data=');
  });

  it('wipes the list when it is sent away, and keeps the scans until they are delivered', async () => {
    bench = await DoorBench.paired();
    bench.get(Link).lost();
    await bench.get(Outbox).add(record(1));
    bench.server.refusal = { path: '/list/', status: 401, code: 'device_expired' };
    await bench.get(DoorLists).refresh();
    expect(bench.get(DoorLists).list()).toBeNull();
    await vi.waitFor(async () => {
      expect(await bench.get(Vault).count('list')).toBe(0);
    });
    bench.server.state = 'down';
    await bench.open();
    expect(sessions().ended()).toBe('expired');
    expect(bench.get(DoorLists).list()).toBeNull();
    expect(await bench.get(Outbox).undelivered()).toHaveLength(1);

    await bench.get(Outbox).deliver(); // the one on its way, if it is
    bench.server.state = 'up';
    await bench.get(Outbox).deliver();
    expect(bench.server.scans.size).toBe(1);
    expect(bench.server.callsTo('batch')[0]?.headers.get('Authorization')).toContain(token);
    expect(sessions().current()).toBeNull();
    expect(await bench.rawContent()).not.toContain('data=');
  });

  it('ends by the server’s clock when the evening is over, with no network at all', async () => {
    bench = await DoorBench.paired({ valid_until: new Date(Date.now() + 60_000).toISOString() });
    expect(sessions().ended()).toBeNull();
    bench.server.state = 'down';
    vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 61_000);
    await bench.open();
    vi.restoreAllMocks();
    expect(sessions().ended()).toBe('expired');
    expect(bench.get(DoorLists).list()).toBeNull();
  });

  it('goes on when the performance was moved', async () => {
    bench = await DoorBench.paired();
    const later = '2099-02-02T00:00:00+01:00';
    bench.server.list = {
      ...bench.server.list,
      valid_until: later,
      made_at: '2026-11-22T20:40:00Z',
    };
    await bench.get(DoorLists).refresh();
    bench.server.state = 'down';
    await bench.open();
    expect(sessions().current()?.validUntil).toBe(later);
  });

  it('buries no scans under a new pairing', async () => {
    bench = await DoorBench.paired();
    bench.server.state = 'down';
    await bench.get(Outbox).add(record(1));
    await expect(sessions().pairWithCode('ABCDEFGHJK', 'Marta')).rejects.toThrow(UndeliveredScans);
    await bench.get(Outbox).discard();
    bench.server.state = 'up';
    await sessions().pairWithCode('ABCDEFGHJK', 'Marta');
  });

  it('stays when nobody hears that it wants to leave', async () => {
    bench = await DoorBench.paired();
    bench.server.state = 'down';
    const problem = await sessions().leave().catch(toProblem);
    expect(problem).toMatchObject({ code: 'network' });
    expect(sessions().current()).not.toBeNull();
    bench.server.state = 'up';
    await sessions().leave();
    expect(sessions().current()).toBeNull();
    expect(sessions().ended()).toBeNull();
  });
});
