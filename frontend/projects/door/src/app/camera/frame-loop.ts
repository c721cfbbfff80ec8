/** Between two looks: a cheap phone has other things to do, its battery as well. */
const REST_MS = 80;
/** While somebody reads an answer it is enough to know what comes and goes. */
const REST_PAUSED_MS = 400;
/** Where the browser does not say when a frame is there. */
const POLL_MS = 100;

export interface FrameLoopWork {
  /** A new picture has arrived. */
  readonly sawFrame: () => void;
  /** Looks at the picture; the loop waits for it. */
  readonly look: () => Promise<void>;
  readonly isPaused: () => boolean;
}

/**
 * Looks at the frames of a video, one at a time, and rests as long as the last look took, so that at
 * most half of the time goes into decoding.
 */
export class FrameLoop {
  private isRunning = false;
  private isLooking = false;
  private restUntil = 0;
  private lastTime = -1;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private handle = 0;
  private readonly signalsFrames: boolean;

  constructor(
    private readonly video: HTMLVideoElement,
    private readonly work: FrameLoopWork,
  ) {
    this.signalsFrames = 'requestVideoFrameCallback' in video;
  }

  start(): void {
    if (!this.isRunning) {
      this.isRunning = true;
      this.await();
    }
  }

  stop(): void {
    this.isRunning = false;
    clearTimeout(this.timer);
    if (this.signalsFrames) {
      this.video.cancelVideoFrameCallback(this.handle);
    }
  }

  private await(): void {
    if (!this.isRunning) {
      return;
    }
    if (this.signalsFrames) {
      this.handle = this.video.requestVideoFrameCallback(() => {
        this.takeFrame();
      });
    } else {
      this.timer = setTimeout(() => {
        this.poll();
      }, POLL_MS);
    }
  }

  private poll(): void {
    const { currentTime, readyState } = this.video;
    if (readyState >= HTMLMediaElement.HAVE_CURRENT_DATA && currentTime !== this.lastTime) {
      this.lastTime = currentTime;
      this.takeFrame();
    } else {
      this.await();
    }
  }

  private takeFrame(): void {
    this.work.sawFrame();
    if (!this.isLooking && performance.now() >= this.restUntil) {
      void this.look();
    }
    this.await();
  }

  private async look(): Promise<void> {
    const began = performance.now();
    this.isLooking = true;
    try {
      await this.work.look();
    } finally {
      this.isLooking = false;
      const now = performance.now();
      const rest = this.work.isPaused() ? REST_PAUSED_MS : REST_MS;
      this.restUntil = now + Math.max(rest, now - began);
    }
  }
}
