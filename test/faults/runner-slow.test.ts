import { describe, expect, it } from 'vitest';
import { loadFixture, texts } from '../medium/support/fixture-runner.js';
import { rawTask } from '../medium/support/tasks.js';

describe('a runner is not ended', () => {
  it('for being slow, as long as it gets on', async () => {
    const { runner } = await loadFixture('slow', { silence: 1000, stall: 1500 });
    const begun = performance.now();
    expect(await texts(runner.run(rawTask('20 steps of 100 ms'), 's'))).toHaveLength(20);
    expect(performance.now() - begun).toBeGreaterThan(1500);
    expect(runner.alive).toBe(true);
  });

  it('for a step in which nothing is heard of it, as long as it computes', async () => {
    const { runner } = await loadFixture('slow', { silence: 200 });
    expect(await texts(runner.run(rawTask('one step of 1500 ms'), 's'))).toEqual(['late']);
    expect(runner.alive).toBe(true);
  });

  it('for making no progress while it has nothing to do', async () => {
    const { runner, stderr } = await loadFixture('floods', { stall: 100 });
    await stderr.next('beat', 50);
    expect(runner.alive).toBe(true);
  });

  it('for making no progress while its only reader is slow', async () => {
    const { runner, stderr } = await loadFixture('floods', { stall: 100 });
    const run = runner.run(rawTask('x'), 's');
    expect(await texts(run, 1)).toEqual(['0']);
    const outcome = await Promise.race([stderr.next('beat', 50).then(() => 'alive'), runner.ended]);
    expect(outcome).toBe('alive');
    expect(await texts(run)).toHaveLength(299);
  });
});
