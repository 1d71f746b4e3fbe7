import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refusesUnreadableBodies } from '../support/broken-bodies.js';
import { expectError } from '../support/error-shapes.js';
import { get, post, send, type Answer } from '../support/http.js';
import { startServer, type Server } from '../support/server.js';

const MESSAGES = [{ role: 'user', content: 'Hello!' }];
const FUNCTION = { name: 'get_weather', parameters: { type: 'object', properties: {} } };

let server: Server;

beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const url = (path: string): string => `${server.url}/openai${path}`;

interface ErrorBody {
  readonly error: {
    readonly message: string;
    readonly type: string;
    readonly param: string | null;
    readonly code: string;
  };
  readonly message: string;
}

function expectRefused(answer: Answer, status: number, expected: Partial<ErrorBody['error']>): void {
  expectError(answer, 'openai', status);
  const { error, message } = answer.body as ErrorBody;
  expect(error).toMatchObject(expected);
  expect(message).toBe(error.message);
}

describe('POST /v1/chat/completions with wrong values', () => {
  it.each([
    ['messages', undefined],
    ['messages', null],
    ['messages', []],
    ['messages', 'Hello!'],
    ['messages', ['Hello!']],
    ['messages', [{ role: 'user' }]],
    ['messages', [{ content: 'Hello!' }]],
    ['messages', [{ role: 'king', content: 'Hello!' }]],
    ['messages', [{ role: 'user', content: 7 }]],
    ['messages', [{ role: 'user', content: [{ type: 'text' }] }]],
    ['messages', [{ role: 'user', content: [{ type: 'smell', text: 'a' }] }]],
    ['model', 7],
    ['stream', 'yes'],
    ['max_tokens', 0],
    ['max_tokens', -1],
    ['max_tokens', 1.5],
    ['max_tokens', '8'],
    ['max_completion_tokens', 0],
    ['temperature', -0.1],
    ['temperature', 2.1],
    ['temperature', 'hot'],
    ['top_p', -0.1],
    ['top_p', 1.1],
    ['top_k', -1],
    ['min_p', -0.1],
    ['min_p', 1.1],
    ['seed', 1.5],
    ['seed', 'lucky'],
    ['stop', ''],
    ['stop', 7],
    ['stop', ['a', '']],
    ['stop', ['a', 'b', 'c', 'd', 'e']],
    ['n', 0],
    ['n', 9],
    ['n', 1.5],
    ['presence_penalty', -2.1],
    ['presence_penalty', 2.1],
    ['frequency_penalty', -2.1],
    ['frequency_penalty', 2.1],
    ['repeat_penalty', 'strong'],
    ['stream_options', { include_usage: 'yes' }],
    ['user', 7],
  ])('400 naming %s for %j', async (field, value) => {
    const answer = await post(url('/v1/chat/completions'), { messages: MESSAGES, [field]: value });
    expectRefused(answer, 400, { type: 'invalid_request_error' });
    const { param, message } = (answer.body as ErrorBody).error;
    expect(param).toMatch(new RegExp(`^${field}\\b`));
    expect(message).toContain(field === 'stream_options' ? 'include_usage' : field);
  });
});

