import { describe, expect, it } from 'vitest';
import { remoteSourceOf, type RemoteSource } from '../../src/inference/catalogue/remote-source.js';
import { textRequest } from '../../src/inference/remote/text-request.js';
import type { ImageTextTask, TextGenerationTask } from '../../src/inference/text-tasks.js';
import { errorOf } from './support/errors.js';

const SOURCE = remoteSourceOf({ base_url: 'http://there/v1/', model: 'served' }, 'm');
const PNG = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1]);
const JPEG = Uint8Array.from([0xff, 0xd8, 0xff, 2]);
const ALWAYS = { model: 'served', stream: true, stream_options: { include_usage: true } };

function chat(more: Partial<TextGenerationTask> = {}): TextGenerationTask {
  const prompt = { kind: 'messages', messages: [{ role: 'user', content: 'Hi' }] } as const;
  return { kind: 'text-generation', model: 'm', prompt, sampling: {}, stop: [], overflow: 'refuse', ...more };
}

function bodyOf(task: TextGenerationTask | ImageTextTask, source: RemoteSource = SOURCE): unknown {
  return textRequest('m', task, source).body;
}

describe('a chat on its way to another server', () => {
  it('says no more than was asked', () => {
    expect(textRequest('m', chat(), SOURCE)).toEqual({
      path: 'chat/completions',
      body: { ...ALWAYS, messages: [{ role: 'user', content: 'Hi' }] },
    });
  });

  it('has its sampling in the words of vLLM and of llama-server', () => {
    const sampling = {
      temperature: 0,
      topP: 0.5,
      topK: 7,
      minP: 0.1,
      seed: 3,
      presencePenalty: 1,
      frequencyPenalty: -1,
      repeatPenalty: 1.2,
    };
    const more = { maxTokens: 9, stop: ['x'], logprobs: 2, logitBias: [{ token: 5, bias: -100 }] };
    expect(bodyOf(chat({ sampling, ...more }))).toEqual({
      ...ALWAYS,
      messages: [{ role: 'user', content: 'Hi' }],
      temperature: 0,
      top_p: 0.5,
      top_k: 7,
      min_p: 0.1,
      seed: 3,
      presence_penalty: 1,
      frequency_penalty: -1,
      repetition_penalty: 1.2,
      repeat_penalty: 1.2,
      max_tokens: 9,
      stop: ['x'],
      logprobs: true,
      top_logprobs: 2,
      logit_bias: { '5': -100 },
    });
  });

  it('leaves out what the entry says to omit, and is refused where that would change the answer', async () => {
    const source = { ...SOURCE, omit: ['min_p', 'repetition_penalty', 'stream_options'] } as const;
    const body = bodyOf(chat({ sampling: { minP: 0, repeatPenalty: 1.5, topP: 1 } }), source);
    expect(body).toEqual({
      model: 'served',
      stream: true,
      messages: [{ role: 'user', content: 'Hi' }],
      repeat_penalty: 1.5,
      top_p: 1,
    });
    const error = await errorOf(() => bodyOf(chat({ sampling: { minP: 0.1 } }), source));
    expect(error).toMatchObject({ code: 'invalid_request', param: 'min_p' });
    const neither = { ...SOURCE, omit: ['repetition_penalty', 'repeat_penalty', 'seed'] } as const;
    expect((await errorOf(() => bodyOf(chat({ sampling: { repeatPenalty: 2 } }), neither))).code).toBe(
      'invalid_request',
    );
    expect((await errorOf(() => bodyOf(chat({ sampling: { seed: 1 } }), neither))).param).toBe('seed');
    expect(bodyOf(chat({ sampling: { repeatPenalty: 1 } }), neither)).not.toHaveProperty('repeat_penalty');
  });

  it('calls the length of the answer as the server does', () => {
    const source = { ...SOURCE, maxTokensField: 'max_completion_tokens' } as const;
    expect(bodyOf(chat({ maxTokens: 4 }), source)).toMatchObject({ max_completion_tokens: 4 });
    expect(bodyOf(chat({ maxTokens: 4 }), source)).not.toHaveProperty('max_tokens');
  });

  it('asks for a form', () => {
    expect(bodyOf(chat({ output: { kind: 'json-object', param: 'response_format' } }))).toMatchObject({
      response_format: { type: 'json_object' },
    });
    const schema = { type: 'object', properties: { a: { type: 'integer' } } };
    expect(
      bodyOf(chat({ output: { kind: 'json-schema', param: 'response_format', name: 'thing', schema } })),
    ).toMatchObject({
      response_format: { type: 'json_schema', json_schema: { name: 'thing', schema, strict: true } },
    });
  });

  it('brings its tools, and what was said with them', () => {
    const parameters = { type: 'object', properties: {} };
    const messages = [
      { role: 'user', content: 'Weather?' },
      { role: 'assistant', content: '', toolCalls: [{ id: 'c1', name: 'weather', arguments: '{"at":"Graz"}' }] },
      { role: 'tool', content: 'rain', toolCallId: 'c1', name: 'weather' },
    ] as const;
    const tools = {
      tools: [
        { name: 'weather', parameters, strict: true },
        { name: 'time', description: 'now' },
      ],
    };
    const task = chat({ prompt: { kind: 'messages', messages }, tools: { ...tools, choice: 'auto', parallel: false } });
    expect(bodyOf(task)).toEqual({
      ...ALWAYS,
      messages: [
        { role: 'user', content: 'Weather?' },
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: 'c1', type: 'function', function: { name: 'weather', arguments: '{"at":"Graz"}' } }],
        },
        { role: 'tool', content: 'rain', tool_call_id: 'c1' },
      ],
      tools: [
        { type: 'function', function: { name: 'weather', parameters, strict: true } },
        { type: 'function', function: { name: 'time', description: 'now' } },
      ],
      tool_choice: 'auto',
      parallel_tool_calls: false,
    });
    const forced = bodyOf(chat({ tools: { ...tools, choice: { name: 'time' }, parallel: true } }));
    expect(forced).toMatchObject({ tool_choice: { type: 'function', function: { name: 'time' } } });
    expect(forced).not.toHaveProperty('parallel_tool_calls');
  });

  it('shows pictures as data URIs, by their content and in their order', () => {
    const image = { type: 'image' } as const;
    const text = { type: 'text', text: 'and' } as const;
    const messages = [
      { role: 'system', parts: [text] },
      { role: 'user', parts: [image, text, image] },
      { role: 'user', parts: [image] },
    ] as const;
    const common = { model: 'm', sampling: {}, stop: [], overflow: 'refuse' } as const;
    const task: ImageTextTask = { kind: 'image-text-to-text', messages, images: [PNG, JPEG, PNG], ...common };
    const png = { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgoB' } };
    expect(bodyOf(task)).toMatchObject({
      messages: [
        { role: 'system', content: 'and' },
        {
          role: 'user',
          content: [png, text, { type: 'image_url', image_url: { url: 'data:image/jpeg;base64,/9j/Ag==' } }],
        },
        { role: 'user', content: [png] },
      ],
    });
  });

  it('is refused with what is no picture', async () => {
    const messages = [{ role: 'user', parts: [{ type: 'image' }] }] as const;
    const task: ImageTextTask = { ...chat(), kind: 'image-text-to-text', messages, images: [Uint8Array.of(1, 2)] };
    const error = await errorOf(() => bodyOf(task));
    expect(error).toMatchObject({ code: 'invalid_request' });
    expect(error.message).toContain('picture');
  });
});

describe('raw text on its way to another server', () => {
  it('is a completion', () => {
    const task = chat({ prompt: { kind: 'raw', text: 'Once' }, maxTokens: 3, logprobs: 0, sampling: { seed: 1 } });
    expect(textRequest('m', task, { ...SOURCE, maxTokensField: 'max_completion_tokens' })).toEqual({
      path: 'completions',
      body: { ...ALWAYS, prompt: 'Once', max_tokens: 3, logprobs: 0, seed: 1 },
    });
  });

  it('is refused with what only chats can have', async () => {
    const prompt = { kind: 'raw', text: 'Once' } as const;
    const form = chat({ prompt, output: { kind: 'json-object', param: 'response_format' } });
    expect(await errorOf(() => bodyOf(form))).toMatchObject({ code: 'invalid_request', param: 'response_format' });
    const tools = chat({ prompt, tools: { tools: [{ name: 'f' }], choice: 'auto', parallel: true } });
    expect(await errorOf(() => bodyOf(tools))).toMatchObject({ code: 'invalid_request', param: 'tools' });
  });
});
