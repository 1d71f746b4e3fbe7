import fc from 'fast-check';
import { rulesIn, type GrammarBuilder } from '../../src/inference/json-schema/grammar/grammar-builder.js';
import { NEVER, type CharRange, type Expression } from '../../src/inference/json-schema/grammar/expression.js';
import type { JsonObject } from '../../src/inference/json-value.js';

const NAMES = ['a', 'b', 'name', 'tags', 'a b', 'ü"\\', 'x/y~z', 'next'];
const PATTERNS = [
  '^[a-z]+$',
  '^[A-Z]{2}-\\d{3,5}$',
  'foo',
  '^(red|green|blue)$',
  '^\\w+\\s\\w+$',
  '[0-9]$',
  '^[^"\\\\]*$',
  '^a?b*c+$',
  '^x.y',
  '^\\u00e9{2,}|[\\-x]$',
];
const FORMATS = 'date time date-time duration email hostname ipv4 ipv6 uuid uri'.split(' ');

const small = fc.integer({ min: 0, max: 6 });
const bound = fc.oneof(
  fc.integer({ min: -120, max: 120 }),
  fc.integer({ min: -5000, max: 5000 }).map((n) => n / 100),
);
const scalar = fc.oneof(
  fc.constantFrom('red', 'green', 'blue', 'gr"ey', '', '\n'),
  fc.integer({ min: -3, max: 12 }),
  fc.constantFrom(0.5, -1.25, 1e21),
  fc.boolean(),
  fc.constant(null),
);

