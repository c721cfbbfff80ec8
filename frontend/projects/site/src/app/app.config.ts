import {
  ApplicationConfig,
  provideBrowserGlobalErrorListeners,
  provideEnvironmentInitializer,
} from '@angular/core';
import {
  TitleStrategy,
  provideRouter,
  withComponentInputBinding,
  withDisabledInitialNavigation,
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
      // It begins in main.ts, and what the server wrote stays until it is there: nobody sees an empty page between.
      withDisabledInitialNavigation(),
    ),
    { provide: TitleStrategy, useExisting: PageTitle },
    provideEnvironmentInitializer(() => {
      lookAfterNavigation();
    }),
    provideApi(answersInPage),
    provideIcons(),
  ],
};
