// That texts cannot be forgotten: neither in one of the languages nor untranslated in a template.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { ESLint } from 'eslint';
import { differences } from './catalogues.mjs';

const PROJECT = join(import.meta.dirname, '..');
const RULE = '@angular-eslint/template/i18n';

async function complaints(template, file = 'projects/site/src/app/home/home.html') {
  const eslint = new ESLint({ cwd: PROJECT });
  const [result] = await eslint.lintText(template, { filePath: join(PROJECT, file) });
  return result.messages.filter(({ ruleId }) => ruleId === RULE).map(({ message }) => message);
}

for (const template of [
  '<p>Stasera in scena</p>',
  '<p i18n>Senza nome</p>',
  '<button type="button" aria-label="Chiudi">×</button>',
  '<img [src]="poster" alt="La locandina" />',
  '<input placeholder="Come ti chiami" />',
  '<mat-icon matTooltip="Altre date" />',
]) {
  test(`untranslated: ${template}`, async () => {
    assert.notDeepEqual(await complaints(template), []);
  });
}

for (const template of [
  '<p i18n="@@site.home.tonight">Stasera in scena</p>',
  '<p>{{ show.title }} · 20:30</p>',
  '<button type="button" class="x" aria-label="Chiudi" i18n-aria-label="@@site.close"></button>',
  '<a routerLink="/season" aria-current="page" role="tab" id="by-date">{{ title }}</a>',
]) {
  test(`translated, or no text: ${template}`, async () => {
    assert.deepEqual(await complaints(template), []);
  });
}

test('a text in one language alone is told', () => {
  assert.deepEqual(differences({ a: 'Uno', b: 'Due' }, { a: 'One', b: ' ', c: 'Three' }), [
    'en.json lacks b: Due',
    'en.json has c, which no page uses',
  ]);
});

test('a plural has the forms and the number that the text has', () => {
  const texts = { a: '{VAR_PLURAL, plural, =1 {Un posto} other {{INTERPOLATION} posti}}' };
  const fine = '{VAR_PLURAL, plural, =1 {One seat} other {{INTERPOLATION} seats}}';
  assert.deepEqual(differences(texts, { a: fine }), []);
  for (const wrong of [
    '{VAR_PLURAL, plural, other {{INTERPOLATION} seats}}',
    '{VAR_PLURAL, plural, =1 {One seat} other {Seats}}',
  ]) {
    assert.equal(differences(texts, { a: wrong }).length, 1, wrong);
  }
});

test('a translation says what the text says of names and numbers', () => {
  const texts = { a: 'Ciao {$NAME}', b: '{$COUNT} posti' };
  assert.deepEqual(differences(texts, { a: 'Hello {$NAME}', b: '{$COUNT} of {$COUNT} seats' }), []);
  assert.deepEqual(differences(texts, { a: 'Hello', b: '{$COUNT} seats' }), [
    'en.json fills in something else in a: Hello',
  ]);
});
