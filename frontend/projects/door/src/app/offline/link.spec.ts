import { toProblem } from '@azione/shared/api/to-problem';
import { Link, PATIENCE, PROBE_EVERY } from './link';
import { withPatience } from './patience';
import { DoorBench } from './testing/door-bench';

describe('Link', () => {
  let bench: DoorBench;
  let link: Link;

  beforeEach(async () => {
    bench = await DoorBench.paired();
    link = bench.get(Link);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  });

  afterEach(() => {
    bench.server.answerLate();
    vi.useRealTimers();
  });

  async function becomes(state: 'online' | 'offline'): Promise<void> {
    await vi.waitFor(() => {
      expect(link.state()).toBe(state);
    });
  }

  it('asks every few seconds until the server answers again', async () => {
    bench.server.state = 'down';
    link.lost();
    vi.advanceTimersByTime(PROBE_EVERY);
    await bench.server.heard('/door/device/', 1);
    await link.probe(); // the one on its way
    expect(link.state()).toBe('offline');
    bench.server.state = 'up';
    vi.advanceTimersByTime(PROBE_EVERY);
    await becomes('online');
  });

  it('takes a refusal for an answer, and a server in trouble for none', async () => {
    link.lost();
    bench.server.refusal = { path: '/door/device/', status: 503, code: 'busy' };
    await link.probe();
    expect(link.state()).toBe('offline');
    bench.server.refusal = { path: '/door/device/', status: 401, code: 'not_authenticated' };
    await link.probe();
    expect(link.state()).toBe('offline');
    bench.server.refusal = { path: '/door/device/', status: 429, code: 'too_many_requests' };
    await link.probe();
    expect(link.state()).toBe('offline');
    bench.server.refusal = { path: '/door/device/', status: 403, code: 'permission_denied' };
    await link.probe();
    expect(link.state()).toBe('online');
  });

  it('waits two seconds and no longer for an answer to its question', async () => {
    link.lost();
    bench.server.state = 'silent';
    const probed = link.probe();
    vi.advanceTimersByTime(PATIENCE);
    await probed;
    expect(link.state()).toBe('offline');
  });

  it('believes the phone that the network is gone, and asks when it says that it is back', async () => {
    window.dispatchEvent(new Event('offline'));
    expect(link.state()).toBe('offline');
    window.dispatchEvent(new Event('online'));
    await becomes('online');
  });

  it('asks at once when the phone is looked at again', async () => {
    link.lost();
    document.dispatchEvent(new Event('visibilitychange'));
    await becomes('online');
  });
});

describe('withPatience', () => {
  it('gives the answer that comes in time, and `network` for one that does not', async () => {
    expect(await withPatience(Promise.resolve('yes'), 1)).toBe('yes');
    const never = withPatience(new Promise(() => undefined), 1).catch(toProblem);
    expect(await never).toMatchObject({ code: 'network', status: 0 });
  });
});
