import { describe, expect, it } from 'vitest';
import { SequencePool, type AcquiredSlot } from '../../src/inference/engines/llama/sequence-pool.js';
import { FakeSequence, tokensOf } from './support/fake-sequence.js';
import { Random, seeds } from './support/random.js';

class World {
  readonly sequences: FakeSequence[];
  readonly pool: SequencePool;

  constructor(slots: number) {
    this.sequences = Array.from({ length: slots }, () => new FakeSequence());
    this.pool = new SequencePool(this.sequences.map((sequence) => sequence.asSequence()));
  }

  sequenceOf({ slot }: AcquiredSlot): FakeSequence {
    const sequence = this.sequences[slot.index];
    if (sequence === undefined) throw new Error('an index beyond the sequences');
    return sequence;
  }

  /** Takes a slot and evaluates the prompt on it. */
  async begin(prompt: string, scope: string): Promise<AcquiredSlot> {
    const acquired = await this.pool.acquire(tokensOf(prompt), scope);
    this.sequenceOf(acquired).evaluate(tokensOf(prompt));
    return acquired;
  }

  /** As {@link begin}, and gives the slot back. */
  async serve(prompt: string, scope: string): Promise<AcquiredSlot> {
    const acquired = await this.begin(prompt, scope);
    this.pool.release(acquired.slot);
    return acquired;
  }
}

const A = 'a conversation of alice';
const B = 'before that of bob';

describe('prefix reuse', () => {
  it('keeps what is common with the last prompt and erases the rest', async () => {
    const world = new World(1);
    await world.serve(A, 'alice');
    const { cachedTokens } = await world.serve(`${A.slice(0, 10)}...`, 'alice');
    expect(cachedTokens).toBe(10);
    expect(world.sequences[0]?.log).toEqual(['erase from 10']);
  });

  it('always leaves the last token to be evaluated', async () => {
    const world = new World(1);
    await world.serve(A, 'alice');
    expect((await world.serve(A, 'alice')).cachedTokens).toBe(A.length - 1);
  });

  it('never crosses scopes', async () => {
    const world = new World(1);
    await world.serve(A, 'alice');
    const { cachedTokens } = await world.serve(A, 'mallory');
    expect(cachedTokens).toBe(0);
    expect(world.sequences[0]?.log).toEqual(['clear']);
    expect((await world.serve(A, 'alice')).cachedTokens).toBe(0);
  });

  it('finds the sequence with the longest prefix among those of its scope', async () => {
    const world = new World(3);
    const first = await world.begin(A, 'alice');
    const second = await world.begin(`${A} and more`, 'alice');
    const third = await world.begin(`${A} and more`, 'bob');
    for (const { slot } of [second, third, first]) world.pool.release(slot);
    const found = await world.serve(`${A} and more!`, 'alice');
    expect(found.slot.index).toBe(second.slot.index);
    expect(found.cachedTokens).toBe(A.length + ' and more'.length);
  });

  it('does not overwrite another conversation for a prefix that is not worth it', async () => {
    const world = new World(2);
    const used = await world.serve(`x${'.'.repeat(40)}`, 'alice');
    const other = await world.serve(`x${'-'.repeat(40)}`, 'alice');
    expect(other.slot.index).not.toBe(used.slot.index);
    expect(other.cachedTokens).toBe(0);
  });

  it('uses even a small prefix on the sequence that it takes anyway', async () => {
    const world = new World(1);
    await world.serve(`x${'.'.repeat(40)}`, 'alice');
    expect((await world.serve(`x${'-'.repeat(40)}`, 'alice')).cachedTokens).toBe(1);
  });

  it('counts what a model kept that had to go back further', async () => {
    const world = new World(1);
    for (const sequence of world.sequences) sequence.granularity = 8;
    await world.serve(A, 'alice');
    expect((await world.serve(A.slice(0, 13) + '#', 'alice')).cachedTokens).toBe(8);
  });
});

describe('which sequence is taken', () => {
  it('an empty one first, then the one unused for longest', async () => {
    const world = new World(2);
    const first = await world.serve(A, 'alice');
    const second = await world.serve(B, 'bob');
    expect(second.slot.index).not.toBe(first.slot.index);
    expect((await world.serve('c'.repeat(20), 'carol')).slot.index).toBe(first.slot.index);
    expect((await world.serve('d'.repeat(20), 'dave')).slot.index).toBe(second.slot.index);
  });

  it('its own, even when another is older', async () => {
    const world = new World(2);
    await world.serve(B, 'bob');
    const own = await world.serve(A, 'alice');
    expect((await world.serve(A, 'alice')).slot.index).toBe(own.slot.index);
  });
});

describe('when every sequence is taken', () => {
  it('the next in line gets the one that is given back', async () => {
    const world = new World(1);
    const running = await world.begin(A, 'alice');
    const order: string[] = [];
    const bob = world.begin(B, 'bob').then((acquired) => {
      order.push('bob');
      world.pool.release(acquired.slot);
    });
    const carol = world.begin('c', 'carol').then((acquired) => {
      order.push('carol');
      world.pool.release(acquired.slot);
    });
    expect(order).toEqual([]);
    world.pool.release(running.slot);
    await Promise.all([bob, carol]);
    expect(order).toEqual(['bob', 'carol']);
  });

  it('nobody is given one that is in use, whatever comes and goes', async () => {
    for (const seed of seeds(10)) {
      const random = new Random(seed);
      const world = new World(3);
      const inUse = new Set<number>();
      await Promise.all(
        Array.from({ length: 30 }, async () => {
          for (let wait = random.below(5); wait > 0; wait--) await Promise.resolve();
          const acquired = await world.begin(random.text('abc', 1, 30), random.pick(['alice', 'bob']));
          expect(inUse).not.toContain(acquired.slot.index);
          inUse.add(acquired.slot.index);
          for (let turns = random.below(9); turns > 0; turns--) await Promise.resolve();
          inUse.delete(acquired.slot.index);
          world.pool.release(acquired.slot);
        }),
      );
      expect(inUse.size).toBe(0);
    }
  });
});
