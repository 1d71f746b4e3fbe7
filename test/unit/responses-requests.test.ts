import 'reflect-metadata';
import { describe, expect, it } from 'vitest';
import {
  toItemList,
  toResponseRequest,
  toWireResponse,
} from '../../src/dialects/openai/responses/openai-responses.codec.js';
import { toWireItem } from '../../src/dialects/openai/responses/openai-response-items.codec.js';
import type { OpenAiResponseRequest } from '../../src/dialects/openai/responses/openai-responses.schema.js';
import type { ModelResponse } from '../../src/domains/responses/model-response.js';
import type { Item } from '../../src/domains/responses/response-items.js';

const WEATHER = { type: 'function', name: 'get_weather', parameters: { type: 'object' } };
const CLOCK = { type: 'function', name: 'get_time' };

const body = (more: object = {}): OpenAiResponseRequest => ({ input: 'Hi', ...more });
const refusal = (param: string): Error => expect.objectContaining({ code: 'invalid_request', param }) as Error;

describe('requests of /v1/responses', () => {
  it('leave to the model what is not set', () => {
    expect(toResponseRequest(body())).toMatchObject({
      instructions: null,
      previousId: null,
      keep: true,
      input: [{ kind: 'message', role: 'user', parts: [{ kind: 'text', text: 'Hi' }] }],
      wishes: { sampling: {}, maxTokens: undefined, overflow: 'refuse' },
    });
    for (const field of ['model', 'temperature']) expect(toResponseRequest(body())).not.toHaveProperty(field);
    for (const wish of ['tools', 'output', 'logprobs']) {
      expect(toResponseRequest(body()).wishes).not.toHaveProperty(wish);
    }
  });

  it('carry what is set, zeros included', () => {
    const more = { temperature: 0, top_p: 0, max_output_tokens: 5, truncation: 'auto', store: false, model: 'm' };
    expect(toResponseRequest(body({ ...more, instructions: '', previous_response_id: 'resp_1' }))).toMatchObject({
      model: 'm',
      keep: false,
      instructions: '',
      previousId: 'resp_1',
      wishes: { sampling: { temperature: 0, topP: 0 }, maxTokens: 5, overflow: 'drop-oldest' },
    });
  });

  it.each([
    [{ top_logprobs: 3 }, 3],
    [{ include: ['message.output_text.logprobs'] }, 0],
    [{ include: ['message.output_text.logprobs'], top_logprobs: 20 }, 20],
    [{ top_logprobs: 0 }, undefined],
  ])('want the chances of tokens: %j', (more, logprobs) => {
    expect(toResponseRequest(body(more)).wishes.logprobs).toBe(logprobs);
  });

  it.each([
    [{ format: { type: 'text' } }, undefined],
    [{ format: { type: 'json_object' } }, { kind: 'json-object', param: 'text.format' }],
    [
      { format: { type: 'json_schema', name: 'a', schema: { type: 'object' }, strict: true } },
      { kind: 'json-schema', param: 'text.format', name: 'a', schema: { type: 'object' } },
    ],
    [{ verbosity: 'medium' }, undefined],
  ])('want the form %j', (text, output) => {
    expect(toResponseRequest(body({ text })).wishes.output).toEqual(output);
  });
});

