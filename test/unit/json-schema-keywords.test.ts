import { getLlama, LlamaLogLevel, type Llama } from 'node-llama-cpp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/inference/json-value.js';
import { compileSchema } from '../../src/inference/json-schema/compile-schema.js';
import { GrammarBuilder } from '../../src/inference/json-schema/grammar/grammar-builder.js';
import { takenBy } from '../support/grammar-text.js';

let llama: Llama;

beforeAll(async () => {
  llama = await getLlama({ gpu: false, build: 'never', logLevel: LlamaLogLevel.error });
});

afterAll(() => llama.dispose());

function grammarOf(schema: JsonObject): Promise<(text: string) => boolean> {
  const builder = new GrammarBuilder();
  const { rule } = compileSchema(schema, builder, 'schema');
  return takenBy(llama, builder.toGbnf(rule, 'schema'));
}

const draft07 = 'http://json-schema.org/draft-07/schema#';
const letter = { type: 'string', pattern: '^[a-z]$' };
const ab = { type: 'object', properties: { a: { type: 'integer' }, b: { type: 'integer' } } };
const tree = { type: 'object', properties: { next: { $ref: '#' } }, required: [] };
const tagged = (kind: string): JsonObject => ({
  type: 'object',
  properties: { kind: { const: kind }, [kind]: { type: 'null' } },
  required: ['kind'],
});

