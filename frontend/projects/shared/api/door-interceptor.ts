import { HttpInterceptorFn, HttpResponse } from '@angular/common/http';
import { InjectionToken, inject } from '@angular/core';
import { catchError, tap, throwError } from 'rxjs';
import { Problem } from './problem';
import { toProblem } from './to-problem';

/** When a request left and when its answer came, by `performance.now()`. */
export interface RoundTrip {
  readonly sentAt: number;
  readonly receivedAt: number;
}

/** What the door's device has to say and to hear on its calls. */
export interface DoorLine {
  /** The header that opens the door's calls; null for a phone that is not paired. */
  authorization(): string | null;
  /** The server's clock, in milliseconds since 1970, from its answer to a call with this header, or with none. */
  heardTime(serverTime: number, trip: RoundTrip, authorization: string | null): void;
  /** A call that went out with this header was refused. */
  refused(problem: Problem, authorization: string): void;
}

export const DOOR_LINE = new InjectionToken<DoorLine>('azione.door-line');

const DOOR = '/api/v1/door/';
/** Pairing is for phones that have no token yet, and for people with a session. */
const WITHOUT_TOKEN = /\/door\/(pairings|performances\/\d+\/devices)\/$/;

/** On the door's calls, and nowhere else: the device's token goes out, the server's time comes back. */
export const doorInterceptor: HttpInterceptorFn = (request, next) => {
  if (!request.url.startsWith(DOOR)) {
    return next(request);
  }
  const line = inject(DOOR_LINE);
  const sentAt = performance.now();
  const authorization = WITHOUT_TOKEN.test(request.url) ? null : line.authorization();
  const sent =
    authorization === null
      ? request
      : request.clone({ setHeaders: { Authorization: authorization } });
  return next(sent).pipe(
    tap((event) => {
      const time = event instanceof HttpResponse ? event.headers.get('Azione-Time') : null;
      if (time !== null && /^\d+$/.test(time)) {
        line.heardTime(Number(time), { sentAt, receivedAt: performance.now() }, authorization);
      }
    }),
    catchError((error: unknown) => {
      const problem = toProblem(error);
      if (authorization !== null) {
        line.refused(problem, authorization);
      }
      return throwError(() => problem);
    }),
  );
};
