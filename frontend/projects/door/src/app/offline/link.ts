import { DOCUMENT, DestroyRef, Injectable, effect, inject, signal, untracked } from '@angular/core';
import { toProblem } from '@azione/shared/api/to-problem';
import { DeviceSessions } from '../device/device-session';
import { isFinal, withPatience } from './patience';

/** How long the door waits for the server, in milliseconds, before it goes on without it. */
export const PATIENCE = 2000;
export const PROBE_EVERY = 3000;

/**
 * Whether the server answers. Those who get no answer say so; the link finds out when it is back. A
 * server that does not know this phone is as good as none.
 */
@Injectable({ providedIn: 'root' })
export class Link {
  private readonly sessions = inject(DeviceSessions);
  private readonly document = inject(DOCUMENT);
  private readonly now = signal<'online' | 'offline'>('online');
  private timer: ReturnType<typeof setTimeout> | undefined;
  private probing: Promise<void> | null = null;
  private spent = 0;

  readonly state = this.now.asReadonly();

  constructor() {
    const window = this.document.defaultView;
    const listeners = new AbortController();
    const options = { signal: listeners.signal };
    const listen = (target: EventTarget | null, event: string, react: () => void) =>
      target?.addEventListener(event, react, options);
    listen(window, 'offline', () => {
      this.lost();
    });
    listen(window, 'online', () => void this.probe());
    listen(this.document, 'visibilitychange', () => {
      this.lookAgain();
    });
    effect(() => {
      if (this.sessions.isUnknown()) {
        untracked(() => {
          this.lost();
        });
      }
    });
    inject(DestroyRef).onDestroy(() => {
      listeners.abort();
      clearTimeout(this.timer);
    });
    if (window?.navigator.onLine === false) {
      this.lost();
    }
  }

  /** No answer came: from here on the phone decides alone, and asks now and then whether it still must. */
  lost(): void {
    this.now.set('offline');
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.probe(), PROBE_EVERY);
  }

  heard(): void {
    clearTimeout(this.timer);
    this.now.set('online');
  }

  /** Somebody at the door has waited so long for an answer already. */
  waited(milliseconds: number): void {
    this.spent = milliseconds;
  }

  /** How long the next question may wait: two seconds, less what was waited before it. */
  takePatience(): number {
    const left = Math.max(0, PATIENCE - this.spent);
    this.spent = 0;
    return left;
  }

  /** A light question with little patience; only an answer, be it a refusal, is one. */
  probe(): Promise<void> {
    this.probing ??= this.ask().finally(() => {
      this.probing = null;
    });
    return this.probing;
  }

  private async ask(): Promise<void> {
    try {
      await withPatience(this.sessions.refresh(PATIENCE), PATIENCE);
      this.heard();
    } catch (error) {
      if (isFinal(toProblem(error))) {
        this.heard();
      } else {
        this.lost();
      }
    }
  }

  private lookAgain(): void {
    if (this.document.visibilityState === 'visible' && this.now() === 'offline') {
      void this.probe();
    }
  }
}
