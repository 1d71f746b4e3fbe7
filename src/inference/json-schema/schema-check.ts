import { createHash } from 'node:crypto';
import { isJsonObject, type JsonObject, type JsonValue } from '../json-value.js';
import { boundedSchemas } from './schema-bounds.js';
import { dialectOf, type SchemaDialect } from './schema-dialect.js';
import { SchemaJudge } from './schema-judge.js';
import { refused, type Place } from './schema-place.js';

/** Checks that are kept: clients send the same few schemas again and again. What ajv makes of one is far larger. */
const MAX_KEPT = 64;
const MAX_KEPT_TEXT = 512 * 1024;

/** A client's schema, found sound, and what holds texts to it. */
export class SchemaCheck {
  private static readonly kept = new Map<string, SchemaCheck>();

  private constructor(
    readonly dialect: SchemaDialect,
    /** Every schema in it by its pointer; the whole is `#`. */
    readonly places: ReadonlyMap<string, Place>,
    private readonly judge: SchemaJudge,
    private readonly textLength: number,
  ) {}

  /** Throws `invalid_request` naming `param` for what is no schema, is too large or has references that lead out. */
  static of(schema: unknown, param: string): SchemaCheck {
    if (!isJsonObject(schema)) throw refused(param, '#', 'a schema is an object', 'Send a JSON Schema.');
    const places = boundedSchemas(schema, param);
    const text = JSON.stringify(schema);
    const key = createHash('sha256').update(text).digest('base64');
    const known = SchemaCheck.kept.get(key) ?? SchemaCheck.made(schema, places, text.length, param);
    SchemaCheck.keep(key, known);
    return known;
  }

  private static keep(key: string, check: SchemaCheck): void {
    const { kept } = SchemaCheck;
    kept.delete(key);
    kept.set(key, check);
    let length = [...kept.values()].reduce((sum, { textLength }) => sum + textLength, 0);
    for (const [oldest, { textLength }] of kept) {
      if (kept.size <= MAX_KEPT && length <= MAX_KEPT_TEXT) return;
      kept.delete(oldest);
      length -= textLength;
    }
  }

  private static made(
    schema: JsonObject,
    places: ReadonlyMap<string, Place>,
    textLength: number,
    param: string,
  ): SchemaCheck {
    const dialect = dialectOf(schema, param);
    try {
      return new SchemaCheck(dialect, places, new SchemaJudge(schema, dialect, places), textLength);
    } catch (error) {
      const what = error instanceof Error ? error.message.replace(/^schema is invalid: data/, '#') : 'it is no schema';
      throw refused(param, '#', what, `It is read as JSON Schema ${dialect}.`);
    }
  }

  /** What keeps a text from being JSON that is valid by the schema; null: nothing. */
  problemOf(text: string): string | null {
    let value: JsonValue;
    try {
      value = JSON.parse(text) as JsonValue;
    } catch {
      return 'it is no JSON';
    }
    try {
      return this.judge.problemOf(value);
    } catch {
      return 'it is too deep to be judged';
    }
  }

  /** Whether a value is valid by the schema at a pointer. */
  accepts(pointer: string, value: JsonValue): boolean {
    try {
      return this.judge.accepts(pointer, value);
    } catch {
      return false; // what cannot be judged is not generated
    }
  }
}