/** Some of these keywords, each with a chance. */
function some(keywords: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<JsonObject> {
  return fc.record(keywords, { requiredKeys: [] }) as fc.Arbitrary<JsonObject>; // generated from JSON values alone
}

function rarely<T>(arbitrary: fc.Arbitrary<T>, otherwise: JsonObject = {}): fc.Arbitrary<T | JsonObject> {
  return fc.oneof({ weight: 5, arbitrary: fc.constant(otherwise) }, { weight: 1, arbitrary });
}

function joined(...parts: readonly fc.Arbitrary<unknown>[]): fc.Arbitrary<JsonObject> {
  return fc.tuple(...parts).map((each) => Object.assign({}, ...each) as JsonObject);
}

const strings = joined(
  fc.constant({ type: 'string' }),
  fc.oneof(
    rarely(some({ minLength: small, maxLength: fc.integer({ min: 4, max: 400 }) }), { maxLength: 40 }),
    fc.constantFrom(...PATTERNS).map((pattern) => ({ pattern })),
    fc.constantFrom(...FORMATS).map((format) => ({ format })),
    fc.constantFrom(...PATTERNS).map((pattern) => ({ pattern, maxLength: 12 })),
  ),
);

const range = fc.tuple(bound, bound).map(([a, b]) => ({ low: Math.min(a, b), high: Math.max(a, b) }));
const numbers = joined(
  fc.constantFrom({ type: 'integer' }, { type: 'number' }),
  fc.oneof(
    fc.constantFrom({}, {}, {}, {}, { minimum: 0, multipleOf: 0.01 }),
    range.map(({ low, high }) => ({ minimum: low, maximum: high })),
    range.map(({ low, high }) => ({ exclusiveMinimum: low, maximum: Math.ceil(high) + 1.5 })),
    bound.map((minimum) => ({ minimum })),
    bound.map((exclusiveMaximum) => ({ exclusiveMaximum })),
    fc.constantFrom(1, 3, 7, 10, 25, 60).map((multipleOf) => ({ multipleOf })),
    range.chain(({ low }) =>
      fc
        .constantFrom(0.1, 0.01, 0.5, 4)
        .map((multipleOf) => ({ minimum: low, maximum: Math.ceil(low) + 3, multipleOf })),
    ),
  ),
);

const enums = fc.oneof(
  fc.uniqueArray(scalar, { minLength: 1, maxLength: 8 }).map((values) => ({ enum: values })),
  scalar.map((value) => ({ const: value })),
  fc.constantFrom({ enum: [{ a: [1, 2] }, ['x']] }, { type: 'string', enum: ['red', 3, 'green'] }),
  fc.constant({ type: 'integer', enum: [1, 2, 3, 10], minimum: 2 }),
);

const plain = fc.oneof(
  { weight: 4, arbitrary: strings },
  { weight: 4, arbitrary: numbers },
  { weight: 3, arbitrary: enums },
  { weight: 1, arbitrary: fc.constantFrom<JsonObject>({ type: 'boolean' }, { type: 'null' }, {}, { title: 'any' }) },
  {
    weight: 1,
    arbitrary: fc.subarray(['null', 'string', 'integer', 'boolean'], { minLength: 1 }).map((type) => ({ type })),
  },
);

function arrays(item: fc.Arbitrary<JsonObject>): fc.Arbitrary<JsonObject> {
  const counts = some({ minItems: fc.integer({ min: 0, max: 3 }), maxItems: fc.integer({ min: 3, max: 9 }) });
  return joined(
    fc.constant({ type: 'array' }),
    fc.oneof(
      { weight: 6, arbitrary: item.map((items) => ({ items })) },
      {
        weight: 2,
        arbitrary: fc
          .tuple(fc.array(item, { minLength: 1, maxLength: 3 }), fc.oneof(item, fc.constant(false)))
          .map(([prefixItems, items]) => ({ prefixItems, items })),
      },
      { weight: 1, arbitrary: fc.constant({ items: { enum: ['a', 'b', 'c', 1] }, uniqueItems: true }) },
      { weight: 1, arbitrary: item.map((contains) => ({ contains })) },
      { weight: 1, arbitrary: fc.constant({}) },
    ),
    rarely(counts),
  );
}

function objects(value: fc.Arbitrary<JsonObject>): fc.Arbitrary<JsonObject> {
  const named = fc
    .uniqueArray(fc.tuple(fc.constantFrom(...NAMES), value), { selector: ([name]) => name, minLength: 1, maxLength: 5 })
    .chain((entries) =>
      joined(
        fc.constant({ properties: Object.fromEntries(entries) }),
        fc.subarray(entries.map(([name]) => name)).map((required) => ({ required })),
        rarely(some({ minProperties: fc.integer({ min: 0, max: 2 }), maxProperties: fc.integer({ min: 2, max: 5 }) })),
        rarely(fc.constantFrom({ additionalProperties: true }, { patternProperties: { '^a': { maxLength: 9 } } }), {
          additionalProperties: false,
        }),
        rarely(fc.subarray(entries.map(([name]) => name)).map((name) => ({ dependentRequired: { a: name } }))),
      ),
    );
  const maps = joined(
    value.map((additionalProperties) => ({ additionalProperties })),
    rarely(fc.constantFrom({ propertyNames: { pattern: '^[a-z]{2}$' } }, { propertyNames: { enum: ['p', 'q'] } })),
    rarely(fc.constantFrom({ maxProperties: 3 }, { minProperties: 1 }, { required: ['z'] })),
  );
  const patterned = value.map((each) => ({ patternProperties: { '^x-': each }, additionalProperties: false }));
  const shape = fc.oneof(
    { weight: 8, arbitrary: named },
    { weight: 2, arbitrary: maps },
    { weight: 1, arbitrary: patterned },
  );
  return joined(fc.constant({ type: 'object' }), shape);
}

function tagged(body: JsonObject, kind: string): JsonObject {
  const properties = { kind: { const: kind }, body };
  return { type: 'object', properties, required: ['kind', 'body'], additionalProperties: false };
}

function unions(branch: fc.Arbitrary<JsonObject>): fc.Arbitrary<JsonObject> {
  const branches = fc.array(branch, { minLength: 1, maxLength: 3 });
  return fc.oneof(
    { weight: 4, arbitrary: branches.map((anyOf) => ({ anyOf })) },
    {
      weight: 2,
      arbitrary: branches.map((all) => ({ oneOf: all.map((each, index) => tagged(each, `k${String(index)}`)) })),
    },
    { weight: 1, arbitrary: branches.map((oneOf) => ({ oneOf })) },
    { weight: 1, arbitrary: branch.map((each) => ({ allOf: [each, { title: 'T' }] })) },
    { weight: 1, arbitrary: fc.tuple(branch, branch).map((allOf) => ({ allOf })) },
    { weight: 2, arbitrary: fc.constantFrom({ $ref: '#/$defs/leaf' }, { $ref: '#/$defs/tree' }) },
    { weight: 1, arbitrary: fc.constant({ anyOf: [{ $ref: '#' }, { type: 'null' }] }) },
  );
}

const { schema } = fc.letrec<{ schema: JsonObject }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    { weight: 5, arbitrary: plain },
    { weight: 4, arbitrary: objects(tie('schema')) },
    { weight: 2, arbitrary: arrays(tie('schema')) },
    { weight: 2, arbitrary: unions(tie('schema')) },
  ),
}));

