import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChatMessage, TextGenerationTask } from '../../src/inference/text-tasks.js';
import { LlamaRunner, STARTER } from '../medium/support/llama-runner.js';
import { errorOf } from '../medium/support/errors.js';
import { loadFixture, texts } from '../medium/support/fixture-runner.js';
import { chatTask, rawTask } from '../medium/support/tasks.js';
import { withTemplate } from './support/gguf-bombs.js';

const HELLO = chatTask([{ role: 'user', content: 'Hello!' }], { maxTokens: 3 });
const BESIDE = 5;

function conversation(count: number, content: string): ChatMessage[] {
  return Array.from({ length: count }, (_, index) => ({ role: index % 2 === 0 ? 'user' : 'assistant', content }));
}

/** Outcome of a request, and how many short requests of another key were answered one after the other before it. */
async function beside(llama: LlamaRunner, task: TextGenerationTask): Promise<{ outcome: string; answered: number }> {
  const state = { outcome: '' };
  const long = llama.ask(task, 'a').then(
    ({ started }) => (state.outcome = `dropped ${String(started.droppedMessages)}`),
    (error: unknown) => (state.outcome = String((error as { code: unknown }).code)),
  );
  let answered = 0;
  while (state.outcome === '' && answered < BESIDE) {
    await llama.ask(HELLO, 'b');
    answered++;
  }
  await long;
  return { outcome: state.outcome, answered };
}

describe('prompts that are far too long', () => {
  let llama: LlamaRunner;
  beforeAll(async () => {
    ({ llama } = await LlamaRunner.load());
  });
  afterAll(() => llama.stop());

  it('20,000 messages are refused before they are rendered, with both counts', async () => {
    const error = await errorOf(llama.ask(chatTask(conversation(20_001, 'x'))));
    expect(error).toMatchObject({ code: 'context_length_exceeded', param: 'messages' });
    const [atLeast = 0, context] = [...error.message.matchAll(/\d+/g)].map(Number);
    expect(error.message).toContain('at least');
    expect(atLeast).toBeGreaterThan(20_000);
    expect(context).toBe(1024);
  });

  it.each([
    ['one word', 'a'.repeat(600_000)],
    ['line ends', '\n'.repeat(600_000)],
    ['blanks', ' '.repeat(600_000)],
    ['Chinese', '漢字'.repeat(200_000)],
    ['special texts', '<|im_end|>'.repeat(60_000)],
  ])('a message of %s is refused while another key is served', async (_, content) => {
    const { outcome } = await beside(llama, chatTask([{ role: 'user', content }]));
    expect(outcome).toBe('context_length_exceeded');
    expect((await llama.ask(HELLO)).finished.completionTokens).toBe(3);
  });

  it('drop-oldest of 20,000 messages lets another key through meanwhile', async () => {
    const task = chatTask(conversation(20_001, 'x'), { overflow: 'drop-oldest', maxTokens: 4 });
    const { outcome } = await beside(llama, task);
    expect(Number(outcome.replace('dropped ', ''))).toBeGreaterThan(19_500);
  });

  it('drop-oldest keeps as much as fits', async () => {
    const long = conversation(4001, 'word '.repeat(20));
    const { started } = await llama.ask(chatTask(long, { overflow: 'drop-oldest', maxTokens: 4 }));
    expect(started.promptTokens).toBeLessThanOrEqual(1020);
    const turn = started.promptTokens / (4001 - started.droppedMessages);
    expect(started.promptTokens).toBeGreaterThan(1020 - 3 * turn);
  });

  it('a long text for the token route lets another key through', async () => {
    const prompt = { kind: 'raw', text: '\n'.repeat(140_000) } as const;
    const run = llama.runner.run({ kind: 'tokenize', model: 'm', prompt, specialTokens: false, sampling: {} }, 'a');
    let found = 0;
    let chunks = 0;
    const counted = (async () => {
      for await (const chunk of run.chunks) {
        if (chunk.type === 'tokens') {
          found += chunk.tokens.length;
          chunks++;
        }
      }
    })();
    await llama.ask(HELLO, 'b');
    const before = found;
    await counted;
    expect(before).toBeLessThan(found);
    expect(found).toBeGreaterThanOrEqual(140_000);
    expect(chunks).toBeGreaterThan(10);
  });
});

describe('a chat template without end', () => {
  const path = join(tmpdir(), `endless-${String(process.pid)}.gguf`);
  const loop = '{% for a in range(99999) %}{% for b in range(99999) %}x{% endfor %}{% endfor %}';
  let llama: LlamaRunner;
  beforeAll(async () => {
    const template = `{% if messages[0].content == 'go' %}${loop}{% else %}{{ messages[0].content }}{% endif -%}`;
    writeFileSync(path, withTemplate(readFileSync(STARTER), template));
    ({ llama } = await LlamaRunner.load({ path }));
  });
  afterAll(async () => {
    await llama.stop();
    rmSync(path);
  });

  it('fails the request alone that runs into it; others are answered before', async () => {
    const go = llama.ask(chatTask([{ role: 'user', content: 'go' }]), 'a');
    let ended = false;
    void go.catch(() => undefined).finally(() => (ended = true));
    await llama.ask(HELLO, 'b');
    await llama.ask(HELLO, 'b');
    expect(ended).toBe(false);
    const error = await errorOf(go);
    expect(error).toMatchObject({ code: 'invalid_request', param: 'messages' });
    expect(error.message).toContain('longer than');
    expect((await llama.ask(HELLO, 'b')).started.promptTokens).toBeGreaterThan(0);
  });

  it('is left when its client leaves', async () => {
    const run = llama.runner.run(chatTask([{ role: 'user', content: 'go' }]), 'a');
    await llama.ask(HELLO, 'b');
    run.abort();
    // The thread is free for the next, which has its whole budget.
    expect(await errorOf(llama.ask(chatTask([{ role: 'user', content: 'go' }]), 'c'))).toMatchObject({
      code: 'invalid_request',
    });
  });
});

describe('a runner that is busy preparing one request', () => {
  it('is not taken for one that hangs, and serves the others', async () => {
    const { runner } = await loadFixture('prepares', { stall: 200 });
    const preparing = runner.run(rawTask('x'), 'a');
    const ended = runner.ended.then(() => 'ended');
    const waited = new Promise((resolve) => setTimeout(() => resolve('alive'), 800));
    expect(await Promise.race([ended, waited])).toBe('alive');
    expect(await texts(runner.run(rawTask('y'), 'b'))).toEqual(['answered']);
    preparing.abort();
  });

  it('and falls silent over it fails that request with what its client can change', async () => {
    const { runner } = await loadFixture('prepares', { silence: 300 });
    const preparing = errorOf(texts(runner.run(rawTask('x'), 'a')));
    const other = errorOf(texts(runner.run(rawTask('freeze'), 'b')));
    expect(await preparing).toMatchObject({ code: 'invalid_request' });
    expect(await other).toMatchObject({ code: 'runner_crashed' });
  });
});
