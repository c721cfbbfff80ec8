// The API client is generated from the contract and committed; `check` proves it is current.
//   node scripts/api.mjs generate|check [--input FILE]
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const COMMITTED = join(ROOT, 'projects/shared/api/generated');
const GENERATOR = join(ROOT, 'node_modules/ng-openapi-gen/lib/index.js');

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { input: { type: 'string', default: join(ROOT, '../contracts/openapi.yaml') } },
});

function generate(output) {
  if (!existsSync(values.input)) {
    throw new Error(`No contract at ${values.input}: write it first.`);
  }
  const config = join(ROOT, 'ng-openapi-gen.json');
  const run = spawnSync(
    process.execPath,
    [GENERATOR, '--config', config, '--input', values.input, '--output', output],
    { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] },
  );
  if (run.status !== 0) {
    throw new Error('ng-openapi-gen failed.');
  }
}

function filesUnder(directory) {
  if (!existsSync(directory)) {
    return new Map();
  }
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  return new Map(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [relative(directory, path), readFileSync(path, 'utf8')]),
  );
}

/** Paths that are missing, left over or different. */
function drift(fresh, committed) {
  const paths = new Set([...fresh.keys(), ...committed.keys()]);
  return [...paths].filter((path) => fresh.get(path) !== committed.get(path)).sort();
}

function check() {
  const scratch = mkdtempSync(join(tmpdir(), 'azione-api-'));
  try {
    const output = join(scratch, 'generated');
    generate(output);
    const stale = drift(filesUnder(output), filesUnder(COMMITTED));
    if (stale.length > 0) {
      console.error(
        `The API client is out of date. Run: npm run api:generate\n${stale.join('\n')}`,
      );
      process.exitCode = 1;
      return;
    }
    console.log('The API client matches the contract.');
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

const commands = { generate: () => generate(COMMITTED), check };
const command = commands[positionals[0]];
try {
  if (!command) {
    throw new Error('Usage: node scripts/api.mjs generate|check [--input FILE]');
  }
  command();
} catch (error) {
  console.error(error.message);
  process.exitCode = 2;
}
