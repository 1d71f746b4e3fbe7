import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { DIALECTS, type Dialect } from '../routing/dialect.js';
import { VERSION } from '../../config/package-root.js';

type OperationObject = NonNullable<OpenAPIObject['paths'][string]['get']>;

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** In words, for as a parameter of every operation it would be in the way of those who generate clients. */
const HEADERS = `Any request may carry \`X-Request-Id\`, which its answer and the log repeat, and \`X-Request-Deadline\`: seconds
from now, or an RFC 3339 time. What cannot be answered by then is refused at once, or ended, with 504.`;

function config(title: string, description: string): Omit<OpenAPIObject, 'paths'> {
  return new DocumentBuilder()
    .setTitle(title)
    .setDescription(`${description}\n\n${HEADERS}`)
    .setVersion(VERSION)
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'One of API_KEYS' }, 'bearer')
    .addApiKey({ type: 'apiKey', in: 'header', name: 'X-Api-Key', description: 'One of API_KEYS' }, 'apiKey')
    .addSecurityRequirements('bearer')
    .addSecurityRequirements('apiKey')
    .build();
}

function withPaths(document: OpenAPIObject, rename: (path: string) => string | null): OpenAPIObject {
  const renamed = Object.entries(document.paths).flatMap(([path, item]) => {
    const name = rename(path);
    return name === null ? [] : [[name, item] as const];
  });
  return { ...document, paths: Object.fromEntries(renamed) };
}

/** One dialect: its paths without the prefix, which is the server's URL, so that a client generated from it fits. */
export function dialectDocument(app: INestApplication, { name, module }: Dialect): OpenAPIObject {
  const document = SwaggerModule.createDocument(
    app,
    config(`Parley: ${name}`, `The dialect \`${name}\`, under its prefix; the same paths answer at the root.`),
    { include: [module] },
  );
  const prefix = `/${name}`;
  const own = withPaths(document, (path) =>
    path === prefix ? '/' : path.startsWith(`${prefix}/`) ? path.slice(prefix.length) : null,
  );
  return { ...own, servers: [{ url: prefix }] };
}

/** The root: every dialect's paths, and the service's own. */
export function rootDocument(app: INestApplication): OpenAPIObject {
  const dialects = app.get<readonly Dialect[]>(DIALECTS);
  const document = SwaggerModule.createDocument(
    app,
    config('Parley', 'Local inference: every dialect at the root, and the routes of the service itself.'),
  );
  const own = withPaths(document, (path) => (dialects.some(({ name }) => isUnder(path, name)) ? null : path));
  return withUniqueIds(own);
}

function isUnder(path: string, dialect: string): boolean {
  return path === `/${dialect}` || path.startsWith(`/${dialect}/`);
}

/** Two dialects may call an operation the same; here the one whose path belongs to the root keeps the plain name. */
function withUniqueIds(document: OpenAPIObject): OpenAPIObject {
  const operations = Object.values(document.paths).flatMap((item) => METHODS.flatMap((method) => item[method] ?? []));
  const isRoots = (operation: OperationObject): boolean => operation.tags?.includes('root') === true;
  const taken = new Set<string>();
  for (const operation of operations.sort((a, b) => Number(isRoots(b)) - Number(isRoots(a)))) {
    const id = operation.operationId ?? '';
    const tag = operation.tags?.[0]?.split(':')[0] ?? '';
    operation.operationId = taken.has(id) ? camelCase(tag, id) : id;
    taken.add(operation.operationId);
  }
  return document;
}

function camelCase(tag: string, id: string): string {
  const prefix = tag.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  return prefix + id.charAt(0).toUpperCase() + id.slice(1);
}
