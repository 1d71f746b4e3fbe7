import { describe, expect, it } from 'vitest';
import { compileSchema } from '../../src/inference/json-schema/compile-schema.js';
import { GrammarBuilder } from '../../src/inference/json-schema/grammar/grammar-builder.js';
import { SchemaCheck } from '../../src/inference/json-schema/schema-check.js';
import { WorkBudget } from '../../src/inference/json-schema/work-budget.js';
import { ParleyError } from '../../src/inference/errors.js';
import type { JsonObject } from '../../src/inference/json-value.js';
import { COSTLY_SCHEMAS } from '../support/costly-schemas.js';

/** Far more than any takes, and far less than each of them once took. */
const GENEROUS_MS = 15_000;

function refusalOf(schema: JsonObject, builder = new GrammarBuilder()): ParleyError | null {
  try {
    builder.toGbnf(compileSchema(schema, builder, 'schema').rule, 'schema');
    return null;
  } catch (error) {
    if (error instanceof ParleyError) return error;
    throw error;
  }
}

function schemaNamed(wanted: string): JsonObject {
  const found = COSTLY_SCHEMAS.find(({ name }) => name === wanted);
  if (found === undefined) throw new Error(`there is no schema "${wanted}"`);
  return found.schema;
}

function doubling(levels: number): JsonObject {
  const links = Array.from({ length: levels }, (_, index) => {
    const next = { $ref: `#/$defs/d${String(index + 1)}` };
    return [`d${String(index)}`, { allOf: [next, next] }] as const;
  });
  return { $ref: '#/$defs/d0', $defs: { ...Object.fromEntries(links), [`d${String(levels)}`]: { type: 'null' } } };
}

/** Groups in groups, each followed by alternatives that need not come. */
function nested(levels: number): string {
  const tail = (level: number): string =>
    Array.from({ length: 40 }, (_, i) => `${String(level)}${String(i)}`).join('|');
  let pattern = 'x';
  for (let level = 0; level < levels; level += 1) pattern = `(?:${pattern}(?:${tail(level)})?|y)`;
  return `^${pattern}$`;
}

describe('a costly schema', () => {
  it.each(COSTLY_SCHEMAS)(
    'is compiled within the budget, or refused: $name',
    ({ schema }) => {
      const refusal = refusalOf(schema);
      if (refusal !== null) expect(refusal).toMatchObject({ code: 'invalid_request', param: 'schema' });
    },
    GENEROUS_MS,
  );

  it('compiles what its branches share once', () => {
    const builder = new GrammarBuilder();
    expect(refusalOf(schemaNamed('nested anyOf of two $refs'), builder)).toBeNull();
    expect(builder.rules.size).toBeLessThan(5);
  });

  it('is refused at the place where its work exceeds the budget', () => {
    const { message } = refusalOf(schemaNamed('nested anyOf that differs in each branch')) ?? {};
    expect(message).toMatch(
      /^schema cannot be used: #\/.*: compiling the schema takes too much work\. Make it smaller/,
    );
  });

  it('shares one budget with the other schemas of its request', () => {
    const builder = new GrammarBuilder(new WorkBudget(5000));
    const refusals = Array.from({ length: 30 }, (_, index) =>
      refusalOf({ type: 'object', properties: { a: { type: 'integer', minimum: index, maximum: 10 ** 9 } } }, builder),
    );
    expect(refusals[0]).toBeNull();
    expect(refusals.at(-1)?.message).toContain('takes too much work');
  });

  it.each<[string, string]>([
    ['a pattern of many that may be empty', '^(a?){1000}$'],
    ['a chain of many that may be empty', `^${'a?b?'.repeat(400)}$`],
    ['alternatives after alternatives that may be empty', nested(20)],
    ['many alternatives in its middle', `^x(${Array.from({ length: 800 }, (_, i) => `${String(i)}y`).join('|')})$`],
  ])('is refused where it would slow each token: %s', (_, pattern) => {
    expect(refusalOf({ type: 'string', pattern })?.message).toMatch(/^Too many alternatives/);
  });
});

describe('validation by a schema', () => {
  it('judges each value once by each schema that is referred to', () => {
    const check = SchemaCheck.of(doubling(60), 'schema');
    expect(check.problemOf('null')).toBeNull();
    expect(check.problemOf('[1]')).toBe('it must be null');
  });

  it('of a recursion that is judged twice at each level ends', () => {
    const check = SchemaCheck.of(schemaNamed('a recursion judged twice at each level'), 'schema');
    const deep = (levels: number): string => '{"next":'.repeat(levels) + 'null' + ',"kind":"b"}'.repeat(levels);
    expect(check.problemOf(deep(200))).toBeNull();
  });

  it('names the place below a reference', () => {
    const schema = {
      type: 'array',
      items: { $ref: '#/$defs/item' },
      $defs: { item: { type: 'object', properties: { a: { $ref: '#/$defs/text' } } }, text: { type: 'string' } },
    };
    expect(SchemaCheck.of(schema, 'schema').problemOf('[{"a":"x"},{"a":1}]')).toBe('/1/a must be string');
  });

  it.each<[JsonObject, string, string | null]>([
    [{ $ref: '#/$defs/any', $defs: { any: true } }, '1', null],
    [{ uniqueItems: true }, '[{"a":1,"b":2},{"b":2,"a":1}]', 'it must NOT have duplicate items'],
    [{ uniqueItems: true }, '[1,"1",[1],null]', null],
    [
      { allOf: [{ $ref: '#/$defs/a' }], unevaluatedProperties: false, $defs: { a: { properties: { x: true } } } },
      '{"x":1}',
      null,
    ],
  ])('keeps the meaning of %j for %s', (schema, text, problem) => {
    expect(SchemaCheck.of(schema, 'schema').problemOf(text)).toBe(problem);
  });

  it(
    'of many items that must differ takes linear time',
    () => {
      const items = Array.from({ length: 50_000 }, (_, index) => `{"i":${String(index)}}`).join();
      expect(SchemaCheck.of({ uniqueItems: true }, 'schema').problemOf(`[${items}]`)).toBeNull();
    },
    GENEROUS_MS,
  );
});
