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

  describe('when the evening is over, with no network at all', () => {
    const HOUR = 3_600_000;
    let timers: (() => void)[];

    beforeEach(async () => {
      timers = [];
      const valid_until = new Date(Date.now() + HOUR).toISOString();
      bench = await DoorBench.fresh({ valid_until });
      vi.spyOn(globalThis, 'setInterval').mockImplementation(((look: () => void) => {
        timers.push(look);
        return 0;
      }) as typeof setInterval);
      await bench.open();
      await bench.pair();
      await bench.get(Outbox).add(record(1));
      await bench.get(Outbox).deliver();
      bench.server.state = 'down';
    });

    afterEach(() => {
      vi.restoreAllMocks();
    });

    /** The clock on the wall, and the ticks if the phone was awake. */
    function goBy(milliseconds: number, isAwake: boolean): void {
      const [wall, ticks] = [Date.now() + milliseconds, performance.now() + milliseconds];
      vi.spyOn(Date, 'now').mockImplementation(() => wall);
      if (isAwake) {
        vi.spyOn(performance, 'now').mockImplementation(() => ticks);
      }
    }

    function lookAtTheClock(): void {
      timers.forEach((look) => {
        look();
      });
    }

    function turnAway(): void {
      vi.spyOn(document, 'hidden', 'get').mockReturnValue(true);
      document.dispatchEvent(new Event('visibilitychange'));
    }

    it('ends at once where it has ticked by since the server spoke', () => {
      goBy(HOUR + 1000, true);
      lookAtTheClock();
      expect(sessions().ended()).toBe('expired');
      expect(bench.get(DoorLists).list()).toBeNull();
    });

    it('goes on through a clock that is set ahead', () => {
      goBy(3 * HOUR, false);
      lookAtTheClock();
      expect(sessions().ended()).toBeNull();
      expect(sessions().seemsOver()).toBe(false);
    });

    it('says so, and keeps the list, where only the wall clock says it', async () => {
      turnAway();
      goBy(3 * HOUR, false);
      lookAtTheClock();
      expect(sessions().ended()).toBeNull();
      expect(sessions().seemsOver()).toBe(true);
      expect(bench.get(DoorLists).list()).not.toBeNull();
      await bench.open();
      expect(sessions().seemsOver()).toBe(true);
      expect(bench.get(DoorLists).list()).not.toBeNull();
    });

    it('wipes the list when somebody says that it is so, and keeps the scans', async () => {
      await bench.get(Outbox).add(record(2));
      turnAway();
      goBy(3 * HOUR, false);
      lookAtTheClock();
      await sessions().closeDoor();
      expect(sessions().ended()).toBe('expired');
      expect(sessions().seemsOver()).toBe(false);
      expect(await bench.get(Vault).count('list')).toBe(0);
      expect(await bench.get(Outbox).undelivered()).toHaveLength(1);
    });

    it.each([
      ['that it goes on', null, null],
      [
        'that it is over',
        { path: '/door/device/', status: 401, code: 'device_expired' },
        'expired',
      ],
    ] as const)('does what the server says, once it says %s', async (_, refusal, end) => {
      turnAway();
      goBy(3 * HOUR, false);
      lookAtTheClock();
      bench.server.state = 'up';
      bench.server.clockOffsetMs = -3 * HOUR;
      bench.server.refusal = refusal;
      lookAtTheClock();
      await vi.waitFor(() => {
        expect(sessions().seemsOver()).toBe(false);
      });
      expect(sessions().ended()).toBe(end);
    });

    it('ends half a day later all the same, on a phone that nobody looked at', async () => {
      turnAway();
      goBy(13 * HOUR + 1000, false);
      await bench.open();
      expect(sessions().ended()).toBe('expired');
      expect(bench.get(DoorLists).list()).toBeNull();
    });
  });

  describe('when the server was restored from a backup older than the pairing', () => {
    const UNKNOWN = { path: '/api/v1/door/', status: 401, code: 'not_authenticated' };
    /** Nobody knows this one, whatever else is answered. */
    const LOST = { ...UNKNOWN, token: token ?? '' };

    beforeEach(async () => {
      bench = await DoorBench.paired();
      bench.server.answer = { outcome: 'admitted' };
      await bench.get(Outbox).add(record(1));
      await bench.get(Outbox).deliver();
      bench.server.refusal = UNKNOWN;
    });

    /** What the restored server knows: nobody, and nothing of this evening. */
    async function pairAgain(changes: Partial<ReturnType<typeof apiSession>> = {}): Promise<void> {
      bench.server.refusal = LOST;
      bench.server.scans.clear();
      bench.server.session = apiSession({
        token: 'ONSWG4TFORZWKY3SMV2HG2LOMU',
        device: { ...apiSession().device, id: 'c1f8b2c4-0000-4000-8000-000000000001' },
        ...changes,
      });
      await sessions().pairWithCode('BBBBBBBBBB', 'Marta');
    }

    it.each([
      ['the list', () => bench.get(DoorLists).refresh()],
      ['the probe', () => bench.get(Link).probe()],
      ['the delivery', () => bench.get(Outbox).deliver()],
    ])('finds out by %s, and keeps list, scans and token', async (_, ask) => {
      await bench.get(Outbox).add(record(2));
      await ask();
      expect(sessions().isUnknown()).toBe(true);
      await vi.waitFor(() => {
        expect(bench.get(Link).state()).toBe('offline');
      });
      expect(sessions().ended()).toBeNull();
      expect(sessions().current()).toMatchObject({ token });
      expect(bench.get(DoorLists).list()).not.toBeNull();
      await bench.open();
      expect(bench.get(DoorLists).list()).not.toBeNull();
      expect(await bench.get(Outbox).undelivered()).toHaveLength(1);
    });

    it('is as before when the server knows it again', async () => {
      await bench.get(Link).probe();
      bench.server.refusal = null;
      await bench.get(Link).probe();
      expect(sessions().isUnknown()).toBe(false);
      expect(bench.get(Link).state()).toBe('online');
    });

    it('tells a server that lost them all its scans anew, once it is paired again', async () => {
      await bench.get(Outbox).add(record(2));
      await bench.get(Link).probe();
      await pairAgain();
      expect(sessions().isUnknown()).toBe(false);
      await vi.waitFor(() => {
        expect(bench.get(Outbox).waiting()).toBe(2);
      });
      await bench.get(Link).probe();
      await bench.get(Outbox).deliver();
      expect([...bench.server.scans.values()].map(({ sequence }) => sequence)).toEqual([1, 2]);
      const batch = bench.server.callsTo('batch').at(-1);
      expect(batch?.headers.get('Authorization')).toBe('Door ONSWG4TFORZWKY3SMV2HG2LOMU');
    });

    it('takes its scans to no other door', async () => {
      await bench.get(Outbox).add(record(2));
      await bench.get(Link).probe();
      const performance = { ...apiSession().performance, id: PERFORMANCE + 1 };
      await expect(pairAgain({ performance })).rejects.toThrow(UndeliveredScans);
      expect(sessions().current()).toMatchObject({ token });
      expect(await bench.get(Outbox).undelivered()).toHaveLength(1);
    });

    it('finds its own door after it was sent to another', async () => {
      await bench.get(Outbox).add(record(2));
      await bench.get(Link).probe();
      const performance = { ...apiSession().performance, id: PERFORMANCE + 1 };
      await expect(pairAgain({ performance })).rejects.toThrow(UndeliveredScans);
      expect(sessions().isUnknown()).toBe(true);
      await pairAgain();
      expect(sessions().isUnknown()).toBe(false);
    });

    it('can leave a door where nobody knows it', async () => {
      await sessions().leave();
      expect(sessions().current()).toBeNull();
    });
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
