import { describe, expect, it, onTestFinished } from 'vitest';
import { LlamaRunner } from '../medium/support/llama-runner.js';
import { errorOf } from '../medium/support/errors.js';
import { exists, loadFixture, texts } from '../medium/support/fixture-runner.js';
import { chatTask, rawTask } from '../medium/support/tasks.js';
import { freeze, thaw } from '../support/processes.js';

const HELLO = chatTask([{ role: 'user', content: 'Hello!' }]);

/** Stands still for so long, with everything that this process would do meanwhile. */
function sleepWholly(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

describe('a runner that hangs', () => {
  it('with a real model, in the middle of its answers: all of them end, and it is killed', async () => {
    const { llama } = await LlamaRunner.load({}, { silence: 1000 });
    onTestFinished(() => llama.stop());
    const { pid } = llama.runner;
    expect((await llama.ask(HELLO)).text).toContain('Hello!');
    const answers = ['a', 'b', 'c', 'd', 'waits'].map((scope) => llama.ask(HELLO, scope));
    freeze(pid);
    for (const answer of answers) {
      expect(await errorOf(answer)).toMatchObject({
        code: 'runner_crashed',
        message: expect.stringContaining('it sent no heartbeat') as string,
      });
    }
    await llama.runner.ended;
    expect(exists(pid)).toBe(false);
  });

  it('by silence: it is killed', async () => {
    const { runner } = await loadFixture('silent', { silence: 300 });
    const { pid } = runner;
    const run = runner.run(rawTask('x'), 's');
    const error = await errorOf(texts(run));
    expect(error.code).toBe('runner_crashed');
    expect(error.message).toContain('it sent no heartbeat');
    expect((await runner.ended).expected).toBe(false);
    expect(exists(pid)).toBe(false);
  });

  it('by silence while nobody asks it anything', async () => {
    const { runner } = await loadFixture('silent', { silence: 300 });
    expect((await runner.ended).reason).toContain('it sent no heartbeat');
  });

  it('by computing without a word, later: a step may take long', async () => {
    const { runner } = await loadFixture('computes', { silence: 200, stall: 1000 });
    const error = await errorOf(texts(runner.run(rawTask('x'), 's')));
    expect(error.code).toBe('runner_crashed');
    expect(error.message).toContain('it made no progress');
  });

  it('by making no progress while it has something to do: it is killed', async () => {
    const { runner } = await loadFixture('stalls', { stall: 300 });
    const run = runner.run(rawTask('x'), 's');
    expect(await texts(run, 1)).toEqual(['begun']);
    const error = await errorOf(texts(run));
    expect(error.code).toBe('runner_crashed');
    expect(error.message).toContain('it made no progress');
  });
});

describe('a runner that stood still together with its service', () => {
  it('is heard again before it is judged, as after SIGSTOP or in a container that was frozen', async () => {
    const { runner, stderr } = await loadFixture('beats', { silence: 300, stall: 600 });
    const run = runner.run(rawTask('x'), 's');
    expect(await texts(run, 1)).toEqual(['begun']);
    freeze(runner.pid);
    sleepWholly(1500);
    thaw(runner.pid);
    const outcome = await Promise.race([stderr.next('beat', 50).then(() => 'alive'), runner.ended]);
    expect(outcome).toBe('alive');
  });
});
