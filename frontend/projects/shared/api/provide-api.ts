import {
  HttpInterceptorFn,
  provideHttpClient,
  withInterceptors,
  withXsrfConfiguration,
} from '@angular/common/http';
import { EnvironmentProviders, makeEnvironmentProviders } from '@angular/core';
import { problemInterceptor } from './problem-interceptor';
import { timeoutInterceptor } from './timeout';

/**
 * The HTTP client of both applications: Django's CSRF names, every failure a `Problem`. What an
 * application adds sees its requests first, and `Problem`s only.
 */
export function provideApi(...interceptors: HttpInterceptorFn[]): EnvironmentProviders {
  return makeEnvironmentProviders([
    provideHttpClient(
      withXsrfConfiguration({ cookieName: 'csrftoken', headerName: 'X-CSRFToken' }),
      withInterceptors([...interceptors, problemInterceptor, timeoutInterceptor]),
    ),
  ]);
}
