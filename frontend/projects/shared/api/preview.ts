import { Signal, computed, inject } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { ActivatedRoute } from '@angular/router';

const FRAGMENT = 'preview=';

/**
 * The header that opens a draft, where the page was opened by the link to one (`#preview=TOKEN`).
 * The token stays in the fragment, as those of reservations do.
 */
export function injectPreview(): Signal<string | undefined> {
  const fragment = toSignal(inject(ActivatedRoute).fragment);
  return computed(() => {
    const given = fragment() ?? '';
    return given.startsWith(FRAGMENT) ? `Preview ${given.slice(FRAGMENT.length)}` : undefined;
  });
}
