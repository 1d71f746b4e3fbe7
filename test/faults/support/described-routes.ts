import { readFileSync } from 'node:fs';

/** As far as the documents in openapi/ go. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly example?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly additionalProperties?: unknown;
  readonly allOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
}

export type Owner = 'ml-backend' | 'openai' | 'rkllama' | 'llama-local' | 'chatvlm' | 'root' | 'shared';

/** A route that changes something or takes a body, as the documents describe it. */
export interface DescribedRoute {
  /** Whose error bodies it answers with. */
  readonly owner: Owner;
  readonly method: string;
  /** With its prefix; parameters as `{name}`. */
  readonly path: string;
  /** What its JSON body is made of; null where it takes none. */
  readonly json: Schema | null;
  /** What its form is made of; null where it takes none. */
  readonly form: Schema | null;
  /** Content types of what it answers with 200. */
  readonly answers: readonly string[];
}

interface Content {
  readonly schema?: Schema;
}

interface Operation {
  readonly requestBody?: { readonly content: Readonly<Record<string, Content>> };
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, Content>> }>>;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

const DIALECTS = ['ml-backend', 'openai', 'rkllama', 'llama-local', 'chatvlm'] as const;
/** The one path that two dialects share and that takes a body. */
const SHARED = '/generate';

function documentOf(name: string): Document {
  return JSON.parse(readFileSync(new URL(`../../../openapi/${name}.json`, import.meta.url), 'utf8')) as Document;
}

/** A schema without references and `allOf`; of alternatives, those are left that `wanted` takes. */
function plain(schema: Schema, document: Document, wanted: (one: Schema) => boolean): Schema {
  if (schema.$ref !== undefined) {
    return plain(document.components.schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {}, document, wanted);
  }
  const parts = [schema, ...(schema.allOf ?? []).map((part) => plain(part, document, wanted))];
  const properties = parts.flatMap((part) => Object.entries(part.properties ?? {}));
  const alternatives = (schema.oneOf ?? []).map((one) => plain(one, document, wanted));
  const merged: Schema = {
    ...(Object.assign({}, ...parts.toReversed()) as Schema),
    ...(properties.length > 0 && {
      type: 'object',
      properties: Object.fromEntries(properties.map(([name, one]) => [name, plain(one, document, wanted)])),
      required: parts.flatMap((part) => part.required ?? []),
    }),
    ...(schema.items !== undefined && { items: plain(schema.items, document, wanted) }),
  };
  const chosen = alternatives.filter(wanted);
  return chosen.length > 0 ? { ...merged, ...chosen[0], oneOf: chosen } : merged;
}

function isUpload({ type, format, items }: Schema): boolean {
  return (type === 'string' && format === 'binary') || (items !== undefined && isUpload(items));
}

function hasUploads(schema: Schema): boolean {
  return Object.values(schema.properties ?? {}).some(isUpload);
}

function routesOf(name: (typeof DIALECTS)[number] | 'root'): DescribedRoute[] {
  const document = documentOf(name);
  const prefix = name === 'root' ? '' : `/${name}`;
  return Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations)
      .filter(([method]) => method !== 'get')
      .map(([method, { requestBody, responses }]) => {
        const json = requestBody?.content['application/json']?.schema;
        const form = requestBody?.content['multipart/form-data']?.schema;
        const owner = name === 'root' && path === SHARED ? 'shared' : name;
        return {
          owner,
          method: method.toUpperCase(),
          path: prefix + path,
          json: json === undefined ? null : plain(json, document, (one) => !hasUploads(one)),
          form: form === undefined ? null : plain(form, document, hasUploads),
          answers: Object.keys(responses['200']?.content ?? {}),
        };
      }),
  );
}

/** Every route that takes more than a GET: each dialect's own under its prefix, and those that only the root has. */
export function describedRoutes(): DescribedRoute[] {
  const ofDialects = DIALECTS.flatMap(routesOf);
  const known = new Set(ofDialects.map(({ method, path }) => `${method} ${path.replace(/^\/[\w-]+/, '')}`));
  const ofRoot = routesOf('root').filter(
    ({ owner, method, path }) => owner === 'shared' || !known.has(`${method} ${path}`),
  );
  return [...ofDialects, ...ofRoot];
}

/** A value as the schema's own examples have it; of an object, what it must have. */
export function sampleOf(schema: Schema): unknown {
  if (schema.example !== undefined) return schema.example;
  if (schema.enum?.[0] !== undefined) return schema.enum[0];
  if (schema.type === 'array') return [sampleOf(schema.items ?? {})];
  if (schema.type === 'object' || schema.properties !== undefined) {
    const names = schema.required ?? [];
    return Object.fromEntries(names.map((name) => [name, sampleOf(schema.properties?.[name] ?? {})]));
  }
  if (schema.type === 'number' || schema.type === 'integer') return 1;
  return schema.type === 'boolean' ? false : 'Hello!';
}

/** A place in a body: names of fields, numbers of list entries. */
export interface Field {
  readonly path: readonly (string | number)[];
  readonly schema: Schema;
}

/** Every place that a schema names, outermost first. */
export function fieldsOf(schema: Schema, path: Field['path'] = []): Field[] {
  if (path.length > 5) return [];
  const inside = Object.entries(schema.properties ?? {}).flatMap(([name, one]) => [
    { path: [...path, name], schema: one },
    ...fieldsOf(one, [...path, name]),
  ]);
  return schema.items === undefined
    ? inside
    : [...inside, { path: [...path, 0], schema: schema.items }, ...fieldsOf(schema.items, [...path, 0])];
}
