import { HttpContext, HttpContextToken, HttpInterceptorFn } from '@angular/common/http';

const RESERVATION_TOKEN = new HttpContextToken<string | null>(() => null);

/**
 * Opens one reservation's calls: `api.invoke(reservationRetrieve, {}, withReservationToken(token))`.
 * It goes with the single request, so no token outlives the page that read it from its fragment.
 */
export function withReservationToken(token: string): HttpContext {
  return new HttpContext().set(RESERVATION_TOKEN, token);
}

export const reservationTokenInterceptor: HttpInterceptorFn = (request, next) => {
  const token = request.context.get(RESERVATION_TOKEN);
  return next(
    token === null
      ? request
      : request.clone({ setHeaders: { Authorization: `Reservation ${token}` } }),
  );
};
