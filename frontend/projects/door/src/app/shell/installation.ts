import {
  DOCUMENT,
  EnvironmentProviders,
  inject,
  isDevMode,
  makeEnvironmentProviders,
  provideEnvironmentInitializer,
} from '@angular/core';
import { provideServiceWorker } from '@angular/service-worker';
import { injectLanguage } from '@azione/shared/api/language';
import { doorWorkers } from './workers';

/**
 * Makes the door an app that installs and starts without a network. A phone on plain http, or on an
 * address whose certificate it does not trust, gets no worker and has to stay online.
 */
export function provideInstallation(): EnvironmentProviders {
  return makeEnvironmentProviders([
    provideServiceWorker('ngsw-worker.js', {
      enabled: !isDevMode(),
      registrationStrategy: 'registerWhenStable:5000',
    }),
    provideEnvironmentInitializer(() => {
      linkManifest(inject(DOCUMENT), injectLanguage());
      if (!isDevMode()) {
        void installOtherWorkers(inject(DOCUMENT).baseURI);
      }
    }),
  ]);
}

/** Here and not in index.html, which is the same in both languages. */
function linkManifest(document: Document, language: string): void {
  const link = document.createElement('link');
  link.rel = 'manifest';
  link.href = `manifest.${language}.webmanifest`;
  document.head.append(link);
}

/** After this language's own, so that the app in hand is complete first. */
async function installOtherWorkers(baseUri: string): Promise<void> {
  if (!('serviceWorker' in navigator)) {
    return;
  }
  await navigator.serviceWorker.ready;
  for (const { script, scope } of doorWorkers(baseUri)) {
    // One that could not be fetched is tried again the next time the app starts.
    await navigator.serviceWorker.register(script, { scope }).catch(() => null);
  }
}
