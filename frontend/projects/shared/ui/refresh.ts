import { DOCUMENT, DestroyRef, inject } from '@angular/core';

/**
 * Calls `refresh` now and then while the page is looked at, and at once when it is looked at again:
 * seats left on a forgotten tab are of no use to anybody, nor are its requests.
 */
export function refreshWhileVisible(refresh: () => void, milliseconds: number): void {
  const document = inject(DOCUMENT);
  const refreshIfVisible = () => {
    if (document.visibilityState === 'visible') {
      refresh();
    }
  };
  const timer = setInterval(refreshIfVisible, milliseconds);
  document.addEventListener('visibilitychange', refreshIfVisible);
  inject(DestroyRef).onDestroy(() => {
    clearInterval(timer);
    document.removeEventListener('visibilitychange', refreshIfVisible);
  });
}
