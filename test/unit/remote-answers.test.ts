import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../src/inference/json-value.js';
import { TextAnswerReader } from '../../src/inference/remote/text-answer-reader.js';
import type { TextTask } from '../../src/inference/remote/text-request.js';
import { textsOfVocabulary } from '../../src/inference/remote/vocabulary-text.js';
import type { AnswerPiece, TextFinished } from '../../src/inference/text-tasks.js';
import { matching } from '../support/matchers.js';
import { errorOf } from './support/errors.js';

type Wishes = Pick<TextTask, 'tools' | 'logprobs' | 'reasoning'>;

const TOOLS: Wishes = { tools: { tools: [{ name: 'f' }, { name: 'g' }], choice: 'auto', parallel: true } };

function delta(fields: JsonValue, finish: string | null = null, more: object = {}): JsonValue {
  return { choices: [{ index: 0, delta: fields, finish_reason: finish, ...more }] };
}

function call(index: number, made: JsonValue, id?: string): JsonValue {
  return { tool_calls: [{ index, ...(id !== undefined && { id }), type: 'function', function: made }] };
}

function read(wishes: Wishes, ...events: readonly JsonValue[]): { pieces: AnswerPiece[]; end: TextFinished } {
  const reader = new TextAnswerReader('m', wishes);
  const pieces = events.flatMap((event) => reader.read(event));
  return { pieces, end: reader.end() };
}