/** What each schema's grammar takes, and what it does not. */
const TABLE: readonly (readonly [string, JsonObject, readonly string[], readonly string[]])[] = [
  ['any value', {}, ['1', '"x"', 'null', '{"a": [1, {}]}', '[]'], ['', 'nul', '{a:1}', '[1,]', '01', '"\n"']],
  ['null', { type: 'null' }, ['null'], ['0', '"null"']],
  ['boolean', { type: 'boolean' }, ['true', 'false'], ['1', 'True']],
  ['a list of types', { type: ['null', 'boolean'] }, ['null', 'true'], ['"a"', '1']],
  ['integers', { type: 'integer' }, ['0', '-12', '999999999999999'], ['1.5', '01', '1e3', '1000000000000000']],
  ['bounded integers', { type: 'integer', minimum: -3, maximum: 120 }, ['-3', '0', '9', '120'], ['-4', '121', '1000']],
  ['exclusive integers', { type: 'integer', exclusiveMinimum: 0, exclusiveMaximum: 3 }, ['1', '2'], ['0', '3']],
  ['int32', { type: 'integer', format: 'int32' }, ['2147483647', '-2147483648'], ['2147483648']],
  ['numbers', { type: 'number' }, ['0', '-1.5', '2e10', '1.25E-3'], ['.5', '1.', '+1', '1e999', 'NaN']],
  [
    'bounded numbers',
    { type: 'number', minimum: 0.25, maximum: 2 },
    ['0.25', '1', '1.999', '2', '2.0'],
    ['0.249', '2.01', '0'],
  ],
  [
    'numbers around zero',
    { type: 'number', minimum: -0.5, maximum: 0.5 },
    ['0', '-0.5', '0.49'],
    ['-0.51', '0.6', '1'],
  ],
  [
    'excluded decimals',
    { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 },
    ['0.000001', '0.999999'],
    ['0', '0.0', '1', '1.0'],
  ],
  ['negative decimals', { type: 'number', maximum: -1.5 }, ['-1.5', '-2', '-99.25'], ['-1.4', '-1', '0']],
  ['multiples', { type: 'integer', multipleOf: 7 }, ['0', '7', '-49', '700'], ['1', '8', '-50']],
  ['multiples of tens', { type: 'integer', multipleOf: 300, minimum: 1 }, ['300', '3000000'], ['0', '3', '100', '30']],
  ['listed multiples', { type: 'number', multipleOf: 0.5, minimum: 0, maximum: 2 }, ['0', '0.5', '2'], ['0.25', '2.5']],
  ['strings', { type: 'string' }, ['""', '"ü\\n\\u00e9😀"', '"\\""'], ['"', '"\n"', '"\\x"', '"\\ud800"']],
  ['lengths', { type: 'string', minLength: 2, maxLength: 3 }, ['"ab"', '"😀é\\u0041"'], ['"a"', '"abcd"']],
  ['long lengths', { type: 'string', maxLength: 450 }, ['""', `"${'x'.repeat(450)}"`], [`"${'x'.repeat(451)}"`]],
  ['anchored patterns', { type: 'string', pattern: '^a[0-9]{2,3}$' }, ['"a12"', '"a123"'], ['"a1"', '"xa12"']],
  ['patterns anywhere', { type: 'string', pattern: 'cat|^dog' }, ['"a cat!"', '"dogs"'], ['"a dog"', '"ca"']],
  ['patterns with escapes', { type: 'string', pattern: '^"\\\\\\n$' }, ['"\\"\\\\\\n"'], ['""\\n"', '"\\"\\\\n"']],
  ['patterns and lengths', { type: 'string', pattern: '^[a-z]+$', maxLength: 3 }, ['"abc"'], ['""', '"abcd"', '"A"']],
  [
    'dates',
    { type: 'string', format: 'date' },
    ['"2024-02-29"', '"2023-12-31"'],
    ['"2023-02-29"', '"2024-02-31"', '"2024-13-01"', '"1900-02-29"'],
  ],
  [
    'times',
    { type: 'string', format: 'time' },
    ['"23:59:59Z"', '"01:02:03.5+02:00"'],
    ['"25:00:00Z"', '"23:60:00Z"', '"12:00:00"'],
  ],
  [
    'instants',
    { type: 'string', format: 'date-time' },
    ['"2024-05-31T10:00:00Z"'],
    ['"2024-05-31"', '"2024-06-31T10:00:00Z"'],
  ],
  ['durations', { type: 'string', format: 'duration' }, ['"P1DT2H"', '"PT5M"', '"P2W"'], ['"P"', '"PT"', '"1D"']],
  [
    'e-mail addresses',
    { type: 'string', format: 'email' },
    ['"a.b+c@example.org"'],
    ['"a@b"', '"a@@b.c"', '".a@b.cc"'],
  ],
  ['host names', { type: 'string', format: 'hostname' }, ['"a-b.example.org"'], ['"-a.org"', '"a..b"']],
  ['IPv4', { type: 'string', format: 'ipv4' }, ['"255.0.10.1"'], ['"256.0.0.1"', '"1.2.3"']],
  ['IPv6', { type: 'string', format: 'ipv6' }, ['"::1"', '"fe80::1"', '"1:2:3:4:5:6:7:8"'], ['"1:2"', '"g::1"']],
  ['UUIDs', { type: 'string', format: 'uuid' }, ['"123e4567-e89b-12d3-a456-426614174000"'], ['"123e4567"']],
  ['URIs', { type: 'string', format: 'uri' }, ['"https://a.org:80/b?c=d#e"'], ['"a.org"', '"https://a b"']],
  [
    'enums',
    { enum: ['red', 'rose', 1, null, { a: [1] }] },
    ['"red"', '"rose"', '1', 'null', '{"a":[1]}'],
    ['"r"', '"reds"', '2'],
  ],
  ['enums beside others', { type: 'string', enum: ['a', 'bcd', 3], maxLength: 2 }, ['"a"'], ['"bcd"', '3']],
  ['constants', { const: 'a"b' }, ['"a\\"b"'], ['"a"']],
  [
    'items',
    { type: 'array', items: letter },
    ['[]', '["a"]', '["a", "b"]', '[\n  "a",\n  "b"\n]'],
    ['[1]', '["a",]', '["a""b"]', '[\n\n"a"]'],
  ],
  [
    'counted items',
    { type: 'array', items: letter, minItems: 1, maxItems: 2 },
    ['["a"]', '["a","b"]'],
    ['[]', '["a","b","c"]'],
  ],
  [
    'first items',
    { prefixItems: [{ const: 1 }, letter], items: { const: 0 }, minItems: 1 },
    ['[1]', '[1,"a"]', '[1,"a",0,0]'],
    ['[]', '["a"]', '[1,0]'],
  ],
  [
    'first items of draft-07',
    { $schema: draft07, items: [{ const: 1 }, letter], additionalItems: false },
    ['[]', '[1,"a"]'],
    ['[1,"a",0]'],
  ],
  [
    'different items',
    { type: 'array', items: { enum: ['a', 'b', 'c'] }, uniqueItems: true, minItems: 1, maxItems: 2 },
    ['["a"]', '["a","c"]'],
    ['[]', '["a","a"]', '["a","b","c"]'],
  ],
  [
    'contained items',
    { type: 'array', items: { type: 'integer' }, contains: { minimum: 5 } },
    ['[5]', '[7, 9]'],
    ['[]', '[4, 6]'],
  ],
  [
    'properties',
    ab,
    ['{}', '{"a":1}', '{"b": 2}', '{\n  "a": 1,\n  "b": 2\n}'],
    ['{"b":1,"a":2}', '{"c":1}', '{"a":1,}', '{,"b":1}'],
  ],
  ['required properties', { ...ab, required: ['b'] }, ['{"b":1}', '{"a":1,"b":2}'], ['{}', '{"a":1}']],
  [
    'required and not named',
    { type: 'object', required: ['x'], additionalProperties: letter },
    ['{"x":"a"}'],
    ['{}', '{"x":1}'],
  ],
  [
    'counted properties',
    { ...ab, minProperties: 1, maxProperties: 1 },
    ['{"a":1}', '{"b":1}'],
    ['{}', '{"a":1,"b":1}'],
  ],
  ['maps', { type: 'object', additionalProperties: { type: 'integer' } }, ['{}', '{"x": 1, "y": 2}'], ['{"x":"a"}']],
  [
    'names of properties',
    { type: 'object', propertyNames: { pattern: '^[a-z]+$' } },
    ['{"ab":1}'],
    ['{"A":1}', '{1:1}'],
  ],
  [
    'patterns of properties',
    { type: 'object', patternProperties: { '^x-': letter }, additionalProperties: false },
    ['{"x-1":"a"}'],
    ['{"y":"a"}', '{"x-1":1}'],
  ],
  ['dependent properties', { ...ab, dependentRequired: { a: ['b'] } }, ['{"b":1}', '{"a":1,"b":1}'], ['{"a":1}', '{}']],
  [
    'names found in every object',
    { type: 'object', properties: { constructor: { type: 'null' } } },
    ['{"constructor":null}'],
    ['{}'],
  ],
  ['any of', { anyOf: [{ type: 'integer' }, letter] }, ['1', '"a"'], ['1.5', 'null']],
  ['any of, and more', { ...ab, anyOf: [{ required: ['a'] }, { required: ['b'] }] }, ['{"a":1}', '{"b":1}'], ['{}']],
  ['one of several types', { oneOf: [{ type: 'integer' }, { type: 'null' }] }, ['1', 'null'], ['"a"']],
  [
    'one of several constants',
    { oneOf: [tagged('x'), tagged('y')] },
    ['{"kind":"x"}', '{"kind":"y","y":null}'],
    ['{"kind":"x","y":null}', '{}'],
  ],
  ['all of', { allOf: [{ type: 'integer', minimum: 2 }, { maximum: 3 }] }, ['2', '3'], ['1', '4']],
  ['all of objects', { allOf: [ab, { required: ['a'] }], type: 'object' }, ['{"a":1}'], ['{"b":1}']],
  ['references', { $ref: '#/$defs/a~1b', $defs: { 'a/b': { const: 1 } } }, ['1'], ['2']],
  ['recursion', tree, ['{}', '{"next":{"next":{}}}'], ['{"next":1}']],
  [
    'what nothing satisfies left out',
    { type: 'object', properties: { a: false, b: letter } },
    ['{}', '{"b":"a"}'],
    ['{"a":1}'],
  ],
];

describe('the grammar of a schema', () => {
  it.each(TABLE)('takes %s', async (_, schema, taken, refused) => {
    const takes = await grammarOf(schema);
    expect(taken.filter((text) => !takes(text))).toEqual([]);
    expect(refused.filter((text) => takes(text))).toEqual([]);
  });
});
