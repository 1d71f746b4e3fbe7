import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { ChildMessage, ParentMessage } from '../../src/inference/runners/protocol.js';
import type { SpeechPiece } from '../../src/inference/speech-tasks.js';
import { until } from '../support/wait.js';
import { SPEC } from './support/fixture-runner.js';
import { PiperRunner, speechTask, STARTER_VOICE } from './support/piper-runner.js';

const SENTENCE = 'The weather of today is as good as that of yesterday. ';

describe('the starter voice', () => {
  let voice: PiperRunner;

  beforeAll(async () => {
    voice = new PiperRunner();
    expect(await voice.load()).toMatchObject({ context: null, slots: 1, threads: null, gpuLayers: 0, gpuName: null });
  });

  afterAll(() => voice.stop());

  it('says the same text in the same bytes', async () => {
    const text = 'Dr. Smith paid $5.50 on 3 May.';
    const [one, other] = [await voice.say(text), await voice.say(text)];
    expect(one.file.equals(other.file)).toBe(true);
  });

  it('takes as long as there is to say', async () => {
    const [short, long] = [await voice.say(SENTENCE), await voice.say(SENTENCE.repeat(4))];
    expect(long.pieces).toHaveLength(4);
    expect(long.seconds / short.seconds).toBeGreaterThan(3.9);
    expect(long.seconds / short.seconds).toBeLessThan(4.6);
  });

  it('speaks twice as fast in half the time', async () => {
    const [usual, fast, slow] = [
      await voice.say(SENTENCE),
      await voice.say(SENTENCE, { speed: 2 }),
      await voice.say(SENTENCE, { speed: 0.5 }),
    ];
    expect(usual.seconds / fast.seconds).toBeGreaterThan(1.8);
    expect(usual.seconds / fast.seconds).toBeLessThan(2.2);
    expect(slow.seconds / usual.seconds).toBeGreaterThan(1.8);
  });

  it('says figures as words', async () => {
    expect((await voice.say('It is 21.')).file.equals((await voice.say('It is twenty-one.')).file)).toBe(true);
  });

  it('pauses longer after a paragraph', async () => {
    const sentences = await voice.say('One is here. Two is there.');
    const paragraphs = await voice.say('One is here.\n\nTwo is there.');
    expect(paragraphs.seconds - sentences.seconds).toBeCloseTo(0.35, 2);
  });

  it('goes out sentence by sentence, each with its own bytes', async () => {
    const { pieces } = await voice.say(SENTENCE.repeat(3), { format: 'mp3' });
    expect(pieces).toHaveLength(3);
    for (const { bytes, seconds } of pieces) expect(bytes.length / seconds).toBeGreaterThan(6000);
  });

  it.each([
    ['!!! … %', 'input', /nothing to say/],
    ['Привет, мир!', 'input', /^This voice speaks English only/],
    ['日本語', 'input', /^This voice speaks English only/],
  ])('refuses %s before anything is sent', async (text, param, message) => {
    const first = voice.begin(text).chunks.next();
    await expect(first).rejects.toMatchObject({ code: 'invalid_request', param });
    await expect(first).rejects.toThrow(message);
  });

  it('refuses a speaker that it does not have', async () => {
    const first = voice.begin('Hello.', { speaker: 'bob' }).chunks.next();
    await expect(first).rejects.toMatchObject({ code: 'invalid_request', param: 'voice' });
  });

  it('refuses other work', async () => {
    const task = { kind: 'feature-extraction', model: 'voice', texts: ['x'], sampling: {} } as const;
    const first = voice.runner.run(task, 'alice').chunks.next();
    await expect(first).rejects.toMatchObject({ code: 'invalid_request' });
  });

  it('answers several requests one after the other', async () => {
    const all = await Promise.all([1, 2, 3].map((count) => voice.say(SENTENCE.repeat(count), { format: 'opus' })));
    expect(all.map(({ pieces }) => pieces.length)).toEqual([1, 2, 3]);
  });
});

