import { HttpContext, HttpContextToken, HttpInterceptorFn } from '@angular/common/http';

const MILLISECONDS = 30_000;
const PATIENCE = new HttpContextToken<number>(() => MILLISECONDS);

/** For a call that is given up sooner, or later, than the others: the last argument of `Api.invoke`. */
export function withTimeout(milliseconds: number): HttpContext {
  return new HttpContext().set(PATIENCE, milliseconds);
}

/** A connection that hangs must end in an answer for the reader: no answer in this time is `network`. */
export const timeoutInterceptor: HttpInterceptorFn = (request, next) =>
  next(request.clone({ timeout: request.context.get(PATIENCE) }));
