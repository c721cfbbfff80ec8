import { provideHttpClient, withInterceptors, withXsrfConfiguration } from '@angular/common/http';
import { EnvironmentProviders, makeEnvironmentProviders } from '@angular/core';
import { problemInterceptor } from './problem-interceptor';
import { timeoutInterceptor } from './timeout';

/** The HTTP client of both applications: Django's CSRF names, every failure a `Problem`. */
export function provideApi(): EnvironmentProviders {
  return makeEnvironmentProviders([
    provideHttpClient(
      withXsrfConfiguration({ cookieName: 'csrftoken', headerName: 'X-CSRFToken' }),
      withInterceptors([problemInterceptor, timeoutInterceptor]),
    ),
  ]);
}
