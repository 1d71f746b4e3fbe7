import 'reflect-metadata';
import { describe, expect, it } from 'vitest';
import { toModel } from '../../src/dialects/openai/models/openai-models.codec.js';
import {
  headOf,
  toChatResponse,
  toCompletionResponse,
  usageOf,
} from '../../src/dialects/openai/text/openai-answer.codec.js';
import { toChatRequest, toCompletionRequests } from '../../src/dialects/openai/text/openai-request.codec.js';
import { narrowedHeaders } from '../../src/dialects/openai/schema-header.js';
import { refuseUnsupportedChat, refuseUnsupportedCompletion } from '../../src/dialects/openai/text/unsupported.js';
import type { OpenAiChatRequest } from '../../src/dialects/openai/text/openai-chat.schema.js';
import type { OpenAiCompletionRequest } from '../../src/dialects/openai/text/openai-completion.schema.js';
import { answer, entry } from './support/answers.js';
import { errorOf } from './support/errors.js';

const HEAD = { id: 'chatcmpl-1', created: 1, model: 'm', system_fingerprint: 'fp_1' };
const WEATHER = { type: 'function', function: { name: 'get_weather', parameters: { type: 'object' } } };
const chat = (more: object = {}): OpenAiChatRequest => ({ messages: [{ role: 'user', content: 'Hi' }], ...more });
const completion = (prompt: string | string[], more: object = {}): OpenAiCompletionRequest => ({ prompt, ...more });

