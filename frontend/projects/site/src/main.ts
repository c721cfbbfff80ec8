import { ApplicationRef } from '@angular/core';
import { createApplication } from '@angular/platform-browser';
import { NavigationEnd, Router } from '@angular/router';
import { filter, firstValueFrom } from 'rxjs';
import { App } from './app/app';
import { appConfig } from './app/app.config';

/** How long what the server wrote stays for the first page's data; after that, the page says that it loads. */
const PATIENCE = 200;

/**
 * In pieces, with room between them for a finger that scrolls what the server wrote, and beside that:
 * the application takes its place once its first page is there. Where the code for that does not come, it stays.
 */
async function start(written: Element): Promise<void> {
  await nextTask();
  const application = await createApplication(appConfig);
  await nextTask();
  const root = written.cloneNode() as Element;
  application.bootstrap(App, root);
  await nextTask();
  await firstPage(application);
  written.replaceWith(root);
  // What measures itself can do so now.
  application.tick();
}

async function firstPage(application: ApplicationRef): Promise<void> {
  const router = application.injector.get(Router);
  const arrived = firstValueFrom(router.events.pipe(filter((e) => e instanceof NavigationEnd)));
  router.initialNavigation();
  await arrived;
  await Promise.race([application.whenStable(), nextTask(PATIENCE)]);
}

function nextTask(milliseconds = 0): Promise<unknown> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

const written = document.querySelector('azione-root');
if (written) {
  start(written).catch((error: unknown) => {
    console.error(error);
  });
}
