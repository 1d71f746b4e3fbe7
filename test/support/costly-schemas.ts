import type { JsonObject, JsonValue } from '../../src/inference/json-value.js';

/** A valid JSON Schema that is costly to compile, to validate or to sample by, within the bounds of its size. */
export interface CostlySchema {
  readonly name: string;
  readonly schema: JsonObject;
}

type Branch = (target: JsonObject) => JsonObject;

/** `levels` definitions, each of which refers to the next. */
function chain(levels: number, link: Branch, last: JsonObject = { type: 'null' }, named = 'd'): JsonObject {
  const name = (index: number): string => `${named}${String(index)}`;
  const ref = (index: number): JsonObject => ({ $ref: `#/$defs/${name(index)}` });
  const links = times(levels, (index) => [name(index), link(ref(index + 1))]);
  return { ...ref(0), $defs: Object.fromEntries([...links, [name(levels), last]]) as JsonObject };
}

function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

function properties(count: number, make: (index: number) => JsonValue, length = 1): JsonObject {
  return Object.fromEntries(times(count, (index) => [`${'p'.repeat(length)}${String(index)}`, make(index)]));
}

function objectOf(of: JsonObject, more: JsonObject = {}): JsonObject {
  return { type: 'object', properties: of, required: Object.keys(of), additionalProperties: false, ...more };
}

const TITLED = (title: string, target: JsonObject): JsonObject => ({ title, ...target });
const longEnum = times(1000, (index) => `${'x'.repeat(40)}${String(index)}`);

