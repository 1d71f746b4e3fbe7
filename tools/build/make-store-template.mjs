// Makes an empty database for the embedded store, so that the first job or conversation on a machine need not wait the
// seconds, and take the memory, that PostgreSQL's initdb takes. Kept under node_modules/.cache while PGlite is the same.
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { PGlite } from '@electric-sql/pglite';

const ROOT = new URL('../../', import.meta.url);
const { version } = JSON.parse(readFileSync(new URL('node_modules/@electric-sql/pglite/package.json', ROOT), 'utf8'));
const cache = new URL(`node_modules/.cache/parley/store-${version}/`, ROOT);
const target = new URL('dist/store-template/', ROOT);

if (!existsSync(cache)) {
  const unfinished = new URL(`node_modules/.cache/parley/store-${version}.${process.pid}/`, ROOT);
  mkdirSync(unfinished, { recursive: true });
  const db = await PGlite.create(unfinished.pathname);
  await db.exec('CHECKPOINT');
  await db.close();
  rmSync(cache, { recursive: true, force: true });
  renameSync(unfinished, cache);
}
cpSync(cache, target, { recursive: true });
