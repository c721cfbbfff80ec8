import { TestBed } from '@angular/core/testing';
import { Link, PATIENCE } from '../offline/link';
import { DoorBench, PERFORMANCE, attempt } from '../offline/testing/door-bench';
import { DoorState, FRESH_LIST_PATIENCE } from './door-state';
import { ScanGate } from './scan-gate';

const BOOKED_JUST_NOW = { kind: 'reference', reference: 'ZZZZZZ' } as const;

describe('DoorState', () => {
  let bench: DoorBench;

  beforeEach(async () => {
    bench = await DoorBench.paired();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  });

  afterEach(() => {
    bench.server.answerLate();
    vi.useRealTimers();
  });

  function door(): DoorState {
    return TestBed.runInInjectionContext(() => new DoorState());
  }

  it('leaves the server, of two seconds, what the list has not taken', async () => {
    bench.server.state = 'silent';
    const lists = bench.server.callsTo('/list/').length;
    const looked = door().party(BOOKED_JUST_NOW);
    await bench.server.heard('/list/', lists + 1);
    vi.advanceTimersByTime(FRESH_LIST_PATIENCE);
    expect(await looked).toBeNull();
    const asked = bench.get(ScanGate).ask(PERFORMANCE, attempt({ code: BOOKED_JUST_NOW }));
    await bench.server.heard('/scans/');
    vi.advanceTimersByTime(PATIENCE - FRESH_LIST_PATIENCE);
    expect(await asked).toMatchObject({ outcome: 'unknown', decidedBy: 'device' });
  });

  it('takes nothing from the next scan when the list came in time', async () => {
    expect(await door().party(BOOKED_JUST_NOW)).toBeNull();
    expect(bench.get(Link).takePatience()).toBe(PATIENCE);
  });
});
