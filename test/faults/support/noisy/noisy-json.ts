import { chat, CHAT, json, rawJson, repeated, type NoisyRequest } from './noisy-request.js';

const MIB = 1024 ** 2;
/** Just below the largest JSON body that a route of pictures takes. */
const LARGEST = 20 * MIB - 4096;
const QUESTION = '{"role":"user","content":"x"}';

function numbered(count: number, entry: (n: number) => string): string {
  return Array.from({ length: count }, (_, n) => entry(n)).join(',');
}

function withMessages(messages: string, more = ''): string {
  return `{"messages":[${messages}],"max_tokens":16${more}}`;
}

/** Lists and objects in one another. */
function nested(depth: number): string {
  return `${'[{"a":'.repeat(depth / 2)}1${'}]'.repeat(depth / 2)}`;
}

/** Bodies whose cost is in their structure: fields, lists, depth, strings, numbers. */
export function jsonBodies(): NoisyRequest[] {
  const part = '{"type":"text","text":"x"}';
  const fields = numbered(80_000, (n) => `"f${String(n)}":1`);
  const biases = numbered(700_000, (n) => `"${String(n)}":1`);
  return [
    rawJson('80,000 unknown fields', CHAT, withMessages(QUESTION, `,${fields}`)),
    rawJson('logit_bias of 700,000 tokens', CHAT, withMessages(QUESTION, `,"logit_bias":{${biases}}`)),
    rawJson('500,000 message parts', CHAT, withMessages(`{"role":"user","content":[${repeated(part, 500_000)}]}`)),
    rawJson('500,000 messages', CHAT, withMessages(repeated(QUESTION, 500_000))),
    rawJson(
      'lists and objects nested 1,000,000 deep',
      CHAT,
      withMessages(QUESTION, `,"metadata":${nested(1_000_000)}`),
    ),
    rawJson('5,000,000 numbers', CHAT, withMessages(QUESTION, `,"metadata":[${repeated('1.5', 5_000_000)}]`)),
    rawJson(
      '3,400,000 escaped characters',
      CHAT,
      withMessages(`{"role":"user","content":"${'\\u00e9'.repeat(Math.floor((LARGEST - 200) / 6))}"}`),
    ),
    rawJson(
      '20 MiB of combining marks',
      CHAT,
      withMessages(`{"role":"user","content":"${'e\u0301'.repeat(Math.floor((LARGEST - 200) / 3))}"}`),
    ),
    rawJson(
      '20 MiB of JSON that breaks off',
      CHAT,
      `{"messages":[${repeated('{"role":"user","content":"Hello!"}', 580_000)}`,
    ),
    json('2,000 tool calls of 100 arguments', CHAT, { messages: toolCalls(2000), max_tokens: 16 }),
    chat('four stop texts of 1 MB', { stop: ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(MIB)) }),
    rawJson('/v1/responses of 100,000 items', '/v1/responses', `{"input":[${repeated(QUESTION, 100_000)}]}`),
  ];
}

function toolCalls(count: number): object[] {
  const given = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`field${String(n)}`, n]));
  const called = { name: 'look_up', arguments: JSON.stringify(given) };
  return [
    { role: 'user', content: 'Hello!' },
    ...Array.from({ length: count }, (_, n) => ({
      role: 'assistant',
      content: null,
      tool_calls: [{ id: `call_${String(n)}`, type: 'function', function: called }],
    })),
  ];
}
