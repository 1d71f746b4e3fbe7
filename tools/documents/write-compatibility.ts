/** Writes docs/compatibility.md. With --check it writes nothing and fails when the page differs. */
import 'reflect-metadata';
import { readFileSync, writeFileSync } from 'node:fs';
import { dialectDocument, withApp } from './app.js';
import { disagreements } from './disagreements.js';
import { operationsOf } from './documented.js';
import { compatibilityPage } from './page.js';

const PAGE = new URL('../../docs/compatibility.md', import.meta.url);

const parts = await withApp((app, dialects) =>
  Promise.all(
    dialects.map(async (dialect) => ({
      name: dialect.name,
      support: await dialect.compatibility(),
      operations: operationsOf(dialectDocument(app, dialect)),
    })),
  ),
);

const wrong = parts.flatMap(({ name, support, operations }) =>
  disagreements(support, operations).map((one) => `${name}: ${one}\n`),
);
if (wrong.length > 0) {
  process.stderr.write(wrong.join(''));
  process.exit(1);
}
const page = compatibilityPage(parts);
if (!process.argv.includes('--check')) writeFileSync(PAGE, page);
else if (readFileSync(PAGE, 'utf8') !== page) {
  process.stderr.write('docs/compatibility.md is stale: run npm run compatibility\n');
  process.exit(1);
}
process.exit(0);