describe('tools', () => {
  it('are functions, strict unless they say otherwise', () => {
    const tools = [
      { ...WEATHER, description: 'd', strict: false },
      { ...CLOCK, description: null, parameters: null },
    ];
    expect(toResponseRequest(body({ tools })).wishes.tools).toEqual({
      tools: [
        { name: 'get_weather', description: 'd', parameters: { type: 'object' }, strict: false },
        { name: 'get_time', strict: true },
      ],
      choice: 'auto',
      parallel: true,
    });
  });

  it.each([
    ['none', 'none', ['get_weather', 'get_time']],
    ['required', 'required', ['get_weather', 'get_time']],
    [{ type: 'function', name: 'get_time' }, { name: 'get_time' }, ['get_weather', 'get_time']],
    [
      { type: 'allowed_tools', mode: 'required', tools: [{ type: 'function', name: 'get_time' }] },
      'required',
      ['get_time'],
    ],
  ])('are chosen by %j', (tool_choice, choice, names) => {
    const { tools } = toResponseRequest(
      body({ tools: [WEATHER, CLOCK], tool_choice, parallel_tool_calls: false }),
    ).wishes;
    expect(tools).toMatchObject({ choice, parallel: false });
    expect(tools?.tools.map(({ name }) => name)).toEqual(names);
  });

  it.each([
    ['tools.0.type', { tools: [{ type: 'web_search' }] }],
    ['tools.1.type', { tools: [WEATHER, { type: 'mcp', server_label: 'a' }] }],
    ['tools.0.name', { tools: [{ type: 'function' }] }],
    ['tools.0.name', { tools: [{ type: 'function', name: 'a b' }] }],
    ['tools.0.description', { tools: [{ ...WEATHER, description: 7 }] }],
    ['tools.0.parameters', { tools: [{ ...WEATHER, parameters: 'none' }] }],
    ['tools.0.strict', { tools: [{ ...WEATHER, strict: 'yes' }] }],
    ['tools.0', { tools: ['get_weather'] }],
    ['tools', { tools: [WEATHER, WEATHER] }],
    ['tool_choice', { tool_choice: 'required' }],
    ['tool_choice', { tools: [WEATHER], tool_choice: 'sometimes' }],
    ['tool_choice.type', { tools: [WEATHER], tool_choice: { type: 'file_search' } }],
    ['tool_choice.name', { tools: [WEATHER], tool_choice: { type: 'function', name: 'get_time' } }],
    ['tool_choice.mode', { tools: [WEATHER], tool_choice: { type: 'allowed_tools', tools: [WEATHER] } }],
    ['tool_choice.tools', { tools: [WEATHER], tool_choice: { type: 'allowed_tools', mode: 'auto', tools: [] } }],
    ['tool_choice.tools.0', { tools: [WEATHER], tool_choice: { type: 'allowed_tools', mode: 'auto', tools: [{}] } }],
  ])('are refused at %s: %j', (param, more) => {
    expect(() => toResponseRequest(body(more))).toThrow(refusal(param));
  });
});

describe('what is refused', () => {
  it.each([
    ['background', { background: true }],
    ['conversation', { conversation: 'conv_1' }],
    ['prompt', { prompt: { id: 'pmpt_1' } }],
    ['context_management', { context_management: [{ type: 'compaction' }] }],
    ['reasoning.effort', { reasoning: { effort: 'low' } }],
    ['reasoning.summary', { reasoning: { effort: null, summary: 'auto' } }],
    ['service_tier', { service_tier: 'flex' }],
    ['text.verbosity', { text: { verbosity: 'low' } }],
    ['text.format.type', { text: { format: { type: 'xml' } } }],
    ['text.format.name', { text: { format: { type: 'json_schema', schema: {} } } }],
    ['text.format.schema', { text: { format: { type: 'json_schema', name: 'a' } } }],
    ['stream_options.include_obfuscation', { stream_options: { include_obfuscation: true } }],
    ['include.1', { include: ['message.output_text.logprobs', 'reasoning.encrypted_content'] }],
    ['include.0', { include: [7] }],
    ['metadata', { metadata: Object.fromEntries(Array.from({ length: 17 }, (_, index) => [String(index), ''])) }],
    ['metadata', { metadata: { ['n'.repeat(65)]: '' } }],
    ['metadata.a', { metadata: { a: 'x'.repeat(513) } }],
    ['metadata.a', { metadata: { a: 7 } }],
  ])('names %s', (param, more) => {
    expect(() => toResponseRequest(body(more))).toThrow(refusal(param));
  });

  it.each([
    { background: false, conversation: null, prompt: null, context_management: [], reasoning: {}, include: [] },
    { reasoning: { effort: null, summary: null }, service_tier: 'auto', tools: null, tool_choice: null, text: null },
    { service_tier: 'default', include: ['file_search_call.results'], stream_options: { include_obfuscation: false } },
    { user: 'u', safety_identifier: 's', prompt_cache_key: 'k', prompt_cache_retention: '24h', max_tool_calls: 3 },
  ])('takes %j, which asks for nothing', (more) => {
    expect(toResponseRequest(body(more)).wishes).toEqual({ sampling: {}, maxTokens: undefined, overflow: 'refuse' });
  });
});

