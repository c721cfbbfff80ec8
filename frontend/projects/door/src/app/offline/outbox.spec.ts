import { DeviceSessions } from '../device/device-session';
import { Link } from './link';
import { BATCH, Outbox } from './outbox';
import { DoorBench, record } from './testing/door-bench';

describe('Outbox', () => {
  let bench: DoorBench;

  beforeEach(async () => {
    bench = await DoorBench.paired();
    bench.server.state = 'down';
    bench.get(Link).lost();
  });

  afterEach(() => {
    vi.useRealTimers();
    Reflect.deleteProperty(navigator, 'locks');
  });

  function outbox(): Outbox {
    return bench.get(Outbox);
  }

  async function addMany(count: number): Promise<void> {
    for (let scan = 0; scan < count; scan++) {
      await outbox().add(record(await outbox().nextSequence()));
    }
  }

  function delivered(): number[] {
    return bench.server.deliveries.map(({ sequence }) => sequence);
  }

  it('numbers its scans 1, 2, 3, and goes on after a reload', async () => {
    await addMany(2);
    await bench.open();
    await addMany(1);
    expect((await outbox().records()).map(({ scan }) => scan.sequence)).toEqual([1, 2, 3]);
    expect(outbox().waiting()).toBe(3);
  });

  it('gives no number twice, in two tabs at once', async () => {
    const tab = (await bench.openTab()).get(Outbox);
    const numbers = await Promise.all(
      [outbox(), tab, outbox(), tab].map((one) => one.nextSequence()),
    );
    expect(new Set(numbers).size).toBe(4);
  });

  it('has on the disk what it has taken, and nothing that can be read there', async () => {
    await outbox().add(record(1));
    await bench.open();
    expect(outbox().waiting()).toBe(1);
    expect(await bench.rawContent()).not.toContain('K7Q4MX');
  });

  it('delivers in order, in batches, and each once', async () => {
    await addMany(2 * BATCH + 5);
    bench.server.state = 'up';
    await outbox().deliver();
    const batches = bench.server.callsTo('batch').map(({ body }) => {
      return (body as { scans: unknown[] }).scans.length;
    });
    expect(batches).toEqual([BATCH, BATCH, 5]);
    expect(delivered()).toEqual(Array.from({ length: 2 * BATCH + 5 }, (_, index) => index + 1));
    expect(outbox().waiting()).toBe(0);
    expect(await outbox().undelivered()).toEqual([]);
    expect(await outbox().records()).toHaveLength(2 * BATCH + 5);
  });

  it('delivers by itself when the server is back', async () => {
    await addMany(3);
    bench.server.state = 'up';
    await bench.get(Link).probe();
    await vi.waitFor(() => {
      expect(outbox().waiting()).toBe(0);
    });
    expect(delivered()).toEqual([1, 2, 3]);
  });

  it('sends again what the server got when its answer was lost, and it counts once', async () => {
    await addMany(3);
    bench.server.state = 'losing';
    await outbox().deliver();
    expect(bench.server.scans.size).toBe(3);
    expect(outbox().waiting()).toBe(3);
    expect(bench.get(Link).state()).toBe('offline');
    // Before the page is opened, which may deliver by itself.
    bench.server.state = 'up';
    await bench.open();
    await outbox().deliver();
    expect(bench.server.scans.size).toBe(3);
    expect(delivered()).toEqual([1, 2, 3, 1, 2, 3]);
    expect(outbox().waiting()).toBe(0);
    const outcomes = (await outbox().records()).map(({ answer }) => answer?.outcome);
    expect(outcomes).toEqual(['replay', 'replay', 'replay']);
  });

  it('keeps those that the server left out of its answer', async () => {
    await addMany(2);
    bench.server.state = 'up';
    bench.server.answer = { scan_id: (await outbox().undelivered())[0]?.scan_id ?? '' };
    await outbox().deliver();
    expect(outbox().waiting()).toBe(1);
    expect((await outbox().undelivered())[0]?.sequence).toBe(2);
  });

  it('delivers one after the other, even from two tabs', async () => {
    await addMany(3);
    const tab = (await bench.openTab()).get(Outbox);
    bench.server.state = 'up';
    await Promise.all([outbox().deliver(), tab.deliver(), outbox().deliver()]);
    expect(delivered()).toEqual([1, 2, 3]);
    await vi.waitFor(() => {
      expect([outbox().waiting(), tab.waiting()]).toEqual([0, 0]);
    });
  });

  it('counts each scan once even where two tabs deliver at the same moment', async () => {
    const noLock = { request: (_: string, work: () => Promise<unknown>) => work() };
    Object.defineProperty(navigator, 'locks', { value: noLock, configurable: true });
    await addMany(3);
    const tab = (await bench.openTab()).get(Outbox);
    bench.server.state = 'up';
    await Promise.all([outbox().deliver(), tab.deliver()]);
    expect(delivered().sort()).toEqual([1, 1, 2, 2, 3, 3]);
    expect(bench.server.scans.size).toBe(3);
    expect(await outbox().records()).toHaveLength(3);
    expect(await outbox().undelivered()).toEqual([]);
  });

  it.each([
    [400, 'validation_failed'],
    [401, 'not_authenticated'],
    [403, 'permission_denied'],
  ])('loses nothing when the server refuses it with %i', async (status, code) => {
    await addMany(2);
    bench.server.state = 'up';
    bench.server.refusal = { path: 'batch', status, code };
    await outbox().deliver();
    expect(outbox().stuck()?.code).toBe(code);
    expect(await outbox().undelivered()).toHaveLength(2);
    bench.server.refusal = null;
    await outbox().deliver();
    expect(outbox().stuck()).toBeNull();
    expect(bench.server.scans.size).toBe(2);
  });

  it('tries again by itself, ever less often, while the server is in trouble', async () => {
    await addMany(1);
    bench.server.state = 'up';
    bench.server.refusal = { path: 'batch', status: 500, code: 'internal_error' };
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    await outbox().deliver();
    expect(outbox().stuck()).toBeNull();
    vi.advanceTimersByTime(2000);
    await bench.server.heard('batch', 2);
    await outbox().deliver(); // the one on its way
    vi.advanceTimersByTime(3999);
    expect(bench.server.callsTo('batch')).toHaveLength(2);
    bench.server.refusal = null;
    vi.advanceTimersByTime(1);
    await bench.server.heard('batch', 3);
    await vi.waitFor(() => {
      expect(outbox().waiting()).toBe(0);
    });
  });

  it('keeps the answers that say that others were first', async () => {
    await addMany(1);
    bench.server.state = 'up';
    const rule = 'already_admitted' as const;
    const conflict = { seats: 1, rule, other_device: 'Ugo', other_at: null };
    bench.server.answer = { outcome: 'conflict', conflict };
    await outbox().deliver();
    expect(
      outbox()
        .conflicts()
        .map(({ answer }) => answer?.conflict),
    ).toEqual([conflict]);
    await bench.open();
    expect(outbox().conflicts()).toHaveLength(1);
  });

  it('delivers after the phone was sent away, and then forgets the token', async () => {
    await addMany(1);
    bench.server.state = 'up';
    bench.server.refusal = { path: '/door/device/', status: 401, code: 'device_revoked' };
    await bench.get(Link).probe();
    await vi.waitFor(() => {
      expect(bench.get(DeviceSessions).current()).toBeNull();
    });
    expect(bench.server.scans.size).toBe(1);
  });
});
