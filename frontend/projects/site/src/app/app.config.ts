import {
  ApplicationConfig,
  provideBrowserGlobalErrorListeners,
  provideEnvironmentInitializer,
} from '@angular/core';
import {
  TitleStrategy,
  provideRouter,
  withComponentInputBinding,
  withEnabledBlockingInitialNavigation,
  withInMemoryScrolling,
} from '@angular/router';
import { answersInPage } from '@azione/shared/api/answers-in-page';
import { provideApi } from '@azione/shared/api/provide-api';
import { PageTitle } from '@azione/shared/theatre/page-title';
import { provideIcons } from '@azione/shared/ui/icons';
import { routes } from './app.routes';
import { lookAfterNavigation } from './after-navigation';

export const appConfig: ApplicationConfig = {
  providers: [
    provideBrowserGlobalErrorListeners(),
    provideRouter(
      routes,
      withComponentInputBinding(),
      // No anchor scrolling: a fragment here is a token, not a place on the page. Who scrolls is after-navigation.
      withInMemoryScrolling(),
      // What the server wrote stays until the first page is there: nobody sees an empty one between.
      withEnabledBlockingInitialNavigation(),
    ),
    { provide: TitleStrategy, useExisting: PageTitle },
    provideEnvironmentInitializer(() => {
      lookAfterNavigation();
    }),
    provideApi(answersInPage),
    provideIcons(),
  ],
};
