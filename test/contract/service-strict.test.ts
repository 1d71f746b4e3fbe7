import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectError, messageOf } from '../support/error-shapes.js';
import { post, sendJson } from '../support/http.js';
import { startServer, type Dialect, type Server } from '../support/server.js';

const MESSAGES = [{ role: 'user', content: 'Hello!' }];

let server: Server;

beforeAll(async () => {
  server = await startServer({ env: { STRICT: 'true' } });
});
afterAll(() => server.stop());

const CASES = [
  ['llama-local', 'POST', '/generate', { prompt: 'Hello!', stream: false }],
  ['rkllama', 'POST', '/load_model', { model_name: 'starter-chat' }],
  ['rkllama', 'POST', '/generate', { messages: 'Bonjour !' }],
  [
    'openai',
    'POST',
    '/v1/chat/completions',
    { messages: MESSAGES, stream_options: { include_usage: true }, user: 'me', tools: [] },
  ],
  ['openai', 'POST', '/v1/completions', { prompt: 'Hello!', max_tokens: 2 }],
  ['ml-backend', 'POST', '/model/launch', { model_name: 'starter-chat' }],
  ['ml-backend', 'POST', '/model/ismodelheavy', { model_name: 'starter-chat' }],
  ['ml-backend', 'POST', '/generate/fromtext', { model_name: 'starter-chat', prompt: 'Hello!' }],
  ['ml-backend', 'POST', '/chat/addsystemprompt', { model_name: 'starter-chat', system_prompt: '' }],
  ['ml-backend', 'DELETE', '/chat/clearchat', { model_name: 'starter-chat' }],
] as [Dialect, string, string, object][];

describe('STRICT=true', () => {
  it.each(CASES)('%s %s %s takes the fields it knows', async (dialect, method, path, body) => {
    expect((await sendJson(`${server.url}/${dialect}${path}`, method, body)).status).toBe(200);
  });

  it.each(CASES)('%s %s %s refuses an unknown field by name', async (dialect, method, path, body) => {
    const answer = await sendJson(`${server.url}/${dialect}${path}`, method, { ...body, mirostat: 2 });
    expectError(answer, dialect, dialect === 'ml-backend' ? 422 : 400);
    expect(messageOf(answer)).toContain('mirostat');
  });

  it('says where, in the words of ml-backend and of openai', async () => {
    const mlBackend = await post(`${server.url}/model/launch`, { model_name: 'starter-chat', mirostat: 2 });
    expect(mlBackend.body).toMatchObject({ detail: [{ loc: ['body', 'mirostat'], type: 'extra_forbidden' }] });
    const openai = await post(`${server.url}/v1/completions`, { prompt: 'a', mirostat: 2 });
    expect(openai.body).toMatchObject({ error: { param: 'mirostat' } });
  });

  it('looks into objects', async () => {
    const body = { messages: MESSAGES, stream: true, stream_options: { include_usage: true, include_all: true } };
    const answer = await post(`${server.url}/v1/chat/completions`, body);
    expectError(answer, 'openai', 400);
    expect(messageOf(answer)).toContain('include_all');
  });

  it.each([
    ['prompt', { prompt: 'Hello!', mirostat: 2 }, 'llama-local'],
    ['messages', { messages: 'Bonjour !', mirostat: 2 }, 'rkllama'],
  ] as const)('holds for POST /generate of the root with %s', async (_, body, dialect) => {
    const answer = await post(`${server.url}/generate`, body);
    expectError(answer, dialect, 400);
    expect(messageOf(answer)).toContain('mirostat');
  });
});
