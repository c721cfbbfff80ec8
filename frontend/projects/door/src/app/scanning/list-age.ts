import { LOCALE_ID, Signal, computed, inject, signal, DestroyRef } from '@angular/core';
import { formatApiTime } from '@azione/shared/time/api-time';
import { ServerClock } from '../device/server-clock';
import { LIST_IS_OLD_AFTER } from '../door-list/door-list';
import { DoorLists } from '../door-list/door-lists';
import { onTheatreClock } from './theatre-clock';

const LOOK_EVERY = 5000;

export interface ListAge {
  /** On the clock of the theatre. */
  readonly at: string;
  readonly minutes: number;
  readonly isOld: boolean;
}

/** How old the list is that this phone would decide from; it grows while one looks. */
export function injectListAge(): Signal<ListAge | null> {
  const clock = inject(ServerClock);
  const lists = inject(DoorLists);
  const locale = inject(LOCALE_ID);
  const now = signal(clock.now());
  const timer = setInterval(() => {
    now.set(clock.now());
  }, LOOK_EVERY);
  inject(DestroyRef).onDestroy(() => {
    clearInterval(timer);
  });
  return computed(() => {
    const list = lists.list();
    if (list === null) {
      return null;
    }
    // An answer that nothing has changed is as good as a new list.
    const made = lists.madeAt() ?? new Date(list.made_at);
    const age = now().getTime() - made.getTime();
    const minutes = Math.max(0, Math.floor(age / 60_000));
    return {
      at: formatApiTime(onTheatreClock(made, list.performance.starts_at), 'time', locale),
      minutes,
      isOld: age > LIST_IS_OLD_AFTER,
    };
  });
}