describe('an answer of another server', () => {
  it('is its text, with the counts that the server tells', () => {
    const usage = { prompt_tokens: 5, completion_tokens: 9, prompt_tokens_details: { cached_tokens: 4 } };
    const { pieces, end } = read(
      {},
      delta({ role: 'assistant', content: '' }),
      delta({ content: 'Hel' }),
      delta({ content: 'lo' }),
      delta({}, 'stop'),
      { choices: [], usage },
    );
    expect(pieces).toEqual([
      { type: 'text', text: 'Hel', completionTokens: 1 },
      { type: 'text', text: 'lo', completionTokens: 2 },
    ]);
    const counts = { promptTokens: 5, completionTokens: 9, cachedTokens: 4 };
    expect(end).toEqual({ type: 'finished', finishReason: 'stop', ...counts });
  });

  it('counts pieces where the server tells nothing', () => {
    const { end } = read({}, delta({ content: 'a' }), delta({ content: 'b' }, 'length'));
    expect(end).toMatchObject({ finishReason: 'length', promptTokens: 0, completionTokens: 2, cachedTokens: 0 });
  });

  it('of a raw prompt is its text', () => {
    const { pieces } = read({}, { choices: [{ text: 'Once', finish_reason: 'stop' }] });
    expect(pieces).toEqual([{ type: 'text', text: 'Once', completionTokens: 1 }]);
  });

  it('has its reasoning apart where that was asked for, by either name', () => {
    const { pieces } = read(
      { reasoning: 'separate' },
      delta({ reasoning_content: 'hm' }),
      delta({ reasoning: 'ah' }),
      delta({ content: 'yes' }, 'stop'),
    );
    expect(pieces).toEqual([
      { type: 'reasoning', text: 'hm', completionTokens: 1 },
      { type: 'reasoning', text: 'ah', completionTokens: 2 },
      { type: 'text', text: 'yes', completionTokens: 3 },
    ]);
  });

  it('has its reasoning as the model wrote it where it was not', () => {
    const parts = [{ reasoning: 'hm' }, { reasoning: 'ah' }, { content: 'yes' }];
    const { pieces } = read({}, ...parts.map((part) => delta(part)), delta({}, 'stop'));
    expect(pieces.map((piece) => piece.type === 'text' && piece.text)).toEqual(['<think>hm', 'ah', '</think>yes']);
    const calling = read(
      TOOLS,
      delta({ reasoning: 'hm' }),
      delta(call(0, { name: 'f', arguments: '{}' }), 'tool_calls'),
    );
    expect(calling.pieces.map(({ type }) => type)).toEqual(['text', 'text', 'tool-call']);
  });

  it('makes calls whose first pieces have id and name', () => {
    const { pieces, end } = read(
      TOOLS,
      delta(call(0, { name: 'f', arguments: '' }, 'c1')),
      delta(call(0, { arguments: '{"a"' })),
      delta(call(0, { name: 'f', arguments: ':1}' }, 'c1')),
      delta(call(3, { name: 'g', arguments: '{}' })),
      delta({}, 'stop'),
    );
    expect(pieces).toEqual([
      { type: 'tool-call', index: 0, id: 'c1', name: 'f', arguments: '', completionTokens: 1 },
      { type: 'tool-call', index: 0, arguments: '{"a"', completionTokens: 2 },
      { type: 'tool-call', index: 0, arguments: ':1}', completionTokens: 3 },
      { type: 'tool-call', index: 1, id: matching(/^call_\w+$/), name: 'g', arguments: '{}', completionTokens: 4 },
    ]);
    expect(end.finishReason).toBe('tool_calls');
  });

  it('makes another call at each new id where there are no indices', () => {
    const made = (id: string, name: string): JsonValue => ({ id, function: { name, arguments: '{}' } });
    const { pieces } = read(TOOLS, delta({ tool_calls: [made('a', 'f'), made('b', 'g')] }, 'tool_calls'));
    expect(pieces).toMatchObject([
      { index: 0, id: 'a', name: 'f' },
      { index: 1, id: 'b', name: 'g' },
    ]);
  });

  it('tells log probabilities as chats have them', () => {
    const token = { token: 'Hi', logprob: -0.5, bytes: [72, 105], top_logprobs: [{ token: 'Ho', logprob: -1 }] };
    const { pieces } = read({ logprobs: 1 }, delta({ content: 'Hi' }, 'stop', { logprobs: { content: [token] } }));
    expect(pieces).toEqual([
      {
        type: 'text',
        text: 'Hi',
        completionTokens: 1,
        logprobs: [
          { text: 'Hi', logprob: -0.5, bytes: [72, 105], top: [{ text: 'Ho', logprob: -1, bytes: [72, 111] }] },
        ],
      },
    ]);
  });

  it('tells log probabilities as completions have them', () => {
    const logprobs = {
      tokens: ['a', '\uFFFD'],
      token_logprobs: [-0.5, null],
      top_logprobs: [{ x: -2, a: -0.5 }, null],
    };
    const { pieces } = read({ logprobs: 2 }, { choices: [{ text: 'a', logprobs, finish_reason: 'stop' }] });
    const [a, x] = [
      { text: 'a', logprob: -0.5, bytes: [97] },
      { text: 'x', logprob: -2, bytes: [120] },
    ];
    const unknown = { text: '\uFFFD', logprob: -9999, bytes: null, top: [] };
    expect(pieces).toEqual([
      { type: 'text', text: 'a', completionTokens: 2, logprobs: [{ ...a, top: [a, x] }, unknown] },
    ]);
  });

  it.each([
    ['does not end', [delta({ content: 'a' })], 'broke off'],
    ['is withheld', [delta({ content: 'a' }, 'content_filter')], 'content_filter'],
    ['calls nobody', [delta(call(0, { arguments: '{}' }))], 'without its name'],
  ])('that %s is an error', async (_, events, words) => {
    const error = await errorOf(() => read(TOOLS, ...events));
    expect(error).toMatchObject({ code: 'runner_crashed', away: true });
    expect(error.message).toContain(words);
  });

  it('that calls a tool without having been given one is an error', async () => {
    const error = await errorOf(() => read({}, delta(call(0, { name: 'f', arguments: '{}' }), 'stop')));
    expect(error.message).toContain('not given');
  });
});

describe('texts of a vocabulary', () => {
  it.each([
    [
      ['Hello', 'Ġworld', 'Ċ', 'Ã©', '<|end|>'],
      ['Hello', ' world', '\n', 'é', '<|end|>'],
    ],
    [
      ['▁Hello', ',', '<0x0A>', '▁▁'],
      [' Hello', ',', '\n', '  '],
    ],
    [
      ['Hello', ' world', 'Ã'],
      ['Hello', ' world', 'Ã'],
    ],
  ])('%j are %j', (names, texts) => {
    expect(textsOfVocabulary(names)).toEqual(texts);
  });
});
