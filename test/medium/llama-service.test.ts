import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TextGenerationTask } from '../../src/inference/text-tasks.js';
import { errorOf } from './support/errors.js';
import { answerOf, LlamaRunner } from './support/llama-runner.js';
import { fixture, taskOf } from './support/starter-fixtures.js';
import { chatTask } from './support/tasks.js';

let llama: LlamaRunner;

beforeAll(async () => {
  ({ llama } = await LlamaRunner.load({ slots: 2 }));
});

afterAll(() => llama.stop());

const COUNT = taskOf(fixture('count-100'));

describe('prefix reuse', () => {
  const LONG = `Repeat: ${'purple marble lantern '.repeat(6)}`;
  const question = chatTask([{ role: 'user', content: LONG }], { maxTokens: 3 });

  it('shows in cachedTokens for the same key, and changes no answer', async () => {
    const first = await llama.ask(question, 'carol');
    const again = await llama.ask(question, 'carol');
    expect(first.finished.cachedTokens).toBe(0);
    expect(again.finished.cachedTokens).toBe(first.started.promptTokens - 1);
    expect(again.text).toBe(first.text);
  });

  it('never crosses keys', async () => {
    await llama.ask(question, 'dave');
    await llama.ask(question, 'dave');
    expect((await llama.ask(question, 'erin')).finished.cachedTokens).toBe(0);
  });

  it('takes up a conversation where it was', async () => {
    const told = fixture('memory-tell');
    const first = await llama.ask(taskOf(told), 'frank');
    const next = await llama.ask(taskOf(fixture('memory-name')), 'frank');
    expect(next.text).toBe(fixture('memory-name').expect);
    expect(next.finished.cachedTokens).toBeGreaterThanOrEqual(first.started.promptTokens - 1);
  });
});

describe('a seed', () => {
  const hot = (seed: number): TextGenerationTask =>
    chatTask([{ role: 'user', content: 'Tell me a story about a lamp.' }], {
      sampling: { temperature: 1, topP: 1, topK: 0, seed },
      maxTokens: 40,
    });

  it('gives the same text again, alone or beside others', async () => {
    const alone = await llama.ask(hot(7), 'one');
    const [beside] = await Promise.all([llama.ask(hot(7), 'two'), llama.ask(COUNT, 'three')]);
    expect((await llama.ask(hot(7), 'one')).text).toBe(alone.text);
    expect(beside.text).toBe(alone.text);
  });

  it('gives other texts when it is another', async () => {
    const texts: string[] = [];
    for (const seed of [1, 2, 3, 4, 5]) texts.push((await llama.ask(hot(seed), 'one')).text);
    expect(new Set(texts).size).toBeGreaterThan(1);
  });
});

describe('requests side by side', () => {
  it('beyond the slots all get their answers', async () => {
    const ids = ['count-100', 'greeting-ru', 'define', 'define-fr', 'count-10', 'spell'];
    const answers = await Promise.all(ids.map((id) => llama.ask(taskOf(fixture(id)), id)));
    expect(answers.map(({ text }) => text)).toEqual(ids.map((id) => fixture(id).expect));
  });
});

describe('an abort', () => {
  it('frees the slot for the next, whatever the request was doing', async () => {
    for (let round = 0; round < 6; round++) {
      const runs = Array.from({ length: 2 }, () => llama.runner.run(COUNT, 'aborted'));
      for (const [index, run] of runs.entries()) {
        for (let chunks = 0; chunks < (round + index) % 3; chunks++) await run.chunks.next();
        run.abort();
      }
    }
    const answers = await Promise.all([
      llama.ask(taskOf(fixture('count-10'))),
      llama.ask(taskOf(fixture('define-ru'))),
    ]);
    expect(answers.map(({ text }) => text)).toEqual([fixture('count-10').expect, fixture('define-ru').expect]);
  });

  it('does not disturb the request beside it', async () => {
    const aborted = llama.runner.run(COUNT, 'a');
    const beside = llama.ask(COUNT, 'b');
    await aborted.chunks.next();
    await aborted.chunks.next();
    aborted.abort();
    expect((await beside).text).toBe(fixture('count-100').expect);
  });
});

describe('a prompt that is too long', () => {
  const words = 'What is the capital of France? '.repeat(300);

  it('is refused with both counts, and nothing is cut', async () => {
    const error = await errorOf(llama.ask(chatTask([{ role: 'user', content: words }])));
    expect(error).toMatchObject({ code: 'context_length_exceeded', param: 'messages' });
    const [promptTokens, contextSize] = [...error.message.matchAll(/\d+/g)].map(([digits]) => Number(digits));
    expect(contextSize).toBe(1024);
    expect(promptTokens).toBeGreaterThan(1024);
  });

  it('leaves the slots free', async () => {
    for (let count = 0; count < 4; count++) await errorOf(llama.ask(chatTask([{ role: 'user', content: words }])));
    expect((await llama.ask(taskOf(fixture('count-10')))).text).toBe(fixture('count-10').expect);
  });

  it('loses its oldest turns when it may, and says how many', async () => {
    const old = { role: 'user', content: words.slice(0, 3000) } as const;
    const messages = [old, { role: 'assistant', content: 'Paris.' }, ...fixture('memory-name').messages] as const;
    const answer = await llama.ask(chatTask(messages, { overflow: 'drop-oldest' }));
    expect(answer.text).toBe(fixture('memory-name').expect);
    expect(answer.started.droppedMessages).toBe(2);
  });

  it('is not the only limit: an answer ends where the context does', async () => {
    const { finished, started } = await llama.ask(
      chatTask([{ role: 'user', content: words.slice(0, 2000) }], { sampling: { temperature: 1, seed: 3 } }),
    );
    expect(started.promptTokens + finished.completionTokens).toBeLessThanOrEqual(1024);
  });
});

describe('a slow reader', () => {
  it('gets all of a long answer in the end, and keeps nobody else waiting', async () => {
    const slow = llama.runner.run(COUNT, 'slow');
    for (let others = 0; others < 3; others++) {
      expect((await llama.ask(COUNT, 'fast')).text).toBe(fixture('count-100').expect);
    }
    const { text, pieces } = await answerOf(slow);
    expect(text).toBe(fixture('count-100').expect);
    expect(pieces.length).toBeGreaterThan(256); // else it was never paused
  });
});