/** A runner that is spoken to as the service does, without its bookkeeping. */
class RawRunner {
  readonly pieces = new Map<number, SpeechPiece[]>();
  readonly done = new Set<number>();
  private readonly messages: ChildMessage[] = [];
  private readonly child = fork(fileURLToPath(new URL('../../dist/runner.main.js', import.meta.url)), [], {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });

  constructor() {
    this.child.on('message', (message: ChildMessage) => {
      this.messages.push(message);
      if (message.type !== 'events') return;
      for (const event of message.events) {
        if (event.type === 'done') this.done.add(event.id);
        else if (event.type === 'chunk' && event.chunk.type === 'audio') {
          this.pieces.set(event.id, [...(this.pieces.get(event.id) ?? []), event.chunk]);
        }
      }
    });
    onTestFinished(() => void this.child.kill('SIGKILL'));
  }

  send(message: ParentMessage): void {
    this.child.send(message);
  }

  count(id: number): number {
    return this.pieces.get(id)?.length ?? 0;
  }

  /** The next message of a type that arrives from now on. */
  heard<K extends ChildMessage['type']>(type: K): Promise<Extract<ChildMessage, { type: K }>> {
    const from = this.messages.length;
    return until(type, () => {
      const found = this.messages.slice(from).find((message) => message.type === type);
      return found as Extract<ChildMessage, { type: K }> | undefined;
    });
  }

  async load(): Promise<void> {
    this.send({ type: 'init', spec: { ...SPEC, engine: 'piper', path: STARTER_VOICE } });
    await this.heard('sized');
    this.send({ type: 'load' });
    await this.heard('ready');
  }
}

describe('a request under way', () => {
  const MANY = 400;

  it('is heard before it is made, waits while its reader does, and then goes on where it was', async () => {
    const runner = new RawRunner();
    await runner.load();
    runner.send({ type: 'run', id: 1, task: speechTask(SENTENCE.repeat(MANY)), cacheScope: 's' });
    await until('a first sentence', () => runner.count(1) > 0);
    runner.send({ type: 'pause', id: 1 });
    await runner.heard('heartbeat'); // the pause has been seen by the next one
    const { steps } = await runner.heard('heartbeat');
    expect((await runner.heard('heartbeat')).steps).toBe(steps);
    expect(runner.count(1)).toBe(steps);
    expect(steps).toBeLessThan(MANY);
    expect(runner.done.has(1)).toBe(false);
    runner.send({ type: 'resume', id: 1 });
    await until('another sentence', () => runner.count(1) > steps);
    expect(runner.pieces.get(1)?.map(({ sentence }) => sentence)).toEqual(
      Array.from({ length: runner.count(1) }, (_, index) => index + 1),
    );
  });

  it('ends between two sentences when it is told to, and the next one begins', async () => {
    const runner = new RawRunner();
    await runner.load();
    runner.send({ type: 'run', id: 1, task: speechTask(SENTENCE.repeat(MANY)), cacheScope: 's' });
    await until('a first sentence', () => runner.count(1) > 0);
    runner.send({ type: 'abort', id: 1 });
    runner.send({ type: 'run', id: 2, task: speechTask(SENTENCE), cacheScope: 's' });
    await until('the next one', () => runner.done.has(2));
    expect(runner.count(1)).toBeLessThan(MANY);
    expect(runner.done.has(1)).toBe(false);
    expect(runner.count(2)).toBe(1);
  });

  it('is given up while it is paused, too', async () => {
    const runner = new RawRunner();
    await runner.load();
    runner.send({ type: 'run', id: 1, task: speechTask(SENTENCE.repeat(MANY)), cacheScope: 's' });
    runner.send({ type: 'pause', id: 1 });
    runner.send({ type: 'abort', id: 1 });
    runner.send({ type: 'run', id: 2, task: speechTask(SENTENCE), cacheScope: 's' });
    await until('the next one', () => runner.done.has(2));
    expect(runner.done.has(1)).toBe(false);
  });
});
