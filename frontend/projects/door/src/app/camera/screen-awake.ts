import { DOCUMENT, DestroyRef, inject } from '@angular/core';

/**
 * Keeps the screen on for as long as what injects it is shown. The browser takes the lock away with
 * every look elsewhere, so it is asked for again; where there is none, the phone dims as it always did.
 */
export function keepScreenAwake(): void {
  const document = inject(DOCUMENT);
  const awake = new ScreenAwake(document);
  const renew = () => {
    void awake.renew();
  };
  document.addEventListener('visibilitychange', renew);
  renew();
  inject(DestroyRef).onDestroy(() => {
    document.removeEventListener('visibilitychange', renew);
    awake.end();
  });
}

class ScreenAwake {
  private lock: WakeLockSentinel | null = null;
  private isAsking = false;
  private hasEnded = false;

  constructor(private readonly document: Document) {}

  async renew(): Promise<void> {
    const isHeld = this.lock !== null && !this.lock.released;
    if (this.isAsking || this.hasEnded || isHeld || this.document.visibilityState !== 'visible') {
      return;
    }
    this.isAsking = true;
    try {
      this.keep((await this.wakeLock()?.request('screen')) ?? null);
    } catch {
      // An empty battery is allowed to say no.
    } finally {
      this.isAsking = false;
    }
  }

  end(): void {
    this.hasEnded = true;
    this.lock?.release().catch(() => undefined);
    this.lock = null;
  }

  /** It may come when nobody wants it any more. */
  private keep(lock: WakeLockSentinel | null): void {
    this.lock = lock;
    if (this.hasEnded) {
      this.end();
    }
  }

  /** Absent over plain HTTP and in older browsers, whatever the types say. */
  private wakeLock(): WakeLock | undefined {
    return (this.document.defaultView?.navigator as Partial<Navigator> | undefined)?.wakeLock;
  }
}
