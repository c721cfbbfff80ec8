import { bootstrapApplication } from '@angular/platform-browser';
import { trustScripts } from '@azione/shared/security/trusted-scripts';
import { App } from './app/app';
import { appConfig } from './app/app.config';
import { doorWorkers } from './app/shell/workers';

trustScripts(doorWorkers(document.baseURI).map((worker) => worker.script));

bootstrapApplication(App, appConfig).catch((error: unknown) => {
  console.error(error);
});
