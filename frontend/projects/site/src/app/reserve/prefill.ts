import { inject } from '@angular/core';
import { Router } from '@angular/router';
import { DraftValues } from './draft';

/**
 * "Reserve again" hands name, address and seats over in the navigation's state: not in the address,
 * where they would end up in histories and logs.
 */
export function takePrefill(): Partial<DraftValues> {
  const router = inject(Router);
  const state: unknown = router.currentNavigation()?.extras.state ?? history.state;
  if (typeof state !== 'object' || state === null || !('prefill' in state)) {
    return {};
  }
  const { prefill } = state as { prefill: Partial<DraftValues> };
  return {
    ...(typeof prefill.name === 'string' && { name: prefill.name }),
    ...(typeof prefill.email === 'string' && { email: prefill.email }),
    ...(typeof prefill.seats === 'number' && { seats: prefill.seats }),
  };
}
