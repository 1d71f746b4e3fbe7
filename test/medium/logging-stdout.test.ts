import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Readable } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { linesOf } from '../support/log-lines.js';
import { anyNumber, like } from '../support/matchers.js';

const TALKER = fileURLToPath(new URL('../fixtures/logs/talker.mjs', import.meta.url));
/** Of 1 KiB each: many times of what a pipe, or the log's own buffer, holds. */
const LINES = 8000;

let talker: ChildProcess;

afterEach(() => {
  talker.kill('SIGKILL');
});

/** A process that logs to a pipe, which nobody reads until somebody does. */
async function started(): Promise<Readable> {
  talker = fork(TALKER, { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  await once(talker, 'message');
  if (talker.stdout === null) throw new Error('no pipe');
  return talker.stdout;
}

async function talk(lines: number): Promise<void> {
  talker.send(lines);
  expect((await once(talker, 'message'))[0]).toBe('said');
}

function read(stdout: Readable): { text: string } {
  const read = { text: '' };
  stdout.setEncoding('utf8').on('data', (piece: string) => (read.text += piece));
  return read;
}

async function exitCode(): Promise<unknown> {
  const ended = once(talker, 'exit');
  talker.send('end');
  return (await ended)[0];
}

describe('the log', () => {
  it('has every line where stdout is read', async () => {
    const output = read(await started());
    await talk(100);
    const closed = once(talker, 'close');
    expect(await exitCode()).toBe(0);
    await closed;
    expect(linesOf(output.text).map(({ line }) => line)).toEqual(Array.from({ length: 100 }, (_, line) => line));
  });

  it('holds nothing up while nobody reads stdout, and tells how many lines that cost', async () => {
    const stdout = await started();
    await talk(LINES);
    const output = read(stdout);
    await talk(1);
    const closed = once(talker, 'close');
    let missing = 1;
    while (missing > 0) {
      await once(stdout, 'data');
      if (!output.text.includes('were dropped')) continue; // told once the reader has caught up
      const lines = linesOf(output.text);
      const told = lines.filter(({ msg }) => msg === 'talk').length;
      const dropped = lines.reduce((sum, { lines: count }) => sum + (typeof count === 'number' ? count : 0), 0);
      missing = LINES + 1 - told - dropped;
    }
    expect(missing).toBe(0);
    expect(linesOf(output.text)).toContainEqual(like({ level: 'warn', lines: anyNumber }));
    expect(await exitCode()).toBe(0);
    await closed;
  });

  it('does not keep the process from ending while nobody reads stdout', async () => {
    await started();
    await talk(LINES);
    expect(await exitCode()).toBe(0);
  });

  it('does not end the process when the reader has gone', async () => {
    const stdout = await started();
    await talk(1);
    stdout.destroy();
    await talk(LINES);
    await talk(LINES);
    expect(await exitCode()).toBe(0);
  });
});
