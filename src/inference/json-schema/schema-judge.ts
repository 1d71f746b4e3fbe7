import { Ajv, type ErrorObject, type Format, type Options, type ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { fullFormats } from 'ajv-formats/dist/formats.js';
import { createContext, Script } from 'node:vm';
import { isJsonObject, type JsonObject, type JsonValue } from '../json-value.js';
import { parsePattern } from './patterns/pattern-parser.js';
import { TextMatcher } from './patterns/text-matcher.js';
import type { SchemaDialect } from './schema-dialect.js';
import { subschemas } from './schema-walk.js';

/** Milliseconds that one judgement may take. A schema can double its work with each level: this ends it. */
const LONGEST_JUDGEMENT = 1000;

/** Milliseconds that compiling one schema may take; one of the largest takes half a second. */
const LONGEST_COMPILING = 4000;

/** Longer texts have no format: some of ajv's expressions take quadratic time. */
const LONGEST_FORMATTED = 2048;

/** Judges schemas themselves. What it compiles for that serves all of them. */
const META: Readonly<Record<SchemaDialect, Ajv>> = {
  'draft-07': new Ajv({ strict: false, logger: false }),
  '2020-12': new Ajv2020({ strict: false, logger: false }),
};

/** What judges values by one schema. Built once for each schema, since ajv compiles it. */
export class SchemaJudge {
  private readonly ajv: Ajv;

  /** Throws an Error that says what of the schema ajv does not take. */
  constructor(schema: JsonObject, dialect: SchemaDialect) {
    const own = withoutIds(schema);
    const meta = META[dialect];
    if (!within(LONGEST_COMPILING, () => meta.validateSchema(own))) {
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
    within(LONGEST_COMPILING, () => {
      this.ajv.addSchema(own, 'schema');
      this.validatorAt('#');
    });
  }

  /** Whether a value is valid by the schema at a pointer of the whole. */
  accepts(pointer: string, value: JsonValue): boolean {
    return within(LONGEST_JUDGEMENT, () => this.validatorAt(pointer)(value));
  }

  /** What is wrong with a value; null: nothing. */
  problemOf(value: JsonValue): string | null {
    const validate = this.validatorAt('#');
    if (within(LONGEST_JUDGEMENT, () => validate(value))) return null;
    const [error] = validate.errors ?? [];
    return error === undefined ? 'it is not valid' : worded(error);
  }

  private validatorAt(pointer: string): ValidateFunction {
    const validate = this.ajv.getSchema(`schema${pointer}`);
    if (validate === undefined) throw new Error(`no schema at ${pointer}`);
    return validate;
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

/** What a script in a context of its own calls; the context is made once, since that takes time. */
const sandbox: { work: () => void } = { work: () => undefined };
const CONTEXT = createContext(sandbox);
const CALL = new Script('work()');

/** Ends work that takes too long: everything that runs inside is stopped, wherever it is. */
function within<T>(milliseconds: number, work: () => T): T {
  let result: { value: T } | undefined;
  sandbox.work = () => {
    result = { value: work() };
  };
  CALL.runInContext(CONTEXT, { timeout: milliseconds });
  if (result === undefined) throw new Error('nothing was judged');
  return result.value;
}

const linearRegExp = Object.assign(
  (pattern: string) => {
    const matcher = new TextMatcher(parsePattern(pattern));
    return { test: (text: string) => matcher.matches(text), toString: () => pattern }; // ajv tells them apart by that
  },
  { code: 'linearRegExp' },
);

/** The schema without names of its own: every reference is by pointer, and two clients may use one name. */
function withoutIds(schema: JsonObject): JsonObject {
  const copy = structuredClone(schema);
  const open: JsonValue[] = [copy];
  for (let each = open.pop(); each !== undefined; each = open.pop()) {
    if (!isJsonObject(each)) continue;
    for (const key of ['$id', 'id', '$schema']) Reflect.deleteProperty(each, key);
    open.push(...subschemas({ pointer: '', schema: each }).map((place) => place.schema));
  }
  return copy;
}
