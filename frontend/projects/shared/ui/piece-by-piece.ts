import { DestroyRef, Injector, Signal, afterNextRender, inject, signal } from '@angular/core';
import { Router } from '@angular/router';

const AT_ONCE = 5;

/**
 * How many parts of something long are to be there. On the first page a few, and a few more each time they are
 * painted: a slow phone stays usable meanwhile. On a later page all, for who goes back wants the place where they were.
 */
export function pieceByPiece(length: () => number): Signal<number> {
  const isFirstPage = (inject(Router).lastSuccessfulNavigation()?.id ?? 1) === 1;
  const ready = signal(isFirstPage ? AT_ONCE : Infinity);
  const injector = inject(Injector);
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
      ready.update((count) => count + AT_ONCE);
      afterPaint();
    } else {
      ready.set(Infinity);
    }
  };
  afterPaint();
  inject(DestroyRef).onDestroy(() => {
    clearTimeout(timer);
  });
  return ready;
}
