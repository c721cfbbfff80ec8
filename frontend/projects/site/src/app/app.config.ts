import {
  ApplicationConfig,
  provideBrowserGlobalErrorListeners,
  provideEnvironmentInitializer,
} from '@angular/core';
import { MAT_FORM_FIELD_DEFAULT_OPTIONS } from '@angular/material/form-field';
import {
  TitleStrategy,
  provideRouter,
  withComponentInputBinding,
  withInMemoryScrolling,
} from '@angular/router';
import { provideApi } from '@azione/shared/api/provide-api';
import { PageTitle } from '@azione/shared/theatre/page-title';
import { provideIcons } from '@azione/shared/ui/icons';
import { routes } from './app.routes';
import { focusHeadingAfterNavigation } from './focus-heading';

export const appConfig: ApplicationConfig = {
  providers: [
    provideBrowserGlobalErrorListeners(),
    provideRouter(
      routes,
      withComponentInputBinding(),
      // No anchor scrolling: a fragment here is a token, not a place on the page.
      withInMemoryScrolling({ scrollPositionRestoration: 'enabled' }),
    ),
    { provide: TitleStrategy, useExisting: PageTitle },
    {
      provide: MAT_FORM_FIELD_DEFAULT_OPTIONS,
      useValue: { appearance: 'outline', subscriptSizing: 'dynamic' },
    },
    provideEnvironmentInitializer(() => {
      focusHeadingAfterNavigation();
    }),
    provideApi(),
    provideIcons(),
  ],
};
