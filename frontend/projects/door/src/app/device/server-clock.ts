import { DOCUMENT, DestroyRef, Injectable, inject } from '@angular/core';

interface Reading {
  /** The server's time at `ticks` and `wall`, in milliseconds. */
  readonly server: number;
  readonly ticks: number;
  readonly wall: number;
  /** `server` may be wrong by so many milliseconds: by half of the way to it and back. */
  readonly doubt: number;
  /** From the server itself, not from what this phone wrote down before a reload. */
  readonly isHeard: boolean;
}

/** By so much the wall clock never runs away by itself: either the phone slept, or the clock was set. */
const JUMP = 60_000;

/**
 * The server's time as this phone last heard it. Between two answers it runs on by the longer of what
 * the two clocks of the phone say has gone by: the page's ticks stand still while a phone sleeps, and
 * the wall clock can be set.
 *
 * Which of the two it was shows only where they part. A phone that sleeps has put its page out of sight
 * before, so a jump ahead while the page was in sight all along is a clock that was set, and so is any
 * jump back; both are left out. A jump ahead while nobody looked may be either, and is taken for sleep:
 * then `now` is the latest that it can be, and `atLeast` the earliest.
 */
@Injectable({ providedIn: 'root' })
export class ServerClock {
  private readonly document = inject(DOCUMENT);
  private reading: Reading | null = null;
  private seen = { ticks: performance.now(), wall: Date.now() };
  /** Milliseconds by which the wall clock was set since the reading. */
  private jumped = 0;
  private wasHidden = this.document.hidden;

  constructor() {
    const look = () => {
      this.look();
    };
    this.document.addEventListener('visibilitychange', look);
    inject(DestroyRef).onDestroy(() => {
      this.document.removeEventListener('visibilitychange', look);
    });
  }

  /**
   * `sentAt` and `receivedAt` are ticks; the answer was written between the two. One that was long on its way and
   * contradicts nothing is let go: what is known is known better.
   */
  heard(serverTime: number, trip: { readonly sentAt: number; readonly receivedAt: number }): void {
    const written = (trip.sentAt + trip.receivedAt) / 2;
    const doubt = (trip.receivedAt - trip.sentAt) / 2;
    const server = serverTime + (performance.now() - written);
    if (!this.knowsBetter(server, doubt)) {
      this.begin(server, { doubt, isHeard: true });
    }
  }

  /** An offset that was known before the page was reloaded. */
  restore(offsetMs: number): void {
    if (this.reading === null) {
      this.begin(Date.now() + offsetMs, { doubt: Infinity, isHeard: false });
    }
  }

  /** The server's clock less this phone's; null while it has never been heard. */
  offsetMs(): number | null {
    return this.reading === null ? null : Math.round(this.time() - Date.now());
  }

  now(): Date {
    return new Date(Math.round(this.time()));
  }

  /** It is this late for certain, whatever the wall clock says; null when this page never heard the server. */
  atLeast(): Date | null {
    if (this.reading?.isHeard !== true) {
      return null;
    }
    const { server, ticks } = this.reading;
    return new Date(Math.round(server + performance.now() - ticks));
  }

  private knowsBetter(server: number, doubt: number): boolean {
    const known = this.atLeast()?.getTime();
    return (
      this.reading !== null &&
      known !== undefined &&
      this.reading.doubt < doubt &&
      Math.abs(known - server) <= doubt &&
      Math.abs(this.time() - server) <= doubt
    );
  }

  private begin(server: number, how: Pick<Reading, 'doubt' | 'isHeard'>): void {
    this.look();
    this.jumped = 0;
    this.reading = { server, ...this.seen, ...how };
  }

  private time(): number {
    this.look();
    const { ticks, wall } = this.seen;
    if (this.reading === null) {
      return wall;
    }
    const { reading } = this;
    return reading.server + Math.max(ticks - reading.ticks, wall - reading.wall - this.jumped);
  }

  /** Where have the clocks got to since the last look, and did they get there together? */
  private look(): void {
    const now = { ticks: performance.now(), wall: Date.now() };
    const parted = now.wall - this.seen.wall - (now.ticks - this.seen.ticks);
    if (parted < -JUMP || (parted > JUMP && !this.wasHidden)) {
      this.jumped += parted;
    }
    this.seen = now;
    this.wasHidden = this.document.hidden;
  }
}
