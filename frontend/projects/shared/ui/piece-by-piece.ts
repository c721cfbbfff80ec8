import {
  DestroyRef,
  Injector,
  PendingTasks,
  Signal,
  afterNextRender,
  inject,
  signal,
} from '@angular/core';
import { Router } from '@angular/router';

const A_FEW = 2;
/** What a phone shows at first; the page counts as there from then on. */
const SCREENFUL = 6;

/**
 * How many parts of something long are to be there. On the first page a few, and a few more each time they are
 * painted: a slow phone stays usable meanwhile. On a later page all, for who goes back wants the place where they were.
 */
export function pieceByPiece(length: () => number, { first = A_FEW } = {}): Signal<number> {
  const isFirstPage = (inject(Router).lastSuccessfulNavigation()?.id ?? 1) === 1;
  const ready = signal(isFirstPage ? first : Infinity);
  const injector = inject(Injector);
  const screenful = inject(PendingTasks).add();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const afterPaint = () => {
    afterNextRender(
      () => {
        timer = setTimeout(more);
      },
      { injector },
    );
  };
  const more = () => {
    if (ready() < length()) {
      ready.update((count) => count + A_FEW);
      afterPaint();
    } else {
      ready.set(Infinity);
    }
    if (ready() >= SCREENFUL) screenful();
  };
  afterPaint();
  inject(DestroyRef).onDestroy(() => {
    clearTimeout(timer);
    screenful();
  });
  return ready;
}
