import { deleteRequest, getRequest, jsonRequest, type SoakClient, type WireRequest } from './client.js';
import type { Modality } from './modality.js';

/** Conversations that go on all the time. */
export const SESSIONS = 8;
const LONG_PROMPT = 'The parcel was sent on Monday and has not arrived. '.repeat(30);

const post = (target: string, body: unknown, headers = {}): WireRequest => jsonRequest('POST', target, body, headers);
const user = (content: string): object[] => [{ role: 'user', content }];
const sessionOf = (n: number): Record<string, string> => ({ 'x-session-id': `session-${String(n % SESSIONS)}` });
const turn = (n: number, prompt: string): WireRequest =>
  post('/ml-backend/generate/fromtext', { model_name: 'starter-chat', prompt, max_new_tokens: 24 }, sessionOf(n));

/** A response that is stored, read back, gone on from, and removed. */
export async function storedResponse(client: SoakClient, n: number): Promise<void> {
  const ask = (more: object): WireRequest =>
    post('/v1/responses', { input: `Hello ${String(n)}!`, max_output_tokens: 16, ...more });
  const first = await client.json<{ id: string }>(ask({}));
  await client.expect(getRequest(`/v1/responses/${first.id}`), 200);
  const second = await client.json<{ id: string }>(ask({ previous_response_id: first.id }));
  for (const { id } of [first, second]) {
    await client.expect(deleteRequest(`/v1/responses/${id}`), 200);
  }
}

async function conversation(client: SoakClient, n: number): Promise<void> {
  await client.expect(turn(n, 'My name is Wendy.'), 200);
  await client.expect(turn(n, 'What is my name?'), 200);
  if (n % 3 === 0) await clearConversation(client, n);
}

/** Empties one of the conversations, its system prompt too. */
export async function clearConversation(client: SoakClient, n: number): Promise<void> {
  await client.expect(
    jsonRequest('DELETE', '/ml-backend/chat/clearchat', { model_name: 'starter-chat' }, sessionOf(n)),
    200,
  );
}

export const TEXT_MODALITIES: readonly Modality[] = [
  {
    name: 'chat',
    request: (n) => post('/v1/chat/completions', { messages: user(`Hello ${String(n)}!`), max_tokens: 32 }),
  },
  {
    name: 'streamed chat',
    request: (n) =>
      post('/v1/chat/completions', { messages: user(`${String(n)} Count to 100.`), max_tokens: 120, stream: true }),
  },
  {
    name: 'long prompt',
    request: (n) => post('/v1/chat/completions', { messages: user(`${String(n)} ${LONG_PROMPT}`), max_tokens: 8 }),
  },
  {
    name: 'constrained chat',
    request: () =>
      post('/v1/chat/completions', {
        messages: user('What is the weather in Oslo?'),
        max_tokens: 60,
        n: 2,
        logprobs: true,
        top_logprobs: 5,
        tools: [
          {
            type: 'function',
            function: { name: 'get_weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } },
          },
        ],
      }),
  },
  {
    name: 'completion',
    request: (n) => post('/v1/completions', { prompt: [`Once ${String(n)}`, 'upon'], max_tokens: 32 }),
  },
  {
    name: 'stored response',
    request: (n) => post('/v1/responses', { input: `Hello ${String(n)}!`, max_output_tokens: 32, stream: n % 2 === 0 }),
    polite: storedResponse,
  },
  { name: 'conversation', request: (n) => turn(n, 'Count to 100.'), polite: conversation },
  { name: 'llama-local', request: () => post('/llama-local/generate', { prompt: 'Hello!', max_tokens: 32 }) },
  {
    name: 'embeddings',
    request: (n) => post('/v1/embeddings', { input: [`cat ${String(n)}`, 'dog', LONG_PROMPT.slice(0, 400)] }),
  },
  {
    name: 'rerank',
    request: (n) =>
      post('/v1/rerank', { query: `parcel ${String(n)}`, documents: ['Shoes', 'It comes in three days.'] }),
  },
  {
    name: 'tokenise',
    request: (n) => post('/tokenize', { prompt: `${String(n)} ${LONG_PROMPT}`, return_token_strs: true }),
  },
];
