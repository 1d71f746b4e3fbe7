import { describe, expect, it } from 'vitest';
import { ChildOutput } from '../../src/inference/runners/child-output.js';
import { errorOf } from '../medium/support/errors.js';
import { loadFixture, texts } from '../medium/support/fixture-runner.js';
import { rawTask } from '../medium/support/tasks.js';
import { residentBytes } from '../support/processes.js';
import { PassThrough } from 'node:stream';
import { until } from '../support/wait.js';

const MIB = 1024 ** 2;
/** What `spews` writes in a run. */
const SPEWED = 128 * MIB;

describe('a runner that spews', () => {
  it('is read to the end, serves all the same, and leaves neither memory nor log full', async () => {
    const { runner, stderr } = await loadFixture('spews');
    expect(await texts(runner.run(rawTask('x'), 's'))).toEqual(['through']);
    const before = residentBytes(process.pid);
    expect(await texts(runner.run(rawTask('x'), 's'))).toEqual(['through']);
    expect(residentBytes(process.pid) - before).toBeLessThan(SPEWED / 2);
    expect(stderr.text.length).toBeLessThan(SPEWED / 16);
    const error = await errorOf(texts(runner.run(rawTask('die'), 's')));
    expect(error.message).toContain('error: these are the last words');
    expect(error.message.length).toBeLessThan(500);
  });

  it('while it loads is loaded all the same', async () => {
    const { runner, stderr } = await loadFixture('noisy');
    const error = await errorOf(texts(runner.run(rawTask('x'), 's')));
    expect(stderr.text.length).toBeLessThan(2 * MIB);
    expect(error.message).toContain('error: these are the last words');
    expect(error.message.length).toBeLessThan(500);
  });
});

describe('what is passed on of it', () => {
  it('is the beginning of each second, and how much was left out', async () => {
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    let seconds = 0;
    let told = '';
    const output = new ChildOutput(
      { stdout, stderr },
      (text) => (told += text),
      () => seconds * 1000,
    );
    const lines = 'a line\n'.repeat(5000);
    for (let line = 0; line < 10; line++) stderr.write(lines);
    stdout.write('the last of this second');
    await until('the output to be read', () => output.all.includes('this second') || undefined);
    expect(told.length).toBe(64 * 1024);
    seconds = 1;
    stdout.write('more');
    await until('the next second', () => told.endsWith('more') || undefined);
    expect(told.slice(64 * 1024)).toBe(`[${String(10 * lines.length + 23 - 64 * 1024)} bytes left out]\nmore`);
  });
});
