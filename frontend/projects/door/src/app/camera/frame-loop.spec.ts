import { FrameLoop } from './frame-loop';

describe('FrameLoop', () => {
  let video: HTMLVideoElement;
  let arrive: (() => void) | null;
  let looks: (() => void)[];
  let frames: number;
  let isPaused: boolean;
  let loop: FrameLoop;

  beforeEach(() => {
    vi.useFakeTimers();
    video = document.createElement('video');
    arrive = null;
    looks = [];
    frames = 0;
    isPaused = false;
    // jsdom has no frames: this is the browser's side of it, one frame at a time.
    Object.assign(video, {
      requestVideoFrameCallback: (callback: () => void) => {
        arrive = callback;
        return 1;
      },
      cancelVideoFrameCallback: () => {
        arrive = null;
      },
    });
  });

  afterEach(() => {
    loop.stop();
    vi.useRealTimers();
  });

  function run(): void {
    loop = new FrameLoop(video, {
      sawFrame: () => (frames += 1),
      look: () =>
        new Promise((resolve) => {
          looks.push(resolve);
        }),
      isPaused: () => isPaused,
    });
    loop.start();
  }

  async function pass(milliseconds: number): Promise<void> {
    await vi.advanceTimersByTimeAsync(milliseconds);
  }

  it('looks at one frame at a time, and hears of all', () => {
    run();
    arrive?.();
    arrive?.();
    arrive?.();
    expect(frames).toBe(3);
    expect(looks.length).toBe(1);
  });

  it('rests for as long as the look took', async () => {
    run();
    arrive?.();
    await pass(300);
    looks[0]?.();
    await pass(299);
    arrive?.();
    expect(looks.length).toBe(1);
    await pass(1);
    arrive?.();
    expect(looks.length).toBe(2);
  });

  it('looks less often while paused, but looks', async () => {
    isPaused = true;
    run();
    arrive?.();
    looks[0]?.();
    await pass(200);
    arrive?.();
    expect(looks.length).toBe(1);
    await pass(200);
    arrive?.();
    expect(looks.length).toBe(2);
  });

  it('hears nothing after it was stopped', () => {
    run();
    loop.stop();
    expect(arrive).toBeNull();
  });

  it('looks at the clock of the video where frames are not announced', async () => {
    Reflect.deleteProperty(video, 'requestVideoFrameCallback');
    let time = 0;
    Object.defineProperty(video, 'readyState', { get: () => HTMLMediaElement.HAVE_ENOUGH_DATA });
    Object.defineProperty(video, 'currentTime', { get: () => time });
    run();
    await pass(1000);
    expect(frames).toBe(1);
    time = 0.5;
    await pass(1000);
    expect(frames).toBe(2);
    loop.stop();
    time = 1;
    await pass(1000);
    expect(frames).toBe(2);
  });
});
