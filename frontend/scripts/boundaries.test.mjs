import { RuleTester } from 'eslint';
import { describe, it } from 'node:test';
import { boundaries } from './boundaries.mjs';

RuleTester.describe = describe;
RuleTester.it = it;

const options = [{ projects: '/w/projects' }];
const site = (path) => `/w/projects/site/src/app/${path}`;
const door = (path) => `/w/projects/door/src/app/${path}`;
const ok = (filename, specifier) => ({
  name: `${filename} may import ${specifier}`,
  code: `import { x } from '${specifier}';`,
  filename,
  options,
});
const refused = (filename, code, messageId) => ({
  name: `${filename} may not: ${code}`,
  code,
  filename,
  options,
  errors: [{ messageId }],
});

new RuleTester().run('boundaries', boundaries, {
  valid: [
    ok(site('shell/shell.ts'), '@azione/shared/ui/icons'),
    ok(site('shell/shell.ts'), './language'),
    ok(site('programme/ui/card.ts'), '../data/shows'),
    ok(site('app.routes.ts'), './programme/programme'),
    ok(site('app.ts'), './app.config'),
    ok(site('shell/shell.ts'), '@angular/core'),
    ok('/w/projects/shared/ui/panel.ts', '../api/problem'),
    ok(door('scanning/scan-gate.ts'), '../offline/outbox'),
    ok(door('offline/outbox.ts'), '../device/vault'),
    ok(door('exchange/reading.ts'), '../camera/camera-view'),
  ],
  invalid: [
    refused(site('shell/shell.ts'), "import { x } from '../programme/card';", 'feature'),
    refused(site('shell/deep/a.ts'), "export * from '../../programme/ui/card';", 'feature'),
    refused(site('shell/shell.ts'), "import { routes } from '../app.routes';", 'feature'),
    refused(site('shell/shell.ts'), "import('../programme/card');", 'feature'),
    refused(site('app.ts'), "export { x } from '../../../door/src/app/scan/scan';", 'project'),
    refused(door('offline/outbox.ts'), "import { x } from '../scanning/scan-gate';", 'feature'),
    refused(door('exchange/message.ts'), "import { x } from '../pairing/pair-page';", 'feature'),
    refused(site('shell/shell.ts'), "import { x } from '../device/vault';", 'feature'),
    refused(
      '/w/projects/shared/ui/panel.ts',
      "import { x } from '../../site/src/app/shell/shell';",
      'project',
    ),
  ],
});
