import { ApplicationConfig, provideBrowserGlobalErrorListeners } from '@angular/core';
import { provideRouter, withComponentInputBinding, withInMemoryScrolling } from '@angular/router';
import { doorInterceptor } from '@azione/shared/api/door-interceptor';
import { provideApi } from '@azione/shared/api/provide-api';
import { provideAdoptedStyles } from '@azione/shared/security/adopted-styles';
import { provideIcons } from '@azione/shared/ui/icons';
import { routes } from './app.routes';
import { provideDoor } from './offline/provide-door';
import { provideInstallation } from './shell/installation';

export const appConfig: ApplicationConfig = {
  providers: [
    provideBrowserGlobalErrorListeners(),
    provideRouter(
      routes,
      withComponentInputBinding(),
      // No anchor scrolling: a fragment here is a token, not a place on the page.
      withInMemoryScrolling({ scrollPositionRestoration: 'enabled' }),
    ),
    provideApi(doorInterceptor),
    provideDoor(),
    provideIcons(),
    provideAdoptedStyles(),
    provideInstallation(),
  ],
};
