/** Writes the OpenAPI documents into openapi/. With --check it writes nothing and fails when one differs. */
import 'reflect-metadata';
import { readFileSync, writeFileSync } from 'node:fs';
import { dialectDocument, rootDocument, withApp } from './app.js';

const FOLDER = new URL('../../openapi/', import.meta.url);

const documents = await withApp((app, dialects) => [
  ['root', rootDocument(app)] as const,
  ...dialects.map((dialect) => [dialect.name, dialectDocument(app, dialect)] as const),
]);

const stale: string[] = [];
for (const [name, document] of documents) {
  const path = new URL(`${name}.json`, FOLDER);
  const text = `${JSON.stringify(document, null, 2)}\n`;
  if (!process.argv.includes('--check')) writeFileSync(path, text);
  else if (currentText(path) !== text) stale.push(name);
}
if (stale.length > 0) {
  process.stderr.write(`openapi/ is stale (${stale.join(', ')}): run npm run openapi\n`);
  process.exit(1);
}
process.exit(0);

/** Empty for a file that is absent. */
function currentText(path: URL): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
