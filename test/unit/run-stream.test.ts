import { describe, expect, it } from 'vitest';
import { ParleyError } from '../../src/inference/errors.js';
import { RunStream } from '../../src/inference/runners/run-stream.js';
import type { Chunk } from '../../src/inference/tasks.js';
import { errorOf } from './support/errors.js';

const piece = (text: string): Chunk => ({ type: 'text', text, completionTokens: 1 });

class World {
  readonly flow: string[] = [];
  readonly stream = new RunStream({
    pause: () => this.flow.push('pause'),
    resume: () => this.flow.push('resume'),
  });

  push(count: number): void {
    for (let index = 0; index < count; index++) this.stream.push(piece(String(index)));
  }

  async pull(count: number): Promise<string[]> {
    const texts: string[] = [];
    for (let index = 0; index < count; index++) {
      const { value } = await this.stream.next();
      texts.push(value?.type === 'text' ? value.text : 'end');
    }
    return texts;
  }
}

describe('a stream', () => {
  it('gives what was pushed, in order, then ends', async () => {
    const { stream } = new World();
    stream.push(piece('a'));
    stream.push(piece('b'));
    stream.close(null);
    const texts: Chunk[] = [];
    for await (const chunk of stream) texts.push(chunk);
    expect(texts).toEqual([piece('a'), piece('b')]);
    expect(await stream.next()).toEqual({ done: true, value: undefined });
  });

  it('gives a chunk to a reader that was there before it', async () => {
    const world = new World();
    const reading = world.pull(2);
    world.push(1);
    await Promise.resolve();
    world.push(1);
    expect(await reading).toEqual(['0', '0']);
  });

  it('ends for a reader that waits', async () => {
    const { stream } = new World();
    const reading = stream.next();
    stream.close(null);
    expect((await reading).done).toBe(true);
  });

  it('throws its error after what is buffered, and to whoever asks again', async () => {
    const world = new World();
    world.push(2);
    world.stream.close(new ParleyError('runner_crashed', 'gone'));
    expect(await world.pull(2)).toEqual(['0', '1']);
    for (let asked = 0; asked < 2; asked++) {
      expect((await errorOf(() => world.stream.next())).code).toBe('runner_crashed');
    }
  });

  it('ends once: the first end counts, and nothing comes after it', async () => {
    const world = new World();
    world.stream.close(null);
    world.stream.close(new ParleyError('internal', 'late'));
    world.push(1);
    expect(await world.pull(1)).toEqual(['end']);
  });
});

describe('back-pressure', () => {
  it('pauses the run once at 256 chunks, and resumes it once at 64', async () => {
    const world = new World();
    world.push(255);
    expect(world.flow).toEqual([]);
    world.push(1);
    expect(world.flow).toEqual(['pause']);
    world.push(50);
    await world.pull(241);
    expect(world.flow).toEqual(['pause']);
    await world.pull(1);
    expect(world.flow).toEqual(['pause', 'resume']);
    await world.pull(64);
    expect(world.flow).toEqual(['pause', 'resume']);
  });

  it('pauses again when the reader falls behind again', async () => {
    const world = new World();
    world.push(256);
    await world.pull(256);
    world.push(256);
    expect(world.flow).toEqual(['pause', 'resume', 'pause']);
  });

  it('loses nothing', async () => {
    const world = new World();
    world.push(300);
    expect(await world.pull(300)).toEqual(Array.from({ length: 300 }, (_, index) => String(index)));
  });
});
