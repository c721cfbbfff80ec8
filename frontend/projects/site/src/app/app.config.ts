import { ApplicationConfig, provideBrowserGlobalErrorListeners } from '@angular/core';
import { provideRouter, withComponentInputBinding, withInMemoryScrolling } from '@angular/router';
import { provideApi } from '@azione/shared/api/provide-api';
import { provideIcons } from '@azione/shared/ui/icons';
import { routes } from './app.routes';

export const appConfig: ApplicationConfig = {
  providers: [
    provideBrowserGlobalErrorListeners(),
    provideRouter(
      routes,
      withComponentInputBinding(),
      // No anchor scrolling: a fragment here is a token, not a place on the page.
      withInMemoryScrolling({ scrollPositionRestoration: 'enabled' }),
    ),
    provideApi(),
    provideIcons(),
  ],
};
