import { describe, expect, it } from 'vitest';
import { piecesOf, toLaunchRequest, toQuestion } from '../../src/dialects/ml-backend/ml-backend.codec.js';
import { toGenerateRequest, toLines, toResponse } from '../../src/dialects/rkllama/rkllama.codec.js';
import { ParleyError } from '../../src/inference/errors.js';
import { answer, chunks, failing, finished, joined } from './support/answers.js';

interface Line {
  readonly choices?: readonly [{ readonly content: string; readonly finish_reason: string | null }];
  readonly usage?: object;
  readonly error?: string;
}

async function lines(stream: AsyncIterable<string>): Promise<Line[]> {
  const text = await joined(stream);
  expect(text).toMatch(/\n$/);
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}

describe('rkllama requests', () => {
  it('take a sentence for a user’s message, and messages as they are', () => {
    expect(toGenerateRequest({ messages: 'Bonjour' }, 'm')).toEqual({
      model: 'm',
      prompt: { kind: 'messages', messages: [{ role: 'user', content: 'Bonjour' }] },
      sampling: {},
    });
    const messages = [
      { role: 'system' as const, content: 's' },
      { role: 'user' as const, content: 'u' },
    ];
    expect(toGenerateRequest({ messages }, 'm').prompt).toEqual({ kind: 'messages', messages });
  });
});

describe('rkllama answers', () => {
  it('have the document’s shape', () => {
    const response = toResponse(answer('Bonjour', { promptTokens: 3, completionTokens: 2, finishReason: 'length' }));
    expect(response).toMatchObject({
      id: 'rkllm_chat',
      object: 'rkllm_chat',
      choices: [{ role: 'assistant', content: 'Bonjour', finish_reason: 'length' }],
      usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
    });
    expect(Number.isInteger(response.created)).toBe(true);
  });

  it('stream one object a line, whatever the text holds, the last with reason and usage', async () => {
    const all = await lines(toLines(chunks('deux\nlignes', '"', finished({ promptTokens: 3, completionTokens: 2 }))));
    expect(all.map(({ choices }) => choices?.[0].content)).toEqual(['deux\nlignes', '"', '']);
    expect(all.map(({ choices }) => choices?.[0].finish_reason)).toEqual([null, null, 'stop']);
    expect(all[0]?.usage).toEqual({ prompt_tokens: null, completion_tokens: null, total_tokens: null });
    expect(all[2]?.usage).toEqual({ prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 });
  });

  it('end with a line of error after trouble', async () => {
    const all = await lines(toLines(failing(new ParleyError('runner_crashed', 'it ended'), 'Bon')));
    expect(all[1]?.error).toContain('it ended');
    const unknown = await lines(toLines(failing(new Error('ENOENT /etc/secret'))));
    expect(unknown[0]?.error).toMatch(/^Erreur interne/);
    expect(JSON.stringify(unknown)).not.toContain('secret');
  });
});

describe('ml-backend', () => {
  it('has its defaults, and carries what is set', () => {
    expect(toLaunchRequest({ model_name: 'm' })).toEqual({ model: 'm', contextSize: 8192, namesContext: false });
    expect(toLaunchRequest({ model_name: 'm', n_ctx: 512 })).toEqual({
      model: 'm',
      contextSize: 512,
      namesContext: true,
    });
    expect(toQuestion({ model_name: 'm', prompt: 'p' }, 's')).toEqual({
      model: 'm',
      session: 's',
      prompt: 'p',
      maxTokens: 512,
    });
    expect(toQuestion({ model_name: 'm', prompt: 'p', max_new_tokens: 1 }, 's').maxTokens).toBe(1);
  });

  it('streams bare text', async () => {
    expect(await joined(piecesOf(chunks('a', '\n', 'b', finished())))).toBe('a\nb');
  });

  it('throws trouble on, so that nobody takes a torso for an answer', async () => {
    await expect(joined(piecesOf(failing(new ParleyError('runner_crashed', 'gone'), 'a')))).rejects.toThrow('gone');
  });
});
