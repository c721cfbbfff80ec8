import { inject } from '@angular/core';
import { ActivatedRouteSnapshot, CanActivateFn, Router } from '@angular/router';
import { DeviceSessions } from '../device/device-session';
import { StaffSession } from './staff-session';

/**
 * Lets those in who may scan: a paired phone, with or without a network, or staff; the others sign in
 * first and come back. The ticket stays in the fragment on the way: a query string would end up in the
 * server's log.
 */
export const requireScanner: CanActivateFn = async (route, state) => {
  const session = inject(StaffSession);
  const router = inject(Router);
  const devices = inject(DeviceSessions);
  if (await hasDoor(devices)) {
    return true;
  }
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

/** A phone that has its door goes straight there, and takes a ticket that was opened along. */
export const straightToOwnDoor: CanActivateFn = async (route: ActivatedRouteSnapshot) => {
  const router = inject(Router);
  const devices = inject(DeviceSessions);
  await hasDoor(devices);
  const performance = devices.current()?.performance;
  return performance === undefined
    ? true
    : router.createUrlTree(['/performances', performance.id], {
        fragment: route.fragment ?? undefined,
      });
};

async function hasDoor(devices: DeviceSessions): Promise<boolean> {
  await devices.restore();
  return devices.current() !== null;
}