/** Each in its way near the bounds of what is read as a schema. */
export const COSTLY_SCHEMAS: readonly CostlySchema[] = [
  named(
    'nested anyOf of two $refs',
    chain(16, (next) => ({ anyOf: [next, next] }), { type: 'null' }, 'x'.repeat(200)),
  ),
  named(
    'nested anyOf that differs in each branch',
    chain(
      16,
      (next) => ({
        anyOf: [
          { ...next, minLength: 1 },
          { ...next, maxLength: 9 },
        ],
      }),
      { type: 'string' },
    ),
  ),
  named(
    'nested allOf of two $refs',
    chain(30, (next) => ({ allOf: [next, TITLED('again', next)] })),
  ),
  named(
    'nested oneOf',
    chain(8, (next) => ({
      oneOf: times(3, (index) => objectOf({ kind: { const: index }, next })),
    })),
  ),
  named(
    'objects that branch into anyOf of objects',
    chain(10, (next) => ({
      anyOf: times(4, (index) => objectOf({ [`k${String(index)}`]: next })),
    })),
  ),
  named(
    'properties of a doubling definition',
    chain(16, (next) => objectOf({ a: next, b: TITLED('b', next) })),
  ),
  named('a recursion of many ways', {
    $ref: '#/$defs/node',
    $defs: {
      node: {
        anyOf: [{ type: 'null' }, ...times(60, (i) => objectOf({ [`p${String(i)}`]: { $ref: '#/$defs/node' } }))],
      },
    },
  }),
  named('a recursion judged twice at each level', {
    $ref: '#/$defs/node',
    $defs: {
      node: {
        anyOf: [
          { type: 'null' },
          objectOf({ next: { $ref: '#/$defs/node' }, kind: { const: 'a' } }),
          objectOf({ next: { $ref: '#/$defs/node' }, kind: { const: 'b' } }),
        ],
      },
    },
  }),
  named('allOf of everything', { allOf: times(900, (index) => ({ minLength: index % 7, type: 'string' })) }),
  named('allOf of objects of the same names', {
    allOf: times(20, () => ({ type: 'object', properties: properties(45, () => ({ type: 'string' })) })),
  }),
  named('oneOf of hundreds', { oneOf: times(300, (index) => objectOf({ kind: { const: index } })) }),
  named('oneOf of enums', {
    oneOf: times(30, (n) => ({ enum: times(33, (index) => `${String(n)} ${String(index)}`) })),
  }),
  named('oneOf of deep objects', {
    oneOf: times(40, (index) => objectOf({ a: objectOf({ b: objectOf({ c: objectOf({ d: { const: index } }) }) }) })),
  }),
  named('a huge enum', { enum: longEnum }),
  named('enums beside many schemas', { allOf: [...times(400, () => ({ minLength: 1 })), { enum: longEnum }] }),
  named('an enum of large objects', { enum: times(300, (index) => ({ index, list: times(40, (each) => each) })) }),
  named('a long constant', { const: 'é'.repeat(30_000) }),
  named('a deep constant', { const: JSON.parse('['.repeat(60) + ']'.repeat(60)) as JsonValue }),
  named('a pattern of nested counts', { type: 'string', pattern: '^((a{1,17}){1,17}){1,17}$' }),
  named('a pattern of optional signs', { type: 'string', pattern: `^(a?){2400}$`, maxLength: 900 }),
  named('a pattern of many that may be empty', { type: 'string', pattern: '^(a?){1000}$' }),
  named('a pattern of alternatives in its middle', {
    type: 'string',
    pattern: `^x(${times(800, (i) => `a${String(i)}`).join('|')})$`,
  }),
  named('a pattern of alternatives', {
    type: 'string',
    pattern: `^(${times(6000, (i) => `a${String(i)}`).join('|')})$`,
  }),
  named('a pattern of classes', { type: 'string', pattern: `^${'[a-zé-ﬀ\\s\\d]'.repeat(3000)}$` }),
  named('a class of thousands of signs', {
    type: 'string',
    pattern: `^[${times(20_000, (i) => String.fromCodePoint(0x4e00 + 2 * (i % 10_000))).join('')}]+$`,
  }),
  named('a pattern within lengths', {
    type: 'string',
    pattern: `^${'(a{0,50}|b{0,40}(c{1,30}d?){0,30}){0,20}'.repeat(20)}$`,
    minLength: 700,
    maxLength: 900,
  }),
  named(
    'patterns in hundreds',
    objectOf(properties(300, (i) => ({ type: 'string', pattern: `^(a|b{1,9}){${String(i)}}$` }))),
  ),
  named('a format in hundreds', objectOf(properties(900, () => ({ type: 'string', format: 'date-time' })))),
  named('strings of lengths in hundreds', objectOf(properties(50, (i) => ({ type: 'string', minLength: 900 + i })))),
  named(
    'integers of wide ranges',
    objectOf(
      properties(300, (i) => ({ type: 'integer', minimum: -987654321098765 + i, maximum: 912345678901234 - i })),
    ),
  ),
  named(
    'decimals of wide ranges',
    objectOf(properties(300, (i) => ({ type: 'number', minimum: -123.25 - i, maximum: 9876.5 + i }))),
  ),
  named(
    'large steps',
    objectOf(properties(40, (i) => ({ type: 'integer', multipleOf: 59 + i, minimum: -1e14 - i, maximum: 9e14 + i }))),
  ),
  named(
    'listed multiples',
    objectOf(properties(400, (i) => ({ type: 'integer', multipleOf: 1e5 + i, minimum: 0, maximum: 9e7 }))),
  ),
  named(
    'a thousand properties',
    objectOf(
      properties(990, () => ({ type: 'string' })),
      { required: [] },
    ),
  ),
  named(
    'counted properties',
    objectOf(
      properties(50, () => ({})),
      { required: [], minProperties: 25, maxProperties: 40 },
    ),
  ),
  named('properties named by propertyNames', {
    type: 'object',
    propertyNames: { enum: longEnum },
    additionalProperties: { type: 'integer' },
  }),
  named('names that match many patterns', {
    type: 'object',
    properties: properties(400, () => true),
    patternProperties: Object.fromEntries(times(500, (i) => [`^p.*${String(i)}?$`, true])),
  }),
  named('long names', objectOf(properties(8, () => objectOf(properties(7, () => ({ type: 'null' }), 300)), 1500))),
  named('one long name above many', objectOf({ ['é'.repeat(20_000)]: objectOf(properties(800, () => true)) })),
  named('a thousand first items', { type: 'array', prefixItems: times(990, (i) => ({ const: i })), items: false }),
  named('products of item counts', {
    type: 'array',
    maxItems: 1000,
    items: {
      type: 'array',
      minItems: 900,
      maxItems: 1000,
      items: { type: 'array', minItems: 900, items: { type: 'string', maxLength: 90_000 } },
    },
  }),
  named('unique items of many values', { type: 'array', uniqueItems: true, items: { enum: times(54, String) } }),
  named('unique items of anything', {
    type: 'array',
    uniqueItems: true,
    items: { anyOf: times(300, (i) => ({ const: i })) },
  }),
  named('contains beside hundreds', {
    type: 'array',
    allOf: times(300, (i) => ({ contains: { type: 'integer', minimum: i } })),
  }),
  named('dependencies in circles', {
    type: 'object',
    properties: properties(200, () => true),
    dependentRequired: properties(200, () => times(40, (j) => `p${String(j)}`)),
  }),
  named(
    'depth',
    times(30, () => null).reduce<JsonObject>((inner) => objectOf({ a: inner }), { type: 'null' }),
  ),
];

function named(name: string, schema: JsonObject): CostlySchema {
  return { name, schema };
}
