import 'reflect-metadata';
import { describe, expect, it } from 'vitest';
import { toModel } from '../../src/dialects/openai/openai-models.codec.js';
import {
  headOf,
  toChatRequest,
  toChatResponse,
  toCompletionRequests,
  toCompletionResponse,
  usageOf,
} from '../../src/dialects/openai/openai.codec.js';
import { refuseUnsupportedChat } from '../../src/dialects/openai/unsupported.js';
import type { OpenAiChatRequest } from '../../src/dialects/openai/openai-chat.schema.js';
import type { OpenAiCompletionRequest } from '../../src/dialects/openai/openai-completion.schema.js';
import { answer, entry } from './support/answers.js';
import { errorOf } from './support/errors.js';

const HEAD = { id: 'chatcmpl-1', created: 1, model: 'm' };
const chat = (more: object = {}): OpenAiChatRequest => ({ messages: [{ role: 'user', content: 'Hi' }], ...more });
const completion = (prompt: string | string[], more: object = {}): OpenAiCompletionRequest => ({ prompt, ...more });

describe('openai usage', () => {
  it('counts the prompt that choices share once', () => {
    const answers = [answer('a', { cachedTokens: 4 }), answer('b', { completionTokens: 7, cachedTokens: 4 })];
    expect(usageOf(answers, 1)).toEqual({
      prompt_tokens: 10,
      completion_tokens: 12,
      total_tokens: 22,
      prompt_tokens_details: { cached_tokens: 4 },
    });
  });

  it('counts each of several prompts', () => {
    const answers = [3, 3, 8, 8].map((promptTokens) => answer('x', { promptTokens, completionTokens: 1 }));
    expect(usageOf(answers, 2)).toMatchObject({ prompt_tokens: 11, completion_tokens: 4, total_tokens: 15 });
  });

  it('of nothing is nothing', () => {
    expect(usageOf([], 0)).toMatchObject({ prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 });
  });
});

describe('openai chat requests', () => {
  it('leave to the model what is not set', () => {
    expect(toChatRequest(chat(), [])).toMatchObject({ model: undefined, sampling: {}, stop: [], maxTokens: undefined });
  });

  it('carry what is set, zeros included, and take null for unset', () => {
    const body = chat({
      model: 'm',
      temperature: 0,
      top_p: 0,
      seed: 0,
      presence_penalty: 0,
      frequency_penalty: null,
      stop: 'END',
      max_tokens: 5,
    });
    expect(toChatRequest(body, [])).toMatchObject({
      model: 'm',
      sampling: { temperature: 0, topP: 0, seed: 0, presencePenalty: 0 },
      stop: ['END'],
      maxTokens: 5,
    });
    expect(toChatRequest(body, []).sampling).not.toHaveProperty('frequencyPenalty');
    expect(toChatRequest(chat({ stop: ['a', 'b'] }), []).stop).toEqual(['a', 'b']);
    expect(toChatRequest(chat({ stop: null, model: null }), []).stop).toEqual([]);
  });

  it('prefer max_completion_tokens', () => {
    expect(toChatRequest(chat({ max_tokens: 5, max_completion_tokens: 9 }), []).maxTokens).toBe(9);
  });

  it('join text parts, and call the developer the system', () => {
    const messages = [
      { role: 'developer', content: 'Be short.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'a' },
          { type: 'text', text: 'b' },
        ],
      },
      { role: 'assistant', content: null },
    ];
    expect(toChatRequest(chat({ messages }), []).prompt).toEqual({
      kind: 'messages',
      messages: [
        { role: 'system', content: 'Be short.' },
        { role: 'user', content: 'a\nb' },
        { role: 'assistant', content: '' },
      ],
    });
  });

  it.each([
    [
      'messages.1.role',
      {
        messages: [
          { role: 'user', content: 'a' },
          { role: 'tool', content: 'b' },
        ],
      },
    ],
    ['tools', { tools: [{}] }],
    ['tool_choice', { tool_choice: 'required' }],
    ['functions', { functions: [{}] }],
    ['function_call', { function_call: { name: 'f' } }],
    ['response_format', { response_format: { type: 'json_object' } }],
    ['logprobs', { logprobs: true }],
    ['top_logprobs', { top_logprobs: 3 }],
    ['logit_bias', { logit_bias: { 5: 1 } }],
    ['modalities', { modalities: ['text', 'audio'] }],
  ])('refuse what would change the answer and cannot be honoured: %s', async (param, more) => {
    const refused = await errorOf(() => {
      refuseUnsupportedChat(chat(more));
      return toChatRequest(chat(more), []);
    });
    expect(refused).toMatchObject({ code: 'invalid_request', param });
  });

  it('take what asks for nothing special', () => {
    const body = chat({
      tools: [],
      tool_choice: 'none',
      response_format: { type: 'text' },
      logprobs: false,
      logit_bias: {},
      modalities: ['text'],
    });
    expect(toChatRequest(body, []).prompt.kind).toBe('messages');
  });
});

