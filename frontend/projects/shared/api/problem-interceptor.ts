import { HttpInterceptorFn } from '@angular/common/http';
import { catchError, from, switchMap, throwError } from 'rxjs';
import { toProblemReadingBlob } from './to-problem';

/** The one place where a failed call becomes a `Problem`: features never see an HttpErrorResponse. */
export const problemInterceptor: HttpInterceptorFn = (request, next) =>
  next(request).pipe(
    catchError((error: unknown) =>
      from(toProblemReadingBlob(error)).pipe(switchMap((problem) => throwError(() => problem))),
    ),
  );
