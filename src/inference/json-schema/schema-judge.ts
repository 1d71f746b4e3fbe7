import { Ajv, type ErrorObject, type Format, type Options, type ValidateFunction } from 'ajv';
import type { DataValidateFunction } from 'ajv/dist/types/index.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { fullFormats } from 'ajv-formats/dist/formats.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../json-value.js';
import { canonicalJson } from './canonical-json.js';
import { parsePattern } from './patterns/pattern-parser.js';
import { TextMatcher } from './patterns/text-matcher.js';
import { placeOf } from './schema-bounds.js';
import type { SchemaDialect } from './schema-dialect.js';
import type { Place } from './schema-place.js';
import { subschemas } from './schema-walk.js';

/** Longer texts have no format: some of ajv's expressions take quadratic time. */
const LONGEST_FORMATTED = 2048;

/** Our keyword in place of `$ref`: judges each value once by each schema that is referred to. */
const MEMOISED_REF = 'memoisedRef';

/** Judges schemas themselves. What it compiles for that serves all of them. */
const META: Readonly<Record<SchemaDialect, Ajv>> = {
  'draft-07': new Ajv({ strict: false, logger: false }),
  '2020-12': new Ajv2020({ strict: false, logger: false }),
};

/** Errors of a value by a schema, or null for a valid one. */
type Judgements = Map<JsonValue, Partial<ErrorObject>[] | null>;

/**
 * Judges values by one schema, through ajv. A judgement takes time linear in the value and in the schema, however its
 * `$ref` double: without memory, ajv judges one value by one schema as often as references lead there.
 */
export class SchemaJudge {
  private readonly ajv: Ajv;
  /** Of the values of one judgement, by the schema's pointer. */
  private readonly judgements = new Map<string, Judgements>();

  /** Throws an Error that says what of the schema ajv does not take. */
  constructor(schema: JsonObject, dialect: SchemaDialect, places: ReadonlyMap<string, Place>) {
    const own = withoutIds(schema, places);
    const meta = META[dialect];
    if (!meta.validateSchema(own)) {
      throw new Error(meta.errors?.[0] === undefined ? 'it is no schema' : worded(meta.errors[0]));
    }
    const options: Options = {
      strict: false,
      logger: false,
      meta: false,
      validateSchema: false,
      inlineRefs: false, // a schema that is referred to often would be compiled as often
      ownProperties: true,
      code: { regExp: linearRegExp, optimize: false }, // optimising takes longer than it saves
    };
    this.ajv = dialect === 'draft-07' ? new Ajv(options) : new Ajv2020(options);
    for (const [name, format] of Object.entries(FORMATS)) this.ajv.addFormat(name, format);
    this.addKeywords();
    this.ajv.addSchema(own, 'schema');
    this.validatorAt('#');
    for (const pointer of this.judgements.keys()) this.validatorAt(pointer);
  }

  /** Whether a value is valid by the schema at a pointer of the whole. */
  accepts(pointer: string, value: JsonValue): boolean {
    return this.judged(() => this.validatorAt(pointer)(value));
  }

  /** What is wrong with a value; null: nothing. */
  problemOf(value: JsonValue): string | null {
    const validate = this.validatorAt('#');
    if (this.judged(() => validate(value))) return null;
    const [error] = validate.errors ?? [];
    return error === undefined ? 'it is not valid' : worded(error);
  }

  private validatorAt(pointer: string): ValidateFunction {
    const validate = this.ajv.getSchema(`schema${pointer}`);
    if (validate === undefined) throw new Error(`no schema at ${pointer}`);
    return validate;
  }

  private addKeywords(): void {
    this.ajv.addKeyword({
      keyword: MEMOISED_REF,
      schemaType: 'string',
      errors: true,
      compile: (pointer: string) => this.memoised(pointer),
    });
    this.ajv.removeKeyword('uniqueItems'); // ajv's own takes quadratic time
    this.ajv.addKeyword({
      keyword: 'uniqueItems',
      type: 'array',
      schemaType: 'boolean',
      validate: (on: boolean, items: readonly JsonValue[]) =>
        !on || new Set(items.map(canonicalJson)).size === items.length,
      error: { message: 'must NOT have duplicate items' },
    });
  }

  private memoised(pointer: string): DataValidateFunction {
    const known: Judgements = this.judgements.get(pointer) ?? new Map<JsonValue, Partial<ErrorObject>[] | null>();
    this.judgements.set(pointer, known);
    let target: ValidateFunction | undefined;
    const validate: DataValidateFunction = (value: JsonValue, context) => {
      let errors = known.get(value);
      if (errors === undefined) {
        target ??= this.validatorAt(pointer);
        errors = target(value, context) ? null : (target.errors ?? []);
        known.set(value, errors);
      }
      validate.errors = errors ?? [];
      return errors === null;
    };
    return validate;
  }

  private judged(judge: () => boolean): boolean {
    try {
      return judge();
    } finally {
      for (const known of this.judgements.values()) known.clear();
    }
  }
}

export function worded({ instancePath, message = 'is not valid' }: ErrorObject): string {
  return `${instancePath === '' ? 'it' : instancePath} ${message}`;
}

/** Formats as they are, for texts that are short enough. */
const FORMATS = Object.fromEntries(
  Object.entries(fullFormats).map(([name, format]): [string, Format] => {
    const valid = format instanceof RegExp ? (text: string) => format.test(text) : format;
    if (typeof valid !== 'function') return [name, format];
    return [name, (text: string) => text.length <= LONGEST_FORMATTED && valid(text)];
  }),
);

const linearRegExp = Object.assign(
  (pattern: string) => {
    const matcher = new TextMatcher(parsePattern(pattern));
    return { test: (text: string) => matcher.matches(text), toString: () => pattern }; // ajv tells them apart by that
  },
  { code: 'linearRegExp' },
);

/**
 * The schema without names of its own: every reference is by pointer, and two clients may use one name. References are
 * memoised, but where ajv has to see which properties they evaluated.
 */
function withoutIds(schema: JsonObject, places: ReadonlyMap<string, Place>): JsonObject {
  const copy = JSON.parse(JSON.stringify(schema)) as JsonObject; // each schema an object of its own
  const evaluates = [...places.values()].some(
    (place) =>
      isJsonObject(place.schema) && ('unevaluatedProperties' in place.schema || 'unevaluatedItems' in place.schema),
  );
  const open: JsonValue[] = [copy];
  for (let each = open.pop(); each !== undefined; each = open.pop()) {
    if (!isJsonObject(each)) continue;
    for (const key of ['$id', 'id', '$schema', MEMOISED_REF]) Reflect.deleteProperty(each, key);
    const target = typeof each.$ref === 'string' && !evaluates ? placeOf(each.$ref, places) : undefined;
    if (target !== undefined) {
      Reflect.deleteProperty(each, '$ref');
      Object.assign(each, { [MEMOISED_REF]: target.pointer });
    }
    open.push(...subschemas({ pointer: '', schema: each }).map((place) => place.schema));
  }
  return copy;
}