describe('openai answers', () => {
  it('of a chat have a choice for each answer, numbered', () => {
    const response = toChatResponse(HEAD, [answer('a'), answer('b', { finishReason: 'length' })]);
    expect(response).toMatchObject({ ...HEAD, object: 'chat.completion', code: 0, message: 'success' });
    expect(response.choices).toEqual([
      { index: 0, message: { role: 'assistant', content: 'a' }, logprobs: null, finish_reason: 'stop' },
      { index: 1, message: { role: 'assistant', content: 'b' }, logprobs: null, finish_reason: 'length' },
    ]);
  });

  it('of completions keep the prompts’ order, and echo them on request', () => {
    const answers = ['1', '2', '3', '4'].map((text) => answer(text));
    const echoed = toCompletionResponse(HEAD, answers, ['p', 'q'], true);
    expect(echoed.choices.map(({ index, text }) => [index, text])).toEqual([
      [0, 'p1'],
      [1, 'p2'],
      [2, 'q3'],
      [3, 'q4'],
    ]);
    expect(toCompletionResponse(HEAD, answers, ['p', 'q'], false).choices.map(({ text }) => text)).toEqual([
      '1',
      '2',
      '3',
      '4',
    ]);
    expect(echoed.usage.prompt_tokens).toBe(20);
  });

  it('have ids of their own', () => {
    expect(headOf('cmpl', 'm').id).toMatch(/^cmpl-[0-9a-f]{32}$/);
    expect(headOf('chatcmpl', 'm').id).not.toBe(headOf('chatcmpl', 'm').id);
  });
});

describe('openai completions and models', () => {
  it('are one request for each prompt, as raw text', () => {
    const requests = toCompletionRequests(completion(['a', 'b'], { max_tokens: 3 }));
    expect(requests.map(({ prompt }) => prompt)).toEqual([
      { kind: 'raw', text: 'a' },
      { kind: 'raw', text: 'b' },
    ]);
    expect(requests[1]?.maxTokens).toBe(3);
    expect(toCompletionRequests(completion('a'))).toHaveLength(1);
  });

  it.each([
    ['suffix', { suffix: 'x' }],
    ['logprobs', { logprobs: 0 }],
    ['best_of', { best_of: 3, n: 2 }],
    ['logit_bias', { logit_bias: { 5: 1 } }],
  ])('refuse %s', async (param, more) => {
    expect(await errorOf(() => toCompletionRequests(completion('a', more)))).toMatchObject({
      code: 'invalid_request',
      param,
    });
  });

  it('name a model’s owner, and where to ask it', () => {
    expect(
      toModel(entry({ hub: { repo: 'meta/Llama', revision: null, files: ['x.gguf'] } }), 'http://h'),
    ).toMatchObject({
      id: 'm.gguf',
      object: 'model',
      owned_by: 'meta',
      url: 'http://h/v1/chat/completions',
    });
    expect(toModel(entry(), 'http://h').owned_by).toBe('parley');
  });
});
