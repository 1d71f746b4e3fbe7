import type { JsonObject } from '../json-value.js';
import { refused } from './schema-place.js';

export type SchemaDialect = 'draft-07' | '2020-12';

const DIALECTS: Readonly<Record<string, SchemaDialect>> = {
  'json-schema.org/draft-07/schema': 'draft-07',
  'json-schema.org/draft/2020-12/schema': '2020-12',
};

/** Which edition of JSON Schema a schema says it is written in; the newest where it says nothing. */
export function dialectOf(schema: JsonObject, param: string): SchemaDialect {
  const named = schema.$schema;
  if (named === undefined) return '2020-12';
  const dialect = typeof named === 'string' ? DIALECTS[named.replace(/^https?:\/\//, '').replace(/#$/, '')] : undefined;
  if (dialect !== undefined) return dialect;
  throw refused(param, '#/$schema', 'only draft-07 and 2020-12 are supported', 'Name one of them, or none.');
}
