import { chat, type NoisyRequest } from './noisy-request.js';

const reference = (n: number): object => ({ $ref: `#/$defs/level${String(n)}` });

/** So many definitions, each a choice between two references to the next: 2^depth ways through them. */
function doubling(depth: number, leaf: object): object {
  const level = (n: number): [string, object] => [
    `level${String(n)}`,
    { anyOf: [reference(n + 1), reference(n + 1)], description: 'x'.repeat(2900) },
  ];
  const levels = Array.from({ length: depth }, (_, n) => level(n));
  const $defs = Object.fromEntries([...levels, [`level${String(depth)}`, leaf]]);
  return { type: 'object', properties: { value: reference(0) }, required: ['value'], $defs };
}

/** So many definitions, each of which the value must be valid by twice: 2^depth steps to validate one value. */
function costlyToValidate(depth: number): object {
  const levels = Array.from({ length: depth }, (_, n) => [
    `level${String(n)}`,
    { allOf: [reference(n + 1), reference(n + 1)] },
  ]);
  const $defs = Object.fromEntries([...levels, [`level${String(depth)}`, { type: 'integer' }]]) as object;
  return { type: 'object', properties: { value: reference(0) }, required: ['value'], $defs };
}

function manyProperties(count: number): object {
  const names = Array.from({ length: count }, (_, n) => `field${String(n)}`);
  const properties = Object.fromEntries(
    names.map((name, n) => [name, { type: 'string', pattern: `^[a-z]{1,${String((n % 50) + 1)}}-\\d+$` }]),
  );
  return { type: 'object', properties, required: names, additionalProperties: false };
}

function tools(count: number): object[] {
  return Array.from({ length: count }, (_, n) => ({
    type: 'function',
    function: { name: `tool_${String(n)}`, description: 'Looks something up', parameters: manyProperties(100) },
  }));
}

function withSchema(name: string, schema: object): NoisyRequest {
  return chat(name, { response_format: { type: 'json_schema', json_schema: { name: 'answer', schema } } });
}

/** Bodies whose cost is in the JSON Schemas that the output is held to. */
export function schemaBodies(): NoisyRequest[] {
  const values = Array.from({ length: 990 }, (_, n) => `a value with quite a long name, which is number ${String(n)}`);
  return [
    withSchema('16 nested $defs, each anyOf two $refs', doubling(16, { type: 'integer' })),
    withSchema('enum of 990 values', { type: 'object', properties: { a: { enum: values } }, required: ['a'] }),
    withSchema('800 properties with patterns', manyProperties(800)),
    withSchema('pattern of nested repetitions', {
      type: 'object',
      properties: { a: { type: 'string', pattern: '^((([a-z]{1,60}){1,60}){1,60}|(a|b|ab)*c){1,60}$' } },
      required: ['a'],
    }),
    withSchema('schema of 2^24 steps to validate', costlyToValidate(24)),
    chat('128 tools of 100 parameters', { tools: tools(128), tool_choice: 'required' }),
  ];
}
