import { createApplication } from '@angular/platform-browser';
import { App } from './app/app';
import { appConfig } from './app/app.config';

/** In pieces, with room between them for a finger that scrolls what the server wrote. */
async function start(): Promise<void> {
  await nextTask();
  const application = await createApplication(appConfig);
  await nextTask();
  application.bootstrap(App);
}

function nextTask(): Promise<unknown> {
  return new Promise((resolve) => setTimeout(resolve));
}

start().catch((error: unknown) => {
  console.error(error);
});
