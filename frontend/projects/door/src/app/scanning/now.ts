import { InjectionToken } from '@angular/core';

/**
 * Milliseconds that have gone by, on whichever clock of this phone is further on: the page's ticks
 * stand still while a phone sleeps, and the wall clock can be set back.
 */
export const NOW = new InjectionToken<() => number>('azione.now', {
  providedIn: 'root',
  factory: () => {
    const started = Date.now() - performance.now();
    return () => Math.max(performance.now(), Date.now() - started);
  },
});
