import { describe, expect, it } from 'vitest';
import { toEvent, toEvents, toGenerateRequest, toModelInfo } from '../../src/dialects/llama-local/llama-local.codec.js';
import { ParleyError } from '../../src/inference/errors.js';
import { chunks, entry, failing, finished, FACTS, joined } from './support/answers.js';

/** The data of each event, as the server-sent events standard has it. */
function dataOf(stream: string): string[] {
  return stream
    .split('\n\n')
    .slice(0, -1)
    .map((event) =>
      event
        .split('\n')
        .map((line) => {
          expect(line).toMatch(/^data: /);
          return line.slice('data: '.length);
        })
        .join('\n'),
    );
}

describe('llama-local events', () => {
  it.each(['one', '', ' leading', 'two\nlines', '\n', '\n\n', 'ends\n', '🚀 и текст', 'data: data: x', ': comment'])(
    'carry %j as it is',
    (piece) => {
      expect(dataOf(toEvent(piece))).toEqual([piece]);
    },
  );

  it('turn every kind of line end into a line', () => {
    expect(toEvent('a\r\nb\rc')).toBe('data: a\ndata: b\ndata: c\n\n');
  });

  it('end with [DONE]', async () => {
    expect(await joined(toEvents(chunks('Hello', '\nyou', finished())))).toBe(
      'data: Hello\n\ndata: \ndata: you\n\ndata: [DONE]\n\n',
    );
  });

  it('end with [ERROR] and one line of message after trouble', async () => {
    const events = await joined(toEvents(failing(new ParleyError('runner_crashed', 'it\nended'), 'Hel')));
    expect(dataOf(events)).toEqual(['Hel', '[ERROR] it ended']);
  });

  it('do not tell what an unknown error says', async () => {
    const events = await joined(toEvents(failing(new Error('ENOENT /etc/secret'))));
    expect(events).toMatch(/^data: \[ERROR\] \S/);
    expect(events).not.toContain('secret');
  });
});

describe('llama-local requests', () => {
  it('have the document’s defaults', () => {
    expect(toGenerateRequest({ prompt: 'Hi' })).toEqual({
      prompt: { kind: 'messages', messages: [{ role: 'user', content: 'Hi' }] },
      sampling: { temperature: 0.7, topP: 0.9, topK: 40, repeatPenalty: 1.1 },
      maxTokens: 512,
    });
  });

  it('carry what was asked for, zero included', () => {
    const body = { prompt: 'Hi', temperature: 0, top_p: 0, top_k: 1, repeat_penalty: 1, max_tokens: 1 };
    expect(toGenerateRequest(body)).toMatchObject({
      sampling: { temperature: 0, topP: 0, topK: 1, repeatPenalty: 1 },
      maxTokens: 1,
    });
  });
});

describe('llama-local model info', () => {
  it('has the document’s ten fields and no folder', () => {
    const info = toModelInfo(entry({ path: '/home/me/models/m.gguf' }), FACTS);
    expect(Object.keys(info).sort()).toEqual(
      [
        'path',
        'loaded',
        'n_ctx',
        'n_gpu_layers',
        'temperature',
        'top_p',
        'top_k',
        'repeat_penalty',
        'max_tokens',
        'stream',
      ].sort(),
    );
    expect(info).toMatchObject({ path: 'm.gguf', loaded: true, n_ctx: FACTS.context?.size, n_gpu_layers: 0 });
  });
});
