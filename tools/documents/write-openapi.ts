/** Writes the OpenAPI documents into openapi/. With --check it writes nothing and fails when one differs. */
import 'reflect-metadata';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { createApp } from '../../src/http/app.setup.js';
import { PACKAGE_ROOT } from '../../src/config/package-root.js';
import { readSettings } from '../../src/config/settings.js';
import { DOCUMENTED, dialectDocument, rootDocument } from '../../src/http/openapi/openapi-documents.js';
import { createLogger } from '../../src/observability/logging/logging.js';

const scratch = mkdtempSync(`${tmpdir()}/parley-openapi-`);
const app = await createApp(readSettings({ DATA_DIR: scratch, PRELOAD_MODELS: '' }), createLogger('warn'));
await app.init();
const documents = new Map([['root', rootDocument(app)]]);
for (const dialect of DOCUMENTED) documents.set(dialect, dialectDocument(app, dialect));
await app.close();
rmSync(scratch, { recursive: true });

const stale: string[] = [];
for (const [name, document] of documents) {
  const path = `${PACKAGE_ROOT}/openapi/${name}.json`;
  const text = `${JSON.stringify(document, null, 2)}\n`;
  if (process.argv.includes('--check')) {
    let current = '';
    try {
      current = readFileSync(path, 'utf8');
    } catch {
      // absent: stale
    }
    if (current !== text) stale.push(name);
  } else writeFileSync(path, text);
}
if (stale.length > 0) {
  process.stderr.write(`openapi/ is stale (${stale.join(', ')}): run npm run openapi\n`);
  process.exit(1);
}
process.exit(0);