/** Schemas of all kinds, nested, some of them recursive, a few with what cannot be held to. */
export const randomSchema: fc.Arbitrary<JsonObject> = fc
  .oneof({ weight: 6, arbitrary: objects(schema) }, { weight: 3, arbitrary: schema })
  .chain((root) =>
    schema.map((leaf) => ({
      ...root,
      $defs: {
        leaf: JSON.stringify(leaf).includes('$ref') ? { type: 'string' } : leaf,
        tree: {
          type: 'object',
          properties: { value: { type: 'integer' }, next: { $ref: '#/$defs/tree' } },
          required: ['value'],
        },
      },
    })),
  );

/** A text that a grammar derives, chosen by chance. From `depth` 0 on, the shortest way is taken. */
export function derived(start: Expression, builder: GrammarBuilder, random: () => number): string {
  const heights = heightsOf(builder);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T; // never empty
  let budget = 400;
  const derive = (expression: Expression): string => {
    budget -= 1;
    switch (expression.kind) {
      case 'literal':
        return expression.text;
      case 'chars':
        return charIn(pick(expression.ranges), random);
      case 'rule':
        return derive(builder.rules.get(expression.name) ?? NEVER);
      case 'sequence':
        return expression.parts.map(derive).join('');
      case 'choice': {
        const ending = expression.options.filter((option) => height(option, heights) < Infinity);
        const lowest = Math.min(...ending.map((option) => height(option, heights)));
        return derive(pick(budget > 0 ? ending : ending.filter((option) => height(option, heights) === lowest)));
      }
      case 'repeat': {
        const { item, min, max } = expression;
        const some = budget > 0 && height(item, heights) < Infinity;
        const wide = random() < 0.2 ? Math.min(max, min + 60) : Math.min(max, min + 4);
        const count = some ? min + Math.floor(random() * (wide - min + 1)) : min;
        return Array.from({ length: random() < 0.1 && some && max < 500 ? max : count }, () => derive(item)).join('');
      }
    }
  };
  return derive(start);
}

function charIn([first, last]: CharRange, random: () => number): string {
  const near = random() < 0.7 ? Math.min(last, first + 90) : last;
  return String.fromCodePoint(first + Math.floor(random() * (near - first + 1)));
}

/** How many rules within rules the shortest derivation of each needs. */
function heightsOf(builder: GrammarBuilder): ReadonlyMap<string, number> {
  const heights = new Map<string, number>();
  for (let changed = true; changed;) {
    changed = false;
    for (const [name, body] of builder.rules) {
      const now = 1 + height(body, heights);
      if (now < (heights.get(name) ?? Infinity)) {
        heights.set(name, now);
        changed = true;
      }
    }
  }
  return heights;
}

function height(expression: Expression, heights: ReadonlyMap<string, number>): number {
  switch (expression.kind) {
    case 'rule':
      return heights.get(expression.name) ?? Infinity;
    case 'choice':
      return Math.min(...expression.options.map((option) => height(option, heights)));
    case 'repeat':
      return expression.min === 0 ? 0 : height(expression.item, heights);
    case 'sequence':
      return Math.max(0, ...expression.parts.map((part) => height(part, heights)));
    case 'literal':
    case 'chars':
      return 0;
  }
}

/** Names that rules refer to and that have none. */
export function undefinedRules(builder: GrammarBuilder): readonly string[] {
  return [...builder.rules.values()].flatMap(rulesIn).filter((name) => !builder.rules.has(name));
}
