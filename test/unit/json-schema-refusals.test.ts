import { describe, expect, it } from 'vitest';
import { ParleyError } from '../../src/inference/errors.js';
import type { JsonObject } from '../../src/inference/json-value.js';
import { compileSchema } from '../../src/inference/json-schema/compile-schema.js';
import { GrammarBuilder } from '../../src/inference/json-schema/grammar/grammar-builder.js';
import { SchemaCheck } from '../../src/inference/json-schema/schema-check.js';

function refusalOf(schema: unknown): string {
  try {
    SchemaCheck.of(schema, 'my.schema');
    const builder = new GrammarBuilder();
    builder.toGbnf(compileSchema(schema as JsonObject, builder, 'my.schema').rule, 'my.schema'); // checked just above
  } catch (error) {
    if (!(error instanceof ParleyError)) throw error;
    expect([error.code, error.param]).toEqual(['invalid_request', 'my.schema']);
    return error.message;
  }
  return 'taken';
}

function deep(levels: number): JsonObject {
  return levels === 0 ? {} : { items: deep(levels - 1) };
}

const many = Object.fromEntries(Array.from({ length: 1001 }, (_, index) => [`p${String(index)}`, true]));
describe('a schema', () => {
  it.each<[string, unknown, RegExp]>([
    ['no object', 'text', /#: a schema is an object/],
    ['a bad keyword value', { type: 'objekt' }, /type must be equal/],
    ['a bad keyword value below', { properties: { a: { minLength: -1 } } }, /properties\/a\/minLength must be >= 0/],
    ['a foreign edition', { $schema: 'http://json-schema.org/draft-04/schema#' }, /draft-07 and 2020-12/],
    ['a reference that leads out', { $ref: 'https://example.org/x' }, /\$ref leads to no schema/],
    ['a reference to nothing', { $ref: '#/$defs/x' }, /\$ref leads to no schema/],
    ['a reference to itself', { $ref: '#' }, /refers to itself/],
    ['a circle of alternatives', { anyOf: [{ $ref: '#' }, { type: 'null' }] }, /refers to itself/],
    ['no end', { type: 'object', properties: { a: { $ref: '#' } }, required: ['a'] }, /no value satisfies/],
    ['too deep', deep(70), /levels deep/],
    ['too long', { description: 'x'.repeat(70_000) }, /longer than 65536/],
    ['too many subschemas', { properties: many }, /more than 1000 subschemas/],
    ['too many values', { enum: Object.keys(many) }, /more than 1000 values/],
    ['nothing', { not: {} }, /no value satisfies/],
    ['bounds out of order', { type: 'integer', minimum: 2, maximum: 1 }, /minimum is above maximum/],
    ['no integer within', { type: 'integer', minimum: 1.2, maximum: 1.8 }, /no value satisfies/],
    ['lengths out of order', { type: 'string', minLength: 2, maxLength: 1 }, /minLength is above/],
    ['types without a common one', { allOf: [{ type: 'string' }, { type: 'null' }] }, /types have none in common/],
    ['enum values of another type', { type: 'string', enum: [1] }, /none of the enumerated/],
    ['a negation', { not: { type: 'string' } }, /#\/not: not cannot/],
    ['a condition', { if: { type: 'string' }, then: { minLength: 1 } }, /#\/if: if cannot/],
    ['look-ahead', { type: 'string', pattern: '^(?=a)' }, /look-around/],
    ['a back-reference', { type: 'string', pattern: '(a)\\1' }, /\\1 has no grammar/],
    ['a huge pattern', { type: 'string', pattern: '^((a{100}){100}){100}$' }, /too large/],
    ['two patterns', { allOf: [{ type: 'string', pattern: 'a' }, { pattern: 'b' }] }, /only one pattern/],
    ['an unknown format', { type: 'string', format: 'idn-email' }, /format is not supported/],
    ['a long minimum', { type: 'string', minLength: 5000 }, /minLength is above 1000/],
    [
      'too many counts',
      {
        type: 'object',
        properties: Object.fromEntries(
          Array.from({ length: 99 }, (_, i) => [`p${String(i)}`, { type: 'string', minLength: 900 + (i % 90) }]),
        ),
      },
      /too large/,
    ],
    ['a decimal step without bounds', { type: 'number', multipleOf: 0.01 }, /multipleOf cannot be held to/],
    [
      'different items of no list',
      { type: 'array', items: { type: 'string' }, uniqueItems: true },
      /uniqueItems cannot/,
    ],
    ['many unnamed properties', { type: 'object', minProperties: 2 }, /minProperties needs/],
    ['branches that overlap', { oneOf: [{ type: 'integer' }, { type: 'number' }] }, /oneOf: branches 0 and 1 may both/],
    [
      'objects that overlap',
      {
        oneOf: [
          { type: 'object', properties: { a: {} } },
          { type: 'object', properties: { b: {} } },
        ],
      },
      /Use anyOf/,
    ],
    ['a property of all prototypes', JSON.parse('{"properties":{"__proto__":{"type":"null"}}}'), /__proto__/],
    ['asynchronous', { $async: true }, /\$async is not supported/],
  ])('that is or has %s is refused', (_, schema, message) => {
    expect(refusalOf(schema)).toMatch(message);
  });

  it.each<[string, JsonObject, readonly string[]]>([
    [
      'open properties',
      { type: 'object', properties: { a: { type: 'null' } } },
      ['#: additionalProperties taken as false'],
    ],
    [
      'a definition that is referred to twice',
      {
        type: 'object',
        properties: { a: { $ref: '#/$defs/x' }, b: { $ref: '#/$defs/x' } },
        additionalProperties: false,
        $defs: { x: { type: 'object', properties: { y: { type: 'null' } } } },
      },
      ['#/%24defs/x: additionalProperties taken as false'],
    ],
    ['no type', { minLength: 1 }, ['#: type taken as string']],
    ['unknown keywords', { type: 'null', 'x-hint': 1 }, ['#: x-hint is ignored']],
    ['long strings', { type: 'string', maxLength: 1e6 }, ['#: at most 100000 characters']],
    [
      'nothing',
      { type: 'object', properties: { a: { type: 'null', title: 'A' } }, additionalProperties: false, default: {} },
      [],
    ],
  ])('is narrowed by %s, and says so', (_, schema, lines) => {
    expect(compileSchema(schema, new GrammarBuilder(), 'schema').narrowed).toEqual(lines);
  });
});

describe('a checked schema', () => {
  it.each<[JsonObject, string, string | null]>([
    [{ type: 'object', required: ['a'] }, '{"a":1}', null],
    [{ type: 'object', required: ['a'] }, '{}', "it must have required property 'a'"],
    [{ properties: { a: { type: 'string' } } }, '{"a":1}', '/a must be string'],
    [{}, '{"a":', 'it is no JSON'],
    [{ properties: { a: { format: 'date' } } }, '{"a":"2024-02-31"}', '/a must match format "date"'],
    [{ pattern: '^(a+)+$' }, JSON.stringify('a'.repeat(50_000) + '!'), 'it must match pattern "^(a+)+$"'],
  ])('tells what is wrong: %j %s', (schema, text, problem) => {
    expect(SchemaCheck.of(schema, 'schema').problemOf(text)).toBe(problem);
  });
});
