import { HttpContext, HttpContextToken, HttpInterceptorFn } from '@angular/common/http';

const DEFAULT_TIMEOUT = 30_000;
const TIMEOUT = new HttpContextToken<number>(() => DEFAULT_TIMEOUT);
const IF_NONE_MATCH = new HttpContextToken<string | null>(() => null);

export interface RequestOptions {
  /** Milliseconds without an answer after which the request is given up. */
  readonly timeout?: number;
  /** The ETag of what is held already; unchanged is a `Problem` of status 304. */
  readonly ifNoneMatch?: string | null;
}

/** For a call that is to behave differently from the others: the last argument of `Api.invoke`. */
export function requestOptions(options: RequestOptions): HttpContext {
  return new HttpContext()
    .set(TIMEOUT, options.timeout ?? DEFAULT_TIMEOUT)
    .set(IF_NONE_MATCH, options.ifNoneMatch ?? null);
}

/** A connection that hangs must end in an answer for the reader: no answer in time is `network`. */
export const optionsInterceptor: HttpInterceptorFn = (request, next) => {
  const etag = request.context.get(IF_NONE_MATCH);
  return next(
    request.clone({
      timeout: request.context.get(TIMEOUT),
      setHeaders: etag === null ? {} : { 'If-None-Match': etag },
    }),
  );
};
