import { LANGUAGES, languageUrl } from '@azione/shared/ui/language-url';

export interface DoorWorker {
  readonly script: string;
  readonly scope: string;
}

/**
 * The service workers of the door: Angular's, one for each language's build, and a small one for the
 * addresses without a language. `docs/decisions/0009` says why it takes three.
 */
export function doorWorkers(baseUri: string): DoorWorker[] {
  const base = new URL(baseUri).pathname;
  const ofLanguages = LANGUAGES.map((language) => ({
    script: languageUrl(base, 'ngsw-worker.js', language),
    scope: languageUrl(base, '', language),
  }));
  const links = languageUrl(base, 'links-worker.js', LANGUAGES[0]);
  return [...ofLanguages, { script: links, scope: new URL('../', baseUri).pathname }];
}
