// Collects the Italian texts of both applications into projects/{shared,site,door}/i18n/it.json and
// compares them with the English catalogues beside them, which people write. Every text has an id
// of its own that starts with the part it belongs to (`@@site.shell.skip`).
//   node scripts/i18n-extract.mjs           rewrites it.json
//   node scripts/i18n-extract.mjs --check   writes nothing, fails when an it.json is out of date
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { differences } from './catalogues.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const NG = join(ROOT, 'node_modules/@angular/cli/bin/ng.js');
const PARTS = ['shared', 'site', 'door'];
const check = process.argv.includes('--check');

const catalogue = (part, language) => join(ROOT, `projects/${part}/i18n/${language}.json`);

function readCatalogue(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).translations : {};
}

function extract(app, directory) {
  const run = spawnSync(
    process.execPath,
    [
      NG,
      'extract-i18n',
      app,
      '--output-path',
      directory,
      '--out-file',
      `${app}.json`,
      '--no-progress',
    ],
    { cwd: ROOT, encoding: 'utf8' },
  );
  if (run.status !== 0) {
    throw new Error(`Extracting the texts of ${app} failed:\n${run.stdout}${run.stderr}`);
  }
  return readCatalogue(join(directory, `${app}.json`));
}

function extractAll() {
  const scratch = mkdtempSync(join(tmpdir(), 'azione-i18n-'));
  try {
    return { ...extract('site', scratch), ...extract('door', scratch) };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function sortedPart(texts, part) {
  const entries = Object.entries(texts).filter(([id]) => id.startsWith(`${part}.`));
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Writes (or checks) the Italian catalogue and returns what is wrong with the part. */
function settle(part, texts) {
  const path = catalogue(part, 'it');
  const content = `${JSON.stringify({ locale: 'it', translations: texts }, null, 2)}\n`;
  if (!check) {
    writeFileSync(path, content);
  }
  const isCurrent = existsSync(path) && readFileSync(path, 'utf8') === content;
  return [
    ...(isCurrent ? [] : [`${part}: it.json is out of date. Run: npm run i18n:extract`]),
    ...differences(texts, readCatalogue(catalogue(part, 'en'))).map((line) => `${part}: ${line}`),
  ];
}

const texts = extractAll();
const homeless = Object.entries(texts)
  .filter(([id]) => !PARTS.some((part) => id.startsWith(`${part}.`)))
  .map(
    ([id, text]) =>
      `No id of its own (${id}): "${text}". Give it one: @@site.…, @@door.… or @@shared.…`,
  );
const problems = [...homeless, ...PARTS.flatMap((part) => settle(part, sortedPart(texts, part)))];
console.log(`${Object.keys(texts).length} texts, ${problems.length} to look at.`);
if (problems.length > 0) {
  console.error(problems.join('\n'));
  process.exitCode = 1;
}
