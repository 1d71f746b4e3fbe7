import { describe, expect, it } from 'vitest';
import { merge } from '../../src/domains/generate/merge.js';

/** A stream that gives what it is told, when it is told. */
class Hand implements AsyncIterableIterator<string> {
  readonly returned: Promise<void>;
  private readonly waiting: ((result: IteratorResult<string>) => void)[] = [];
  private failing: ((error: Error) => void) | undefined;
  private markReturned = (): void => undefined;

  constructor() {
    this.returned = new Promise((resolve) => (this.markReturned = resolve));
  }

  give(value: string): void {
    this.waiting.shift()?.({ done: false, value });
  }

  end(): void {
    this.waiting.shift()?.({ done: true, value: undefined });
  }

  fail(message: string): void {
    this.failing?.(new Error(message));
  }

  next(): Promise<IteratorResult<string>> {
    return new Promise((resolve, reject) => {
      this.waiting.push(resolve);
      this.failing = reject;
    });
  }

  return(): Promise<IteratorResult<string>> {
    this.markReturned();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

async function valueOf(result: Promise<IteratorResult<{ index: number; value: string }, void>>): Promise<unknown> {
  const { value } = await result;
  return value;
}

describe('merge', () => {
  it('gives items as they come, with the stream they are of', async () => {
    const [a, b] = [new Hand(), new Hand()];
    const merged = merge([a, b]);
    const first = merged.next();
    b.give('b1');
    expect(await valueOf(first)).toEqual({ index: 1, value: 'b1' });
    const second = merged.next();
    b.give('b2');
    expect(await valueOf(second)).toEqual({ index: 1, value: 'b2' });
    const third = merged.next();
    a.give('a1');
    expect(await valueOf(third)).toEqual({ index: 0, value: 'a1' });
    const last = merged.next();
    a.end();
    b.end();
    expect((await last).done).toBe(true);
  });

  it('asks each stream for the next item before it hands one out', async () => {
    const [a, b] = [new Hand(), new Hand()];
    const merged = merge([a, b]);
    const first = merged.next();
    a.give('a1');
    await first;
    a.give('a2');
    b.give('b1');
    const rest = [await valueOf(merged.next()), await valueOf(merged.next())];
    expect(rest).toHaveLength(2);
    expect(rest).toContainEqual({ index: 0, value: 'a2' });
    expect(rest).toContainEqual({ index: 1, value: 'b1' });
  });

  it('goes on with the others when one has ended', async () => {
    const [a, b] = [new Hand(), new Hand()];
    const merged = merge([a, b]);
    const first = merged.next();
    a.end();
    b.give('b1');
    expect(await valueOf(first)).toEqual({ index: 1, value: 'b1' });
  });

  it('of nothing is nothing', async () => {
    expect((await merge([]).next()).done).toBe(true);
  });

  it('left early ends all', async () => {
    const hands = [new Hand(), new Hand(), new Hand()];
    const merged = merge(hands);
    const first = merged.next();
    hands[0]?.give('a1');
    await first;
    await merged.return();
    await Promise.all(hands.map((hand) => hand.returned));
  });

  it('ends all when one fails, and throws its error', async () => {
    const hands = [new Hand(), new Hand()];
    const next = merge(hands).next();
    hands[1]?.fail('broken');
    await expect(next).rejects.toThrow('broken');
    await Promise.all(hands.map((hand) => hand.returned));
  });

  it('throws one error when several fail, and leaves none unhandled', async () => {
    const hands = [new Hand(), new Hand()];
    const next = merge(hands).next();
    hands[0]?.fail('first');
    hands[1]?.fail('second');
    await expect(next).rejects.toThrow('first');
  });
});
