import { HttpInterceptorFn } from '@angular/common/http';

const MILLISECONDS = 30_000;

/** A connection that hangs must end in an answer for the reader: no answer in this time is `network`. */
export const timeoutInterceptor: HttpInterceptorFn = (request, next) =>
  next(request.clone({ timeout: MILLISECONDS }));