describe('answers', () => {
  const response: ModelResponse = {
    id: 'resp_1',
    createdAt: 1,
    completedAt: 2,
    state: 'completed',
    model: 'm',
    instructions: 'Be brief.',
    previousId: 'resp_0',
    kept: true,
    output: [],
    usage: { promptTokens: 7, cachedTokens: 3, completionTokens: 5, reasoningTokens: 2 },
    settings: toResponseRequest(
      body({
        metadata: { a: 'b' },
        tools: [CLOCK],
        tool_choice: 'none',
        user: 'u',
        temperature: 0.5,
        text: { format: { type: 'json_object' } },
      }),
    ).settings,
  };

  it('tell all that was asked, and what OpenAI calls required', () => {
    expect(toWireResponse(response)).toEqual({
      id: 'resp_1',
      object: 'response',
      created_at: 1,
      completed_at: 2,
      status: 'completed',
      error: null,
      incomplete_details: null,
      instructions: 'Be brief.',
      model: 'm',
      output: [],
      previous_response_id: 'resp_0',
      store: true,
      background: false,
      reasoning: null,
      service_tier: 'default',
      metadata: { a: 'b' },
      temperature: 0.5,
      top_p: null,
      top_logprobs: 0,
      max_output_tokens: null,
      max_tool_calls: null,
      tools: [{ type: 'function', name: 'get_time', description: null, parameters: null, strict: true }],
      tool_choice: 'none',
      parallel_tool_calls: true,
      text: { format: { type: 'json_object' }, verbosity: 'medium' },
      truncation: 'disabled',
      user: 'u',
      usage: {
        input_tokens: 7,
        input_tokens_details: { cached_tokens: 3 },
        output_tokens: 5,
        output_tokens_details: { reasoning_tokens: 2 },
        total_tokens: 12,
      },
      code: 0,
      message: 'success',
    });
  });

  it('show pictures of the input by their links', () => {
    const item: Item = {
      kind: 'message',
      id: 'i',
      state: 'completed',
      role: 'user',
      parts: [{ kind: 'picture', link: 'data:x' }],
    };
    expect(toWireItem(item)).toMatchObject({ content: [{ type: 'input_image', image_url: 'data:x', detail: 'auto' }] });
  });
});

describe('pages of items', () => {
  const items = Array.from({ length: 5 }, (_, index): Item => {
    return { kind: 'reasoning', id: String(index), state: 'completed', text: '' };
  });
  const page = (query: object): unknown[] => {
    const { data, first_id, last_id, has_more } = toItemList(items, query);
    const ids = (data as { id: string }[]).map(({ id }) => id).join('');
    return [ids, first_id, last_id, has_more];
  };

  it.each([
    [{}, ['43210', '4', '0', false]],
    [{ order: 'asc' }, ['01234', '0', '4', false]],
    [{ order: 'asc', limit: 2 }, ['01', '0', '1', true]],
    [{ order: 'asc', limit: 2, after: '2' }, ['34', '3', '4', false]],
    [{ limit: 2, after: '3' }, ['21', '2', '1', true]],
    [{ after: '0' }, ['', null, null, false]],
  ])('%j', (query, expected) => {
    expect(page(query)).toEqual(expected);
  });

  it('are refused after what is none of them', () => {
    expect(() => page({ after: 'x' })).toThrow(refusal('after'));
  });
});
