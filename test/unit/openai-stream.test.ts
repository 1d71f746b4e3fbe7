import 'reflect-metadata';
import { describe, expect, it } from 'vitest';
import { toChatEvents, toCompletionEvents, type StreamOptions } from '../../src/dialects/openai/text/openai.stream.js';
import { merge, type Indexed } from '../../src/domains/generate/merge.js';
import { ParleyError } from '../../src/inference/errors.js';
import type { AnswerPiece, TextFinished, TextPiece } from '../../src/inference/text-tasks.js';
import { chunks, failing, finished, joined } from './support/answers.js';

interface Event {
  readonly object?: string;
  readonly choices?: readonly {
    readonly index: number;
    readonly delta?: object;
    readonly text?: string;
    readonly finish_reason: string | null;
  }[];
  readonly usage?: object | null;
  readonly error?: { readonly message: string; readonly code: string };
}

const HEAD = { id: 'chatcmpl-1', created: 1, model: 'm', system_fingerprint: 'fp_1' };

function options(more: Partial<StreamOptions> = {}): StreamOptions {
  return { head: HEAD, choices: 1, prompts: 1, includeUsage: false, ...more };
}

/** The events' data, and whether the stream ended with [DONE]. */
async function read(stream: AsyncIterable<string>): Promise<{ events: Event[]; done: boolean }> {
  const text = await joined(stream);
  expect(text).toMatch(/^(?:data: [^\n]+\n\n)+$/);
  const data = text
    .split('\n\n')
    .slice(0, -1)
    .map((event) => event.slice('data: '.length));
  const done = data.at(-1) === '[DONE]';
  return { events: data.slice(0, done ? -1 : undefined).map((json) => JSON.parse(json) as Event), done };
}

const indexed = (
  ...streams: readonly AsyncIterable<TextPiece | TextFinished>[]
): AsyncIterable<Indexed<TextPiece | TextFinished>> => merge(streams);

describe('a stream of chat chunks', () => {
  it('opens each choice with its role, and ends each with its reason', async () => {
    const { events, done } = await read(toChatEvents(indexed(chunks('Hel', 'lo\n', finished())), options()));
    expect(events.map(({ choices }) => choices?.[0])).toEqual([
      { index: 0, delta: { role: 'assistant', content: '' }, logprobs: null, finish_reason: null },
      { index: 0, delta: { content: 'Hel' }, logprobs: null, finish_reason: null },
      { index: 0, delta: { content: 'lo\n' }, logprobs: null, finish_reason: null },
      { index: 0, delta: {}, logprobs: null, finish_reason: 'stop' },
    ]);
    for (const event of events) expect(event).toMatchObject({ ...HEAD, object: 'chat.completion.chunk' });
    for (const event of events) expect(event).not.toHaveProperty('usage');
    expect(done).toBe(true);
  });

  it('keeps choices apart by their index', async () => {
    const streams = indexed(chunks('a', finished()), chunks('b', finished({ finishReason: 'length' })));
    const { events } = await read(toChatEvents(streams, options({ choices: 2 })));
    const choices = events.map((event) => event.choices?.[0]);
    expect(choices.slice(0, 2).map((choice) => choice?.index)).toEqual([0, 1]);
    expect(choices.filter((choice) => choice?.index === 1).map((choice) => choice?.finish_reason)).toEqual([
      null,
      null,
      'length',
    ]);
  });

  it('tells calls piece by piece, and thoughts apart from the answer', async () => {
    async function* calling(): AsyncGenerator<AnswerPiece | TextFinished, void> {
      yield { type: 'reasoning', text: 'Hm.', completionTokens: 2 };
      yield { type: 'tool-call', index: 0, id: 'call_1', name: 'f', arguments: '', completionTokens: 3 };
      yield { type: 'tool-call', index: 0, arguments: '{}', completionTokens: 4 };
      yield await Promise.resolve(finished({ finishReason: 'tool_calls' }));
    }
    const { events } = await read(toChatEvents(merge([calling()]), options({ includeUsage: true })));
    expect(events.slice(1, -1).map(({ choices }) => [choices?.[0]?.delta, choices?.[0]?.finish_reason])).toEqual([
      [{ reasoning_content: 'Hm.' }, null],
      [{ tool_calls: [{ index: 0, id: 'call_1', type: 'function', function: { name: 'f', arguments: '' } }] }, null],
      [{ tool_calls: [{ index: 0, function: { arguments: '{}' } }] }, null],
      [{}, 'tool_calls'],
    ]);
    expect(events.at(-1)?.usage).toMatchObject({ completion_tokens_details: { reasoning_tokens: 2 } });
  });

  it('ends with the usage when asked, and says null before', async () => {
    const streams = indexed(chunks('a', finished()), chunks('b', finished({ cachedTokens: 0 })));
    const { events } = await read(toChatEvents(streams, options({ choices: 2, includeUsage: true })));
    expect(events.at(-1)).toMatchObject({
      choices: [],
      usage: { prompt_tokens: 10, completion_tokens: 10, total_tokens: 20 },
    });
    for (const event of events.slice(0, -1)) expect(event.usage).toBeNull();
  });

  it('ends with the error and without [DONE] after trouble', async () => {
    const broken = indexed(failing(new ParleyError('runner_crashed', 'it ended'), 'Hel'));
    const { events, done } = await read(toChatEvents(broken, options({ includeUsage: true })));
    expect(events.at(-1)).toEqual({
      error: { message: 'it ended', type: 'server_error', param: null, code: 'runner_crashed' },
      code: 502,
      message: 'it ended',
    });
    expect(done).toBe(false);
  });

  it('says something, but not what it was, about an unknown error', async () => {
    const { events } = await read(toChatEvents(indexed(failing(new Error('ENOENT /etc/secret'))), options()));
    expect(JSON.stringify(events)).not.toContain('secret');
    expect(events.at(-1)?.error?.code).toBe('internal');
    expect(events.at(-1)?.error?.message).not.toBe('');
  });
});

describe('a stream of completion chunks', () => {
  it('has bare text', async () => {
    const { events, done } = await read(toCompletionEvents(indexed(chunks('a', finished())), options(), []));
    expect(events.map(({ choices }) => choices?.[0]?.text)).toEqual(['a', '']);
    for (const event of events) expect(event.object).toBe('text_completion');
    expect(done).toBe(true);
  });

  it('begins with the echoes', async () => {
    const streams = indexed(chunks('1', finished()), chunks('2', finished()));
    const { events } = await read(toCompletionEvents(streams, options({ choices: 2, prompts: 2 }), ['p', 'q']));
    expect(events.slice(0, 2).map(({ choices }) => choices?.[0]?.text)).toEqual(['p', 'q']);
  });
});
