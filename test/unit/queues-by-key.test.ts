import { describe, expect, it } from 'vitest';
import { QueuesByKey } from '../../src/inference/admission/queues-by-key.js';

const NEVER = new AbortController().signal;

/** Work that ends when it is released. */
class Held {
  running = 0;
  most = 0;
  private releases: (() => void)[] = [];

  readonly work = async (): Promise<void> => {
    this.running++;
    this.most = Math.max(this.most, this.running);
    await new Promise<void>((resolve) => this.releases.push(resolve));
    this.running--;
  };

  release(): void {
    for (const release of this.releases.splice(0)) release();
  }
}

describe('queues by API key', () => {
  it('bound what a key runs and what it has waiting, and leave the other keys alone', async () => {
    const queues = new QueuesByKey({ slots: 2, maxWaiting: 3 }, 'The shared thing');
    const held = new Held();
    const greedy = Array.from({ length: 5 }, () => queues.run('greedy', NEVER, held.work));
    await expect(queues.run('greedy', NEVER, held.work)).rejects.toMatchObject({
      code: 'overloaded',
      message: 'The shared thing is busy: 3 requests are waiting.',
      retryAfterSeconds: expect.any(Number) as unknown,
    });
    expect(held.running).toBe(2);
    expect(await queues.run('polite', NEVER, () => Promise.resolve('done'))).toBe('done');
    const all = Promise.all(greedy);
    while (queues.size > 0) {
      held.release();
      await new Promise((resolve) => setImmediate(resolve));
    }
    await all;
    expect(held.most).toBe(2);
  });

  it('free the place of work that is aborted while it waits', async () => {
    const queues = new QueuesByKey({ slots: 1, maxWaiting: 1 }, 'The shared thing');
    const held = new Held();
    const first = queues.run('a', NEVER, held.work);
    const leaving = new AbortController();
    const second = queues.run('a', leaving.signal, held.work);
    leaving.abort();
    await expect(second).rejects.toMatchObject({ code: 'cancelled' });
    const third = queues.run('a', NEVER, () => Promise.resolve('third'));
    held.release();
    await first;
    expect(await third).toBe('third');
    expect(queues.size).toBe(0);
  });
});
