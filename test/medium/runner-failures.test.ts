import { describe, expect, it } from 'vitest';
import { LoadFailure } from '../../src/inference/runners/load-failure.js';
import type { RunnerProcess } from '../../src/inference/runners/runner-process.js';
import { errorOf } from './support/errors.js';
import { exists, loadFixture, startFixture, texts } from './support/fixture-runner.js';
import { rawTask } from './support/tasks.js';

/** Why a runner cannot be loaded, and that nothing is left of it. */
async function failureOf(runner: RunnerProcess): Promise<LoadFailure> {
  const { pid } = runner;
  const thrown: unknown = await runner
    .size()
    .then(() => runner.load(() => undefined))
    .then(
      () => undefined,
      (error: unknown) => error,
    );
  expect(thrown).toBeInstanceOf(LoadFailure);
  await runner.ended;
  expect(runner.alive).toBe(false);
  expect(exists(pid)).toBe(false);
  return thrown as LoadFailure;
}

describe('a runner that cannot load', () => {
  it('because it ends at once', async () => {
    const failure = await failureOf(startFixture('exits-on-init').runner);
    expect(failure).toMatchObject({ failure: 'failed' });
    expect(failure.message).toContain('exit code 7');
  });

  it.each([1, 2, 3, 4, 5])(
    'because it ends while loading: its last complaint is told, without the folder (%i)',
    async () => {
      const { runner } = startFixture('exits-on-load');
      const failure = await failureOf(runner);
      expect(failure.failure).toBe('failed');
      expect(failure.message).toContain('exit code 3');
      expect(failure.message).toContain('error: m.gguf is a hoax');
      expect(failure.message).not.toContain('/srv');
      expect((await runner.ended).expected).toBe(false);
    },
  );

  it('because it never tells its size', async () => {
    const { message } = await failureOf(startFixture('never-sized', { size: 300 }).runner);
    expect(message).toContain('it was not ready within');
  });

  it('because it is never ready', async () => {
    const failure = await failureOf(startFixture('never-ready', { load: 300 }).runner);
    expect(failure.failure).toBe('failed');
    expect(failure.message).toContain('it was not ready within');
  });

  it('because it says that memory is short', async () => {
    const failure = await failureOf(startFixture('out-of-memory').runner);
    expect(failure).toMatchObject({ failure: 'out-of-memory', message: 'there is not enough memory for it' });
  });

  it('because somebody else killed it, which is taken for the kernel’s out-of-memory killer', async () => {
    expect(await failureOf(startFixture('killed-on-load').runner)).toMatchObject({ failure: 'out-of-memory' });
  });

  it('because it breaks the protocol', async () => {
    const { runner } = startFixture('breaks-protocol');
    await expect(runner.size()).rejects.toMatchObject({ name: 'LoadFailure', failure: 'failed' });
  });

  it('because its script is not there', async () => {
    expect(await failureOf(startFixture('no-such-script').runner)).toMatchObject({ failure: 'failed' });
  });
});

describe('a runner that fails in service', () => {
  it('by a crash: running requests end with its last words, after what had come', async () => {
    const { runner } = await loadFixture('crashes-in-run');
    const run = runner.run(rawTask('x'), 's');
    expect(await texts(run, 1)).toEqual(['half']);
    const error = await errorOf(texts(run));
    expect(error.code).toBe('runner_crashed');
    expect(error.message).toContain('GGML_ASSERT(x != NULL) failed');
    expect(error.message).not.toContain('/build');
    expect(await runner.ended).toMatchObject({ expected: false });
    expect((await runner.ended).reason).toContain('exit code 134');
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

  it('not by making no progress while it has nothing to do', async () => {
    const { runner, stderr } = await loadFixture('floods', { stall: 100 });
    await stderr.next('beat', 50);
    expect(runner.alive).toBe(true);
  });

  it('not by making no progress while its only reader is slow', async () => {
    const { runner, stderr } = await loadFixture('floods', { stall: 100 });
    const run = runner.run(rawTask('x'), 's');
    expect(await texts(run, 1)).toEqual(['0']);
    const outcome = await Promise.race([stderr.next('beat', 50).then(() => 'alive'), runner.ended]);
    expect(outcome).toBe('alive');
    expect(await texts(run)).toHaveLength(299);
  });
});

describe('a runner that is noisy on stderr', () => {
  it('is read to the end, serves all the same, and its last words are short', async () => {
    const { runner, stderr } = await loadFixture('noisy');
    const error = await errorOf(texts(runner.run(rawTask('x'), 's')));
    expect(stderr.text.length).toBeGreaterThan(200 * 64 * 1024);
    expect(error.message).toContain('error: these are the last words');
    expect(error.message.length).toBeLessThan(500);
  });
});
