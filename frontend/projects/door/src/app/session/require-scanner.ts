import { inject } from '@angular/core';
import { CanActivateFn, Router } from '@angular/router';
import { StaffSession } from './staff-session';

/**
 * Lets those in who may scan; the others sign in first and come back. The ticket stays in the
 * fragment on the way: a query string would end up in the server's log.
 */
export const requireScanner: CanActivateFn = async (route, state) => {
  const session = inject(StaffSession);
  const router = inject(Router);
  const known = session.current() ?? (await session.load().catch(() => null));
  if (known?.can_scan) {
    return true;
  }
  const [next] = state.url.split('#');
  return router.createUrlTree(['/sign-in'], {
    queryParams: next === '/' ? {} : { next },
    fragment: route.fragment ?? undefined,
  });
};