describe('parameters that are not honoured', () => {
  it.each([
    ['tool_choice', 'required'],
    ['tool_choice', { type: 'function', function: { name: 'get_weather' } }],
    ['functions', [FUNCTION]],
    ['function_call', { name: 'get_weather' }],
    ['top_logprobs', 3],
    ['logit_bias', { 50256: -100 }],
    ['reasoning_effort', 'high'],
    ['verbosity', 'low'],
    ['store', true],
    ['web_search_options', {}],
    ['audio', { voice: 'alloy', format: 'wav' }],
    ['modalities', ['text', 'audio']],
    // Of the wrong type besides.
    ['tools', { name: 'get_weather' }],
    ['functions', 'get_weather'],
    ['logprobs', 'yes'],
    ['top_logprobs', 'three'],
    ['response_format', 'json'],
    ['modalities', 'audio'],
  ])('chat refuses %s: %j by name', async (param, value) => {
    const answer = await post(url('/v1/chat/completions'), { messages: MESSAGES, [param]: value });
    expectRefused(answer, 400, { param, type: 'invalid_request_error' });
  });

  it.each([
    ['suffix', ' The end.'],
    ['best_of', 3],
    ['logit_bias', { 50256: -100 }],
  ])('completions refuses %s: %j by name', async (param, value) => {
    expectRefused(await post(url('/v1/completions'), { prompt: 'a', [param]: value }), 400, { param });
  });

  it.each([
    { tools: [] },
    { tool_choice: 'none' },
    { tool_choice: 'auto' },
    { logprobs: false },
    { top_logprobs: 0 },
    { logit_bias: {} },
    { response_format: { type: 'text' } },
    { modalities: ['text'] },
    { tools: null, tool_choice: null, logprobs: null, response_format: null },
  ])('chat takes %j, which asks for nothing', async (more) => {
    expect((await post(url('/v1/chat/completions'), { messages: MESSAGES, max_tokens: 3, ...more })).status).toBe(200);
  });

  it('a picture for a model that does not see is refused', async () => {
    const content = [
      { type: 'text', text: 'What is this?' },
      { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
    ];
    const answer = await post(url('/v1/chat/completions'), { messages: [{ role: 'user', content }] });
    expectRefused(answer, 400, { type: 'invalid_request_error' });
    expect((answer.body as ErrorBody).error.param).toMatch(/^messages/);
  });

  it('a tool message that answers no call is refused', async () => {
    const messages = [...MESSAGES, { role: 'tool', content: 'sunny' }];
    const answer = await post(url('/v1/chat/completions'), { messages });
    expectRefused(answer, 400, {});
    expect((answer.body as ErrorBody).error.param).toMatch(/^messages/);
  });
});

describe('POST /v1/completions with wrong values', () => {
  it.each([
    ['prompt', undefined],
    ['prompt', null],
    ['prompt', ''],
    ['prompt', []],
    ['prompt', ['a', '']],
    ['prompt', 7],
    ['prompt', [1, 2, 3]],
    ['prompt', { text: 'a' }],
    ['echo', 'yes'],
    ['max_tokens', 0],
    ['n', 9],
  ])('400 naming %s for %j', async (param, value) => {
    expectRefused(await post(url('/v1/completions'), { prompt: 'a', [param]: value }), 400, { param });
  });
});

describe('a prompt longer than the context', () => {
  it.each([
    ['chat/completions', { messages: [{ role: 'user', content: 'word '.repeat(3000) }] }],
    ['chat/completions', { messages: [{ role: 'user', content: 'word '.repeat(3000) }], stream: true }],
    ['completions', { prompt: 'word '.repeat(3000) }],
    ['completions', { prompt: ['short', 'word '.repeat(3000)] }],
  ])('is context_length_exceeded with both counts: %s', async (path, body) => {
    const answer = await post(url(`/v1/${path}`), body);
    expectRefused(answer, 400, { code: 'context_length_exceeded', type: 'invalid_request_error' });
    const { message } = (answer.body as ErrorBody).error;
    expect(message).toMatch(/\b1024\b/);
    expect(message).toMatch(/\b[3-9]\d{3}\b/);
  });

  it('ends a stream of several prompts without [DONE]', async () => {
    const answer = await post(url('/v1/completions'), { prompt: ['short', 'word '.repeat(3000)], stream: true, n: 2 });
    expect(answer.text).toContain('context_length_exceeded');
    expect(answer.text).not.toContain('[DONE]');
  });

  it('leaves the next request alone', async () => {
    await post(url('/v1/chat/completions'), { messages: [{ role: 'user', content: 'word '.repeat(3000) }] });
    expect((await post(url('/v1/chat/completions'), { messages: MESSAGES })).status).toBe(200);
  });
});

describe('models that do not exist', () => {
  const names = [
    'no-such-model',
    '',
    'a/b',
    '../starter-chat',
    '..',
    '/etc/passwd',
    'starter-chat/..',
    '__proto__',
    'x'.repeat(5000),
  ];

  it.each(names)('404 for %j', async (model) => {
    const chat = await post(url('/v1/chat/completions'), { model, messages: MESSAGES });
    expectRefused(chat, 404, { param: 'model', code: 'model_not_found' });
    expectRefused(await post(url('/v1/completions'), { model, prompt: 'a' }), 404, {
      param: 'model',
      code: 'model_not_found',
    });
  });

  it('404 for a model of the catalogue that is not installed', async () => {
    const answer = await post(url('/v1/chat/completions'), { model: 'Qwen1.5-110B', messages: MESSAGES });
    expectRefused(answer, 404, { param: 'model', code: 'model_not_found' });
  });

  it.each(['no-such-model', '..%2Fstarter-chat', '%2Fetc%2Fpasswd', '__proto__', '%00'])(
    'GET /v1/models/%s',
    async (id) => {
      expectError(await get(url(`/v1/models/${id}`)), 'openai', 404);
    },
  );
});

describe('bodies that cannot be read', () => {
  describe('POST /v1/completions', () => {
    refusesUnreadableBodies('openai', () => url('/v1/completions'));
  });
});

describe('routes that do not exist', () => {
  it.each([
    ['GET', '/v1/chat/completions'],
    ['GET', '/v1/nothing'],
    ['POST', '/v1/models'],
    ['GET', ''],
  ])('answers %s %s with 404', async (method, path) => {
    expectError(await send(url(path), method), 'openai', 404);
  });
});
