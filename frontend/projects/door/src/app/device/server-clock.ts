import { Injectable } from '@angular/core';

interface Reading {
  /** The server's time at `ticks` and `wall`, in milliseconds. */
  readonly server: number;
  readonly ticks: number;
  readonly wall: number;
}

/**
 * The server's time as this phone last heard it. Between two answers it runs on by what both clocks of
 * the phone agree has gone by: the page's ticks stand still while a phone sleeps, and the wall clock
 * can be set back.
 */
@Injectable({ providedIn: 'root' })
export class ServerClock {
  private reading: Reading | null = null;

  /** `sentAt` and `receivedAt` are ticks; the answer was written between the two. */
  heard(serverTime: number, trip: { readonly sentAt: number; readonly receivedAt: number }): void {
    const now = performance.now();
    const written = (trip.sentAt + trip.receivedAt) / 2;
    this.reading = { server: serverTime + (now - written), ticks: now, wall: Date.now() };
  }

  /** An offset that was known before the page was reloaded. */
  restore(offsetMs: number): void {
    if (this.reading === null) {
      const wall = Date.now();
      this.reading = { server: wall + offsetMs, ticks: performance.now(), wall };
    }
  }

  /** The server's clock less this phone's; null while it has never been heard. */
  offsetMs(): number | null {
    return this.reading === null ? null : Math.round(this.time() - Date.now());
  }

  now(): Date {
    return new Date(Math.round(this.time()));
  }

  private time(): number {
    if (this.reading === null) {
      return Date.now();
    }
    const { server, ticks, wall } = this.reading;
    return server + Math.max(performance.now() - ticks, Date.now() - wall);
  }
}
