import 'reflect-metadata';
import { describe, expect, it } from 'vitest';
import { toResponseEvents } from '../../src/dialects/openai/responses/openai-responses.stream.js';
import { ParleyError } from '../../src/inference/errors.js';
import type { AnswerPiece, FinishReason } from '../../src/inference/text-tasks.js';
import { AnswerItems } from '../../src/domains/responses/answer-items.js';
import type { ModelResponse } from '../../src/domains/responses/model-response.js';
import { newResponseId } from '../../src/domains/responses/response-ids.js';
import type { ResponseEvent, RunningResponse } from '../../src/domains/responses/responses.service.js';
import { finished, joined } from './support/answers.js';

const BEGUN: ModelResponse = {
  id: newResponseId(),
  createdAt: 1,
  completedAt: null,
  state: 'in-progress',
  model: 'm',
  instructions: null,
  previousId: null,
  kept: false,
  output: [],
  usage: null,
  settings: { metadata: {}, tools: [] },
};

const text = (words: string): AnswerPiece => ({ type: 'text', text: words, completionTokens: 9 });
const thought = (words: string, completionTokens = 3): AnswerPiece => ({
  type: 'reasoning',
  text: words,
  completionTokens,
});
const call = (index: number, args: string, head: { id?: string; name?: string } = {}): AnswerPiece => ({
  type: 'tool-call',
  index,
  arguments: args,
  completionTokens: 9,
  ...head,
});

/** A response of those pieces, as the service runs it; an error ends it. */
function running(pieces: readonly (AnswerPiece | Error)[], finishReason: FinishReason = 'stop'): RunningResponse {
  return { begun: BEGUN, narrowed: [], events: eventsOf(pieces, finishReason) };
}

async function* eventsOf(
  pieces: readonly (AnswerPiece | Error)[],
  reason: FinishReason,
): AsyncGenerator<ResponseEvent> {
  const items = new AnswerItems(BEGUN.id, 1);
  for (const piece of pieces) {
    if (piece instanceof Error) throw piece;
    yield* items.take(await Promise.resolve(piece));
  }
  yield* items.finish(finished({ finishReason: reason }));
  const usage = { promptTokens: 1, cachedTokens: 0, completionTokens: 9, reasoningTokens: items.reasoningTokens };
  const state = reason === 'length' ? 'incomplete' : 'completed';
  yield { type: 'finished', response: { ...BEGUN, state, output: items.items, usage } };
}

