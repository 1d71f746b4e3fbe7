import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ChildMessage, ParentMessage } from '../../src/inference/runners/protocol.js';
import type { Chunk } from '../../src/inference/tasks.js';
import { SPEC } from './support/fixture-runner.js';
import { LlamaRunner, STARTER } from './support/llama-runner.js';
import { fixture, taskOf } from './support/starter-fixtures.js';

const SCRIPT = fileURLToPath(new URL('../../dist/runner.main.js', import.meta.url));

/** The runner as its parent sees it, without the parent's code between. */
class BareRunner {
  readonly child: ChildProcess = fork(SCRIPT, [], {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  readonly chunks: Chunk[] = [];
  done = false;

  constructor() {
    onTestFinished(() => void this.child.kill('SIGKILL'));
    this.child.on('message', (message: ChildMessage) => {
      if (message.type !== 'events') return;
      for (const event of message.events) {
        if (event.type === 'chunk') this.chunks.push(event.chunk);
        else this.done = true;
      }
    });
  }

  static async load(): Promise<BareRunner> {
    const bare = new BareRunner();
    bare.send({ type: 'init', spec: { ...SPEC, path: STARTER, threads: [{ tokens: 1, threads: 1 }] } });
    await bare.heard('sized');
    bare.send({ type: 'load' });
    await bare.heard('ready');
    return bare;
  }

  send(message: ParentMessage): void {
    this.child.send(message);
  }

  async heard<K extends ChildMessage['type']>(type: K): Promise<Extract<ChildMessage, { type: K }>> {
    for (;;) {
      const [message] = (await once(this.child, 'message')) as [ChildMessage];
      if (message.type === type) return message as Extract<ChildMessage, { type: K }>;
    }
  }

  get text(): string {
    return this.chunks.map((chunk) => (chunk.type === 'text' ? chunk.text : '')).join('');
  }
}

describe('a request that is paused', () => {
  it('makes no step until it is resumed, and then goes on where it was', async () => {
    const bare = await BareRunner.load();
    bare.send({ type: 'run', id: 1, task: taskOf(fixture('count-100')), cacheScope: 's' });
    while (bare.chunks.length < 5) await bare.heard('events');
    bare.send({ type: 'pause', id: 1 });
    await bare.heard('heartbeat'); // the pause has been seen by the next one
    const { steps } = await bare.heard('heartbeat');
    expect((await bare.heard('heartbeat')).steps).toBe(steps);
    expect(bare.done).toBe(false);
    bare.send({ type: 'resume', id: 1 });
    while (!bare.done) await bare.heard('events');
    expect(bare.text).toBe(fixture('count-100').expect);
  });

  it('can be aborted, and others go on meanwhile', async () => {
    const bare = await BareRunner.load();
    bare.send({ type: 'run', id: 1, task: taskOf(fixture('count-100')), cacheScope: 's' });
    while (bare.chunks.length < 5) await bare.heard('events');
    bare.send({ type: 'pause', id: 1 });
    bare.send({ type: 'abort', id: 1 });
    bare.send({ type: 'abort', id: 99 });
    const before = bare.chunks.length;
    bare.send({ type: 'run', id: 2, task: taskOf(fixture('count-10')), cacheScope: 's' });
    while (!bare.done) await bare.heard('events');
    const rest = bare.chunks.slice(before).map((chunk) => (chunk.type === 'text' ? chunk.text : ''));
    expect(rest.join('')).toContain(fixture('count-10').expect);
  });

  it('before it has begun does not begin', async () => {
    const bare = await BareRunner.load();
    bare.send({ type: 'run', id: 1, task: taskOf(fixture('count-10')), cacheScope: 's' });
    bare.send({ type: 'pause', id: 1 });
    await bare.heard('heartbeat');
    const { steps } = await bare.heard('heartbeat');
    expect((await bare.heard('heartbeat')).steps).toBe(steps);
    expect(bare.done).toBe(false);
    bare.send({ type: 'resume', id: 1 });
    while (!bare.done) await bare.heard('events');
    expect(bare.text).toBe(fixture('count-10').expect);
  });
});

describe('the process of a runner', () => {
  it('ends when its parent lets go of it', async () => {
    const bare = await BareRunner.load();
    const exit = once(bare.child, 'exit');
    bare.child.disconnect();
    expect(await exit).toEqual([0, null]);
  });

  it('leaves it to its parent when to end: the signals of a terminal do nothing', async () => {
    const bare = await BareRunner.load();
    bare.child.kill('SIGINT');
    bare.child.kill('SIGTERM');
    bare.send({ type: 'run', id: 1, task: taskOf(fixture('count-10')), cacheScope: 's' });
    while (!bare.done) await bare.heard('events');
    expect(bare.text).toBe(fixture('count-10').expect);
  });
});

describe('a file that is no model', () => {
  const sound = Buffer.from('GGUF\u0003\u0000\u0000\u0000');

  it.each([
    ['text', Buffer.from('this is no model at all')],
    ['nothing', Buffer.alloc(0)],
    ['a torso of a header', Buffer.concat([sound, Buffer.alloc(6)])],
    ['a header that promises the moon', Buffer.concat([sound, Buffer.alloc(16, 0x7f)])],
  ])('fails to load with a reason, and without the path: %s', async (_, content) => {
    const folder = mkdtempSync(join(tmpdir(), 'parley-secret-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    writeFileSync(join(folder, 'm.gguf'), content);
    const llama = LlamaRunner.create({ path: join(folder, 'm.gguf') });
    onTestFinished(() => llama.stop());
    const failure: unknown = await llama.runner.size().catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'LoadFailure' });
    const { message } = failure as Error;
    expect(message).toMatch(/\S/);
    expect(message).not.toContain('parley-secret');
    expect(message).not.toContain('node_modules');
    await llama.runner.ended;
    expect(llama.runner.alive).toBe(false);
  });

  it('that is not there fails too', async () => {
    const llama = LlamaRunner.create({ path: '/nowhere/parley-secret/m.gguf' });
    onTestFinished(() => llama.stop());
    const failure: unknown = await llama.runner.size().catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'LoadFailure' });
    expect((failure as Error).message).not.toContain('parley-secret');
  });
});
