// node gather.mjs DIST STATIC TARGET: what browsers get, in one folder named by its content:
// TARGET/<name>/{site,door}/{it,en}/… and TARGET/<name>/static/…, with .gz and .br beside what is worth compressing.
// HTML is left alone: nginx writes a nonce into it.

import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const COMPRESSED = /\.(css|js|mjs|json|map|svg|txt|wasm|webmanifest|xml)$/;
// Below that, the headers weigh more than what is saved.
const LEAST_BYTES = 512;

const known = new Map();

/** Both forms of a content; each language has a copy of most files, and the best compression is slow. */
function compressed(content) {
  const key = createHash('sha256').update(content).digest('hex');
  if (!known.has(key)) {
    const brotli = { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: content.length } };
    known.set(key, [
      ['.gz', gzipSync(content, { level: 9 })],
      ['.br', brotliCompressSync(content, brotli)],
    ]);
  }
  return known.get(key);
}

const [dist, statics, target] = process.argv.slice(2);
const unfinished = join(target, 'unfinished');
mkdirSync(unfinished, { recursive: true });
for (const application of ['site', 'door']) {
  cpSync(join(dist, application, 'browser'), join(unfinished, application), { recursive: true });
}
cpSync(statics, join(unfinished, 'static'), { recursive: true });

const files = readdirSync(unfinished, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name))
  .sort();
const name = createHash('sha256');
for (const file of files) {
  const content = readFileSync(file);
  name.update(relative(unfinished, file)).update('\0').update(content).update('\0');
  if (!COMPRESSED.test(file) || content.length < LEAST_BYTES) continue;
  for (const [ending, packed] of compressed(content)) {
    if (packed.length < content.length) writeFileSync(file + ending, packed);
  }
}
renameSync(unfinished, join(target, name.digest('hex').slice(0, 12)));
