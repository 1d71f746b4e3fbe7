// Copies what the compiled service needs and the TypeScript compiler does not bring along.
import { cpSync, mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

mkdirSync(new URL('../../dist/http/openapi/', import.meta.url), { recursive: true });
cpSync(
  fileURLToPath(import.meta.resolve('redoc/bundles/redoc.standalone.js')),
  new URL('../../dist/http/openapi/redoc.standalone.js', import.meta.url),
);
