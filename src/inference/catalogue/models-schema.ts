import { Ajv, type DefinedError, type SchemaObject } from 'ajv';
import { readFileSync } from 'node:fs';
import { PACKAGE_ROOT } from '../../config/package-root.js';
import type { ModelsFile } from './catalogue-entry.js';
import type { FieldPath } from './yaml-file.js';

/** Describes catalogue files, for editors too. */
export const MODELS_SCHEMA = `${PACKAGE_ROOT}/config/models.schema.json`;

export interface SchemaProblem {
  readonly field: FieldPath;
  /** Continues a sentence that begins with the field's name. */
  readonly message: string;
}

/** `verbose` brings the description of a field with its error. */
const validate = new Ajv({ allErrors: true, verbose: true }).compile<ModelsFile>(
  JSON.parse(readFileSync(MODELS_SCHEMA, 'utf8')) as SchemaObject,
);

/** Checks what a catalogue file says against the schema: the content, or the first thing that is wrong with it. */
export function checkModels(content: unknown): { readonly models: ModelsFile } | { readonly problem: SchemaProblem } {
  if (validate(content)) return { models: content };
  const errors = (validate.errors ?? []) as DefinedError[];
  const [first] = errors;
  if (first === undefined) throw new Error('the schema refused the file without a word');
  // Of a misspelled field, its name tells more than that the right one is missing.
  const misspelled = errors.find(
    ({ keyword, instancePath }) => keyword === 'additionalProperties' && instancePath === first.instancePath,
  );
  return { problem: problemOf(misspelled ?? first) };
}

function problemOf(error: DefinedError): SchemaProblem {
  const field = fieldOf(error.instancePath);
  if (error.keyword === 'required') return { field: [...field, error.params.missingProperty], message: 'is missing' };
  if (error.keyword === 'additionalProperties') {
    return { field: [...field, error.params.additionalProperty], message: `is not known; ${fieldsOf(error)}` };
  }
  if (error.keyword === 'enum') {
    return { field, message: `must be one of ${error.params.allowedValues.map(String).join(', ')}` };
  }
  if (error.keyword === 'pattern') {
    return { field, message: `must match ${error.params.pattern} (${description(error)})` };
  }
  return { field, message: error.message ?? error.keyword };
}

/** Numbers are indices: no field of the schema is named by one. */
function fieldOf(instancePath: string): FieldPath {
  const parts = instancePath.split('/').slice(1);
  return parts.map((part) => (/^\d+$/.test(part) ? Number(part) : part.replaceAll('~1', '/').replaceAll('~0', '~')));
}

function fieldsOf({ parentSchema }: DefinedError): string {
  const { properties } = parentSchema as { readonly properties: Readonly<Record<string, unknown>> };
  return `the fields are ${Object.keys(properties).join(', ')}`;
}

function description({ parentSchema }: DefinedError): string {
  return (parentSchema as { readonly description: string }).description;
}