interface Event {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** The events in their order, with numbers from 0; each is named by its type. */
async function read(response: RunningResponse): Promise<Event[]> {
  const written = await joined(toResponseEvents(response));
  expect(written).toMatch(/^(?:event: [^\n]+\ndata: [^\n]+\n\n)+$/);
  const events = written.split('\n\n').slice(0, -1);
  return events.map((event, number) => {
    const [name = '', data = ''] = event.split('\n');
    const { sequence_number: sequence, ...fields } = JSON.parse(data.slice('data: '.length)) as Event;
    expect(sequence).toBe(number);
    expect(name).toBe(`event: ${fields.type}`);
    return fields;
  });
}

const typesOf = (events: readonly Event[]): string[] => events.map(({ type }) => type.replace('response.', ''));
const TEXT = ['output_item.added', 'content_part.added', 'output_text.delta'];
const TEXT_END = ['output_text.done', 'content_part.done', 'output_item.done'];

describe('a stream of a response', () => {
  it('has a text between the ends of its part and its item', async () => {
    const events = await read(running([text('Hel'), text('lo\n')]));
    const types = ['created', 'in_progress', ...TEXT, 'output_text.delta', ...TEXT_END, 'completed'];
    expect(typesOf(events)).toEqual(types);
    expect(events[0]).toMatchObject({ response: { status: 'in_progress', output: [], usage: null, error: null } });
    const id = (events[2] as unknown as { item: { id: string } }).item.id;
    const item = { id, type: 'message', role: 'assistant' };
    expect(events[2]).toEqual({
      type: 'response.output_item.added',
      output_index: 0,
      item: { ...item, status: 'in_progress', content: [] },
    });
    const place = { output_index: 0, item_id: id, content_index: 0 };
    const part = { type: 'output_text', annotations: [], logprobs: [] };
    expect(events[3]).toMatchObject({ ...place, part: { ...part, text: '' } });
    expect(events[5]).toEqual({ type: 'response.output_text.delta', ...place, delta: 'lo\n', logprobs: [] });
    expect(events[6]).toMatchObject({ ...place, text: 'Hello\n', logprobs: [] });
    expect(events[7]).toMatchObject({ ...place, part: { ...part, text: 'Hello\n' } });
    const done = { ...item, status: 'completed', content: [{ ...part, text: 'Hello\n' }] };
    expect(events[8]).toMatchObject({ output_index: 0, item: done });
    expect(events[9]).toMatchObject({ response: { status: 'completed', output: [done], usage: { total_tokens: 10 } } });
  });

  it('tells the chances of tokens with the delta, and all of them at the end', async () => {
    const chance = { text: 'Hel', bytes: [72, 101, 108], logprob: -0.5 };
    const pieces = ['Hel', 'lo'].map((word) => ({
      ...text(word),
      logprobs: [{ ...chance, top: [chance, { text: '?', bytes: null, logprob: -2 }] }],
    }));
    const events = await read(running(pieces));
    const worded = {
      token: 'Hel',
      bytes: [72, 101, 108],
      logprob: -0.5,
      top_logprobs: [
        { token: 'Hel', bytes: [72, 101, 108], logprob: -0.5 },
        { token: '?', bytes: [], logprob: -2 },
      ],
    };
    expect(events.find(({ type }) => type.endsWith('delta'))?.logprobs).toEqual([worded]);
    expect(events.find(({ type }) => type.endsWith('text.done'))?.logprobs).toEqual([worded, worded]);
    expect(events.at(-1)).toMatchObject({ response: { output: [{ content: [{ logprobs: [worded, worded] }] }] } });
  });

  it('has what the model thought as an item before, and counts its tokens', async () => {
    const events = await read(running([thought('Hm', 2), thought('.', 3), text('Yes.')]));
    expect(typesOf(events).slice(2, 9)).toEqual([
      'output_item.added',
      'content_part.added',
      'reasoning_text.delta',
      'reasoning_text.delta',
      'reasoning_text.done',
      'content_part.done',
      'output_item.done',
    ]);
    const reasoning = { type: 'reasoning', summary: [], content: [{ type: 'reasoning_text', text: 'Hm.' }] };
    expect(events.at(-1)).toMatchObject({
      type: 'response.completed',
      response: {
        output: [reasoning, { type: 'message', content: [{ text: 'Yes.' }] }],
        usage: { output_tokens_details: { reasoning_tokens: 3 } },
      },
    });
  });

  it('has each call as an item, its arguments piece by piece', async () => {
    const pieces = [
      call(0, '', { id: 'c1', name: 'f' }),
      call(0, '{"a"'),
      call(0, ':1}'),
      call(1, '{}', { id: 'c2', name: 'g' }),
    ];
    const events = await read(running([text('Wait.'), ...pieces], 'tool_calls'));
    expect(typesOf(events).slice(8, -1)).toEqual([
      'output_item.added',
      'function_call_arguments.delta',
      'function_call_arguments.delta',
      'function_call_arguments.done',
      'output_item.done',
      'output_item.added',
      'function_call_arguments.delta',
      'function_call_arguments.done',
      'output_item.done',
    ]);
    expect(events[8]).toMatchObject({
      output_index: 1,
      item: { type: 'function_call', call_id: 'c1', name: 'f', arguments: '', status: 'in_progress' },
    });
    expect(events[11]).toMatchObject({ output_index: 1, name: 'f', arguments: '{"a":1}' });
    expect(events.at(-1)).toMatchObject({
      response: {
        status: 'completed',
        output: [
          { type: 'message' },
          { type: 'function_call', call_id: 'c1', name: 'f', arguments: '{"a":1}', status: 'completed' },
          { type: 'function_call', call_id: 'c2', name: 'g', arguments: '{}', status: 'completed' },
        ],
      },
    });
    const { output } = events.at(-1)?.response as { output: { id: string }[] };
    expect(new Set(output.map(({ id }) => id)).size).toBe(3);
  });

  it('says what was cut', async () => {
    const events = await read(running([text('Hel')], 'length'));
    expect(events.at(-2)).toMatchObject({ type: 'response.output_item.done', item: { status: 'incomplete' } });
    expect(events.at(-1)).toMatchObject({
      type: 'response.incomplete',
      response: { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' }, completed_at: null },
    });
  });

  it('has an empty message where the model says nothing, and none where it was cut in its thoughts', async () => {
    const nothing = await read(running([text('')]));
    expect(nothing.at(-1)).toMatchObject({ response: { output: [{ type: 'message', content: [{ text: '' }] }] } });
    expect(typesOf(nothing)).toContain('output_text.done');
    const cut = await read(running([thought('Hm')], 'length'));
    expect(cut.at(-1)).toMatchObject({ response: { output: [{ type: 'reasoning', status: 'incomplete' }] } });
  });

  it('fails with the error, and with what was whole by then', async () => {
    const trouble = new ParleyError('runner_crashed', 'it ended');
    const events = await read(running([thought('Hm'), text('Hel'), trouble]));
    expect(events.at(-2)).toMatchObject({
      type: 'response.failed',
      response: {
        status: 'failed',
        error: { code: 'server_error', message: 'it ended' },
        output: [{ type: 'reasoning' }],
        code: 502,
        message: 'it ended',
      },
    });
    expect(events.at(-1)).toEqual({ type: 'error', code: 'runner_crashed', message: 'it ended', param: null });
  });

  it.each([
    ['overloaded', 'rate_limit_exceeded'],
    ['context_length_exceeded', 'invalid_prompt'],
    ['timeout', 'server_error'],
  ] as const)('words %s as %s', async (code, expected) => {
    const events = await read(running([new ParleyError(code, 'no')]));
    expect(events.at(-2)).toMatchObject({ response: { error: { code: expected } } });
  });

  it('says something, but not what it was, about an unknown error', async () => {
    const events = await read(running([text('a'), new Error('ENOENT /etc/secret')]));
    expect(JSON.stringify(events)).not.toContain('secret');
    expect(events.at(-1)).toMatchObject({ type: 'error', code: 'internal' });
  });
});
