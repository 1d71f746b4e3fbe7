import { readFileSync } from 'node:fs';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { setupPageHeaders } from './page-headers.js';
import { DIALECTS, type Dialect } from '../routing/dialect.js';
import { dialectDocument, rootDocument } from './openapi-documents.js';

const REDOC_BUNDLE = new URL('./redoc.standalone.js', import.meta.url);

/** The picture beside "API docs by Redocly", which alone comes from elsewhere; the page's headers forbid that. */
const REDOC_LOGO = 'https://cdn.redoc.ly/redoc/logo-mini.svg';

const REDOC_PAGE = `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Parley: API</title>
  <style>body { margin: 0 }</style>
</head>
<body>
  <redoc spec-url="/openapi.json"></redoc>
  <script src="/redoc/redoc.standalone.js"></script>
</body>
</html>
`;

/** Serves Swagger UI at /docs, ReDoc at /redoc, and the documents themselves. Everything comes from this process. */
export async function setupDocs(app: NestFastifyApplication): Promise<void> {
  const fastify = app.getHttpAdapter().getInstance();
  await setupPageHeaders(fastify);
  const root = rootDocument(app);
  const byPath = new Map<string, OpenAPIObject>([['/openapi.json', root]]);
  for (const dialect of app.get<readonly Dialect[]>(DIALECTS)) {
    byPath.set(`/openapi/${dialect.name}.json`, dialectDocument(app, dialect));
  }
  for (const [path, document] of byPath) fastify.get(path, (_, reply) => reply.send(document));

  SwaggerModule.setup('docs', app, root, {
    customSiteTitle: 'Parley: API',
    explorer: true,
    raw: false,
    swaggerOptions: {
      urls: [...byPath.keys()].map((url) => ({ url, name: url === '/openapi.json' ? 'everything' : url.slice(9, -5) })),
    },
  });

  const bundle = readFileSync(REDOC_BUNDLE, 'utf8').replaceAll(REDOC_LOGO, 'data:,');
  fastify.get('/redoc', (_, reply) => reply.type('text/html; charset=utf-8').send(REDOC_PAGE));
  fastify.get('/redoc/redoc.standalone.js', (_, reply) => reply.type('text/javascript; charset=utf-8').send(bundle));
}
