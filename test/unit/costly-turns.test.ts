import { describe, expect, it } from 'vitest';
import { CostlyTurns } from '../../src/inference/engines/llama/costly-turns.js';

interface One {
  readonly scope: string;
  readonly name: string;
}

const one = (scope: string, name: string): One => ({ scope, name });

describe('generations with costly tokens', () => {
  it('take part one at a time, key by key, then request by request', () => {
    const turns = new CostlyTurns<One>();
    const candidates = [one('a', 'a1'), one('a', 'a2'), one('a', 'a3'), one('b', 'b1')];
    const order = Array.from({ length: 8 }, () => {
      const next = turns.next(candidates, false);
      turns.record(next, 1);
      return next?.name;
    });
    expect(order).toEqual(['a1', 'b1', 'a2', 'b1', 'a3', 'b1', 'a1', 'b1']);
  });

  it('leave others as much time as they took', () => {
    const turns = new CostlyTurns<One>();
    const costly = one('a', 'a1');
    expect(turns.next([costly], true)).toBe(costly);
    turns.record(costly, 50);
    for (let step = 0; step < 5; step++) {
      expect(turns.next([costly], true)).toBeNull();
      turns.record(null, 10);
    }
    expect(turns.next([costly], true)).toBe(costly);
  });

  it('owe nothing once the others are gone', () => {
    const turns = new CostlyTurns<One>();
    const costly = one('a', 'a1');
    turns.record(costly, 1000);
    expect(turns.next([costly], false)).toBe(costly);
  });
});
