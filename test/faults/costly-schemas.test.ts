import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COSTLY_SCHEMAS, type CostlySchema } from '../support/costly-schemas.js';
import { post } from '../support/http.js';
import { childrenOf } from '../support/processes.js';
import { startServer, type Server } from '../support/server.js';
import { open, pieces } from '../support/streaming.js';

const GREEDY = { authorization: 'Bearer greedy-key' };
const POLITE = { authorization: 'Bearer polite-key' };
/** The time that one schema may take in the threads that compile and validate. */
const BUDGET_MS = 3000;

let server: Server;
let runners: number[];

beforeAll(async () => {
  const env = { PRELOAD_MODELS: 'starter-chat', CONTEXT_SIZE: '4096', API_KEYS: 'greedy-key,polite-key' };
  server = await startServer({ env });
  runners = childrenOf(server.pid);
});
afterAll(() => server.stop());

/** The polite key's chats, one after the other until `done`. Returns their count and the longest silence in milliseconds. */
async function chatsUntil(done: Promise<unknown>): Promise<{ chats: number; silence: number }> {
  const ended = new AbortController();
  void done.finally(() => ended.abort()).catch(() => undefined);
  let chats = 0;
  let silence = 0;
  const body = { stream: true, max_tokens: 16, messages: [{ role: 'user', content: 'Hello!' }] };
  do {
    let last = performance.now();
    const response = await open(`${server.url}/v1/chat/completions`, body, POLITE).response;
    let text = '';
    for await (const piece of pieces(response)) {
      silence = Math.max(silence, performance.now() - last);
      last = performance.now();
      text += piece;
    }
    expect(text).toContain('data: [DONE]');
    chats += 1;
  } while (!ended.signal.aborted);
  return { chats, silence };
}

function requestsOf({ schema }: CostlySchema): object[] {
  const common = { model: 'starter-chat', max_tokens: 12, messages: [{ role: 'user', content: 'Answer.' }] };
  // References lead to the root's $defs, so a schema with references stays the root.
  const parameters = schema.$defs === undefined ? { type: 'object', properties: { value: schema } } : schema;
  const tools = [{ type: 'function', function: { name: 'f', parameters } }];
  return [
    { ...common, response_format: { type: 'json_schema', json_schema: { name: 'costly', schema } } },
    { ...common, tools, tool_choice: 'required' },
    { ...common, tools },
  ];
}

describe('a costly schema', () => {
  it.each(COSTLY_SCHEMAS)('costs its sender alone: $name', async (costly) => {
    const sent = Promise.all(requestsOf(costly).map((body) => post(`${server.url}/v1/chat/completions`, body, GREEDY)));
    const { chats, silence } = await chatsUntil(sent);
    const statuses = (await sent).map(({ status, text }) => (status < 500 ? status : text));
    expect(statuses.filter((status) => status !== 200 && status !== 400)).toEqual([]);
    expect(chats).toBeGreaterThan(0);
    expect(silence).toBeLessThan(BUDGET_MS);
    expect(childrenOf(server.pid)).toEqual(runners);
  });

  it('is refused with the place and the remedy once it takes too much work', async () => {
    const costly = COSTLY_SCHEMAS.find(({ name }) => name === 'nested anyOf that differs in each branch');
    if (costly === undefined) throw new Error('there is no such schema');
    const { status, body } = await post(`${server.url}/v1/chat/completions`, requestsOf(costly)[0], GREEDY);
    expect(status).toBe(400);
    expect(body).toMatchObject({
      error: { param: 'response_format', message: expect.stringMatching(/#.*takes too much work.*smaller/) as string },
    });
  });
});
