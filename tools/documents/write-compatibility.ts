/** Writes docs/compatibility.md. With --check it writes nothing and fails when the page is another. */
import 'reflect-metadata';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { createApp } from '../../src/http/app.setup.js';
import { operationsOf } from './documented.js';
import { compatibilityPage } from './page.js';
import { disagreements, SUPPORT } from './disagreements.js';
import { PACKAGE_ROOT } from '../../src/config/package-root.js';
import { readSettings } from '../../src/config/settings.js';
import { dialectDocument } from '../../src/http/openapi/openapi-documents.js';
import { createLogger } from '../../src/observability/logging/logging.js';

const PAGE = `${PACKAGE_ROOT}/docs/compatibility.md`;

const scratch = mkdtempSync(`${tmpdir()}/parley-compatibility-`);
const app = await createApp(readSettings({ DATA_DIR: scratch, PRELOAD_MODELS: '' }), createLogger('warn'));
await app.init();
const parts = [...SUPPORT].map(([name, support]) => ({
  name,
  support,
  operations: operationsOf(dialectDocument(app, name)),
}));
await app.close();
rmSync(scratch, { recursive: true });

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