describe('openai usage', () => {
  it('counts the prompt that choices share once', () => {
    const answers = [answer('a', { cachedTokens: 4 }), answer('b', { completionTokens: 7, cachedTokens: 9 })];
    expect(usageOf(answers, 1)).toEqual({
      prompt_tokens: 10,
      completion_tokens: 12,
      total_tokens: 22,
      prompt_tokens_details: { cached_tokens: 4 },
      completion_tokens_details: { reasoning_tokens: 0 },
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
    ['tools', { tools: [WEATHER, WEATHER] }],
    ['tool_choice', { tool_choice: 'required' }],
    ['tool_choice', { tools: [WEATHER], tool_choice: { type: 'function', function: { name: 'other' } } }],
    ['functions', { functions: [{}] }],
    ['function_call', { function_call: { name: 'f' } }],
    ['response_format.json_schema', { response_format: { type: 'json_schema' } }],
    ['top_logprobs', { top_logprobs: 3 }],
    ['reasoning_effort', { reasoning_effort: 'high' }],
    ['verbosity', { verbosity: 'low' }],
    ['store', { store: true }],
    ['web_search_options', { web_search_options: {} }],
    ['audio', { audio: { voice: 'alloy' } }],
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
    const request = toChatRequest(body, []);
    expect(request.prompt.kind).toBe('messages');
    expect(request).toMatchObject({ tools: undefined, output: undefined, logprobs: undefined, logitBias: undefined });
  });

  it('carry tools, the choice among them, and the form of the answer', () => {
    const schema = { type: 'object', properties: { a: { type: 'string' } } };
    const body = chat({
      tools: [WEATHER],
      tool_choice: { type: 'function', function: { name: 'get_weather' } },
      parallel_tool_calls: false,
      response_format: { type: 'json_schema', json_schema: { name: 'person', schema } },
      logprobs: true,
      top_logprobs: 2,
      logit_bias: { 7: -100, 9: 1.5 },
    });
    expect(toChatRequest(body, [])).toMatchObject({
      tools: {
        tools: [{ name: 'get_weather', parameters: { type: 'object' } }],
        choice: { name: 'get_weather' },
        parallel: false,
      },
      output: { kind: 'json-schema', param: 'response_format', name: 'person', schema },
      logprobs: 2,
      logitBias: [
        { token: 7, bias: -100 },
        { token: 9, bias: 1.5 },
      ],
    });
    expect(toChatRequest(chat({ logprobs: true }), []).logprobs).toBe(0);
    expect(toChatRequest(chat({ response_format: { type: 'json_object' } }), []).output).toEqual({
      kind: 'json-object',
      param: 'response_format',
    });
    expect(toChatRequest(chat({ tools: [WEATHER] }), []).tools).toMatchObject({ choice: 'auto', parallel: true });
  });

  it('carry calls and what the tools answered, with the name of the function', () => {
    const call = { id: 'call_1', type: 'function', function: { name: 'get_weather', arguments: '{"city": "Oslo"}' } };
    const messages = [
      { role: 'user', content: 'Weather?' },
      { role: 'assistant', content: null, tool_calls: [call] },
      { role: 'tool', tool_call_id: 'call_1', content: 'sunny' },
    ];
    expect(toChatRequest(chat({ messages }), []).prompt).toEqual({
      kind: 'messages',
      messages: [
        { role: 'user', content: 'Weather?' },
        {
          role: 'assistant',
          content: '',
          toolCalls: [{ id: 'call_1', name: 'get_weather', arguments: '{"city": "Oslo"}' }],
        },
        { role: 'tool', content: 'sunny', toolCallId: 'call_1', name: 'get_weather' },
      ],
    });
  });
});

describe('openai answers', () => {
  it('of a chat have a choice for each answer, numbered', () => {
    const response = toChatResponse(HEAD, [answer('a'), answer('b', { finishReason: 'length' })], false);
    expect(response).toMatchObject({ ...HEAD, object: 'chat.completion', code: 0, message: 'success' });
    expect(response.choices).toEqual([
      { index: 0, message: { role: 'assistant', content: 'a', refusal: null }, logprobs: null, finish_reason: 'stop' },
      {
        index: 1,
        message: { role: 'assistant', content: 'b', refusal: null },
        logprobs: null,
        finish_reason: 'length',
      },
    ]);
  });

  it('of a chat have calls instead of text, and thoughts beside it', () => {
    const calls = [{ id: 'call_1', name: 'f', arguments: '{}' }];
    const called = answer('', { toolCalls: calls, finishReason: 'tool_calls', reasoning: 'Hm.', reasoningTokens: 3 });
    const response = toChatResponse(HEAD, [called], false);
    expect(response.choices[0]).toEqual({
      index: 0,
      message: {
        role: 'assistant',
        content: null,
        refusal: null,
        reasoning_content: 'Hm.',
        tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'f', arguments: '{}' } }],
      },
      logprobs: null,
      finish_reason: 'tool_calls',
    });
    expect(response.usage.completion_tokens_details).toEqual({ reasoning_tokens: 3 });
  });

  it('tell log probabilities in the spelling of each route', () => {
    const other = { text: 'Hi', bytes: [72, 105], logprob: -3 };
    const half = { text: '\uFFFD', bytes: null, logprob: -1, top: [] };
    const told = answer('Ha', { logprobs: [{ text: 'Ha', bytes: [72, 97], logprob: -0.5, top: [other] }, half] });
    expect(toChatResponse(HEAD, [told], true).choices[0]?.logprobs).toEqual({
      content: [
        {
          token: 'Ha',
          logprob: -0.5,
          bytes: [72, 97],
          top_logprobs: [{ token: 'Hi', logprob: -3, bytes: [72, 105] }],
        },
        { token: '\uFFFD', logprob: -1, bytes: null, top_logprobs: [] },
      ],
      refusal: null,
    });
    const completion = toCompletionResponse(HEAD, [told], ['p'], { echo: false, logprobs: true });
    expect(completion.choices[0]?.logprobs).toEqual({
      tokens: ['Ha', '\uFFFD'],
      token_logprobs: [-0.5, -1],
      top_logprobs: [{ Hi: -3 }, {}],
      text_offset: [0, 2],
    });
  });

  it('tell how a schema was narrowed in a header that any proxy lets through', () => {
    expect(narrowedHeaders([])).toEqual({});
    expect(narrowedHeaders(['#: a', '#/ü: b'])).toEqual({ 'X-Schema-Narrowed': '#: a; #/%C3%BC: b' });
    expect(narrowedHeaders(['x'.repeat(5000)])['X-Schema-Narrowed']?.length).toBeLessThan(2100);
  });

  it('of completions keep the prompts’ order, and echo them on request', () => {
    const answers = ['1', '2', '3', '4'].map((text) => answer(text));
    const echoed = toCompletionResponse(HEAD, answers, ['p', 'q'], { echo: true, logprobs: false });
    expect(echoed.choices.map(({ index, text }) => [index, text])).toEqual([
      [0, 'p1'],
      [1, 'p2'],
      [2, 'q3'],
      [3, 'q4'],
    ]);
    expect(
      toCompletionResponse(HEAD, answers, ['p', 'q'], { echo: false, logprobs: false }).choices.map(({ text }) => text),
    ).toEqual(['1', '2', '3', '4']);
    expect(echoed.usage.prompt_tokens).toBe(20);
  });

  it('have ids of their own', () => {
    expect(headOf('cmpl', 'm', 'fp_1').id).toMatch(/^cmpl-[0-9a-f]{32}$/);
    expect(headOf('chatcmpl', 'm', 'fp_1').id).not.toBe(headOf('chatcmpl', 'm', 'fp_1').id);
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
    ['logprobs', { logprobs: 0, echo: true }],
    ['best_of', { best_of: 3, n: 2 }],
  ])('refuse %s', async (param, more) => {
    expect(await errorOf(() => refuseUnsupportedCompletion(completion('a', more)))).toMatchObject({
      code: 'invalid_request',
      param,
    });
  });

  it('name a model’s owner, and where to ask it', () => {
    expect(
      toModel(entry({ hub: { repo: 'meta/Llama', revision: null, files: ['x.gguf'] } }), 'http://h', undefined),
    ).toMatchObject({
      id: 'm.gguf',
      object: 'model',
      owned_by: 'meta',
      url: 'http://h/v1/chat/completions',
    });
    expect(toModel(entry(), 'http://h', undefined).owned_by).toBe('parley');
  });
});
