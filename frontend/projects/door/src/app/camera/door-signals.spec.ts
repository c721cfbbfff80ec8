import { TestBed } from '@angular/core/testing';
import { DoorSignals } from './door-signals';
import { SIGNALS } from './signal-patterns';

/** Notes down what would be heard. */
class FakeAudio {
  static readonly opened: FakeAudio[] = [];
  readonly heard: number[] = [];
  readonly destination = {};
  readonly currentTime = 5;
  state = 'suspended';

  constructor() {
    FakeAudio.opened.push(this);
  }

  resume(): Promise<void> {
    this.state = 'running';
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  createGain(): object {
    const set = () => undefined;
    const gain = { setValueAtTime: set, linearRampToValueAtTime: set };
    return { gain, connect: () => undefined };
  }

  createOscillator(): object {
    const voice = {
      frequency: { value: 0 },
      connect: (next: object) => next,
      start: () => this.heard.push(voice.frequency.value),
      stop: () => undefined,
    };
    return voice;
  }
}

describe('DoorSignals', () => {
  let vibrate: ReturnType<typeof vi.fn>;

  beforeEach(() => {
    localStorage.clear();
    FakeAudio.opened.length = 0;
    vi.stubGlobal('AudioContext', FakeAudio);
    vibrate = vi.fn();
    Object.defineProperty(navigator, 'vibrate', { value: vibrate, configurable: true });
  });

  afterEach(() => {
    vi.unstubAllGlobals();
    Reflect.deleteProperty(navigator, 'vibrate');
  });

  function heard(): number[] {
    return FakeAudio.opened[0]?.heard ?? [];
  }

  function touch(): void {
    document.dispatchEvent(new Event('pointerup'));
  }

  it('makes no sound before the first touch, which opens it', () => {
    const signals = TestBed.inject(DoorSignals);
    signals.play('go');
    expect(FakeAudio.opened).toEqual([]);
    touch();
    signals.play('go');
    expect(heard()).toEqual([880, 1319]);
    expect(FakeAudio.opened[0]?.state).toBe('running');
  });

  it('opens it again at the next touch when a call took it away', () => {
    TestBed.inject(DoorSignals);
    touch();
    const [audio] = FakeAudio.opened;
    Object.assign(audio ?? {}, { state: 'interrupted' });
    touch();
    expect(audio?.state).toBe('running');
    expect(FakeAudio.opened.length).toBe(1);
  });

  it('sounds and shakes differently for each tone', () => {
    const patterns = Object.values(SIGNALS);
    const rhythms = patterns.map(({ notes }) => notes.map((note) => note.seconds).join(' '));
    expect(new Set(rhythms).size).toBe(patterns.length);
    expect(new Set(patterns.map((pattern) => pattern.vibration.join(' '))).size).toBe(4);
  });

  it('is silent when muted, remembers it, and still shakes', () => {
    const signals = TestBed.inject(DoorSignals);
    touch();
    signals.toggleSound();
    signals.play('stop');
    expect(heard()).toEqual([]);
    expect(vibrate).toHaveBeenCalledWith(SIGNALS.stop.vibration);

    TestBed.resetTestingModule();
    const again = TestBed.inject(DoorSignals);
    expect(again.isMuted()).toBe(true);
    again.toggleSound();
    expect(again.isMuted()).toBe(false);
    expect(FakeAudio.opened.at(-1)?.heard).toEqual([880, 1319]);
  });

  it('does without what a desk has not got', () => {
    vi.stubGlobal('AudioContext', undefined);
    Reflect.deleteProperty(navigator, 'vibrate');
    const signals = TestBed.inject(DoorSignals);
    touch();
    expect(() => {
      signals.play('lost');
    }).not.toThrow();
  });
});
