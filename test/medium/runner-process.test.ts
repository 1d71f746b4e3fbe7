import { describe, expect, it } from 'vitest';
import { errorOf } from './support/errors.js';
import { exists, loadFixture, startFixture, texts } from './support/fixture-runner.js';
import { rawTask } from './support/tasks.js';

describe('a well-behaved runner', () => {
  it('tells its size, loads with progress, and says what it is', async () => {
    const { runner } = startFixture('echo');
    expect(await runner.size()).toBe(12_345);
    const progress: number[] = [];
    const facts = await runner.load((fraction) => progress.push(fraction));
    expect(progress).toEqual([0.5]);
    expect(facts).toMatchObject({ context: { size: 2048, trained: 4096 }, slots: 4 });
    expect(runner.memoryBytes).toBe(1000);
    expect(runner.alive).toBe(true);
  });

  it('answers requests side by side, each in order, with the scope it was given', async () => {
    const { runner } = await loadFixture('echo');
    const [a, b, scope] = await Promise.all([
      texts(runner.run(rawTask('one two three'), 'alice')),
      texts(runner.run(rawTask('un deux'), 'bob')),
      texts(runner.run(rawTask('scope'), 'carol')),
    ]);
    expect([a, b, scope]).toEqual([['one', 'two', 'three'], ['un', 'deux'], ['carol']]);
  });

  it('passes on a refusal as it is, and answers the next', async () => {
    const { runner } = await loadFixture('echo');
    const error = await errorOf(texts(runner.run(rawTask('refuse'), 's')));
    expect(error).toMatchObject({ code: 'context_length_exceeded', message: 'too long' });
    expect(await texts(runner.run(rawTask('still here'), 's'))).toEqual(['still', 'here']);
  });

  it('is paused by a slow reader and resumed by a fast one, and loses nothing', async () => {
    const { runner, stderr } = await loadFixture('echo');
    const run = runner.run(rawTask('stream'), 's');
    await stderr.has('paused 1');
    const read: string[] = [];
    while (!stderr.text.includes('resumed 1')) read.push(...(await texts(run, 1)));
    read.push(...(await texts(run, 500)));
    expect(read).toEqual(Array.from(read, (_, index) => String(index)));
    run.abort();
  });

  it('is told once that a request was aborted, and hears nothing of one that had ended', async () => {
    const { runner, stderr } = await loadFixture('echo');
    const ended = runner.run(rawTask('x'), 's');
    await texts(ended);
    ended.abort();
    const run = runner.run(rawTask('stream'), 's');
    await texts(run, 1);
    run.abort();
    run.abort();
    await stderr.has('aborted 2');
    expect(stderr.text).not.toContain('aborted 1');
    expect(stderr.text.split('aborted 2')).toHaveLength(2);
  });
});

describe('stop', () => {
  it('resolves when the process is gone', async () => {
    const { runner } = await loadFixture('echo');
    const { pid } = runner;
    expect(exists(pid)).toBe(true);
    await runner.stop();
    expect(exists(pid)).toBe(false);
    expect(runner.alive).toBe(false);
    expect(await runner.ended).toMatchObject({ expected: true });
    await runner.stop();
  });

  it('ends running requests with an error that says so', async () => {
    const { runner } = await loadFixture('echo');
    const run = runner.run(rawTask('stream'), 's');
    await texts(run, 1);
    await runner.stop();
    expect((await errorOf(texts(run))).code).toBe('model_not_loaded');
  });

  it('ends a load', async () => {
    const { runner } = startFixture('never-ready');
    await runner.size();
    const loading = runner.load(() => undefined);
    const refused = expect(loading).rejects.toMatchObject({ name: 'LoadFailure', failure: 'failed' });
    await runner.stop();
    await refused;
  });

  it('leaves a handle that refuses requests', async () => {
    const { runner } = await loadFixture('echo');
    await runner.stop();
    const run = runner.run(rawTask('x'), 's');
    expect((await errorOf(texts(run))).code).toBe('runner_crashed');
    run.abort();
  });
});
