import { describe, expect, it } from 'vitest';
import { BATCH_IN_SEQUENCE_ORDER } from '../../src/inference/engines/llama/batch-order.js';
import { PrefillBudget } from '../../src/inference/engines/llama/prefill-budget.js';
import { PrefillTurns } from '../../src/inference/engines/llama/prefill-turns.js';
import { threadsFor } from '../../src/inference/runners/thread-plan.js';

describe('the prefill budget', () => {
  it('is the whole batch while nobody decodes', () => {
    expect(new PrefillBudget(512).tokensFor({ decoding: 0, prefilling: 1, shared: false })).toBe(512);
  });

  it('follows the speed that was measured', () => {
    const budget = new PrefillBudget(512);
    const before = budget.tokensFor({ decoding: 1, prefilling: 1, shared: false });
    for (let turn = 0; turn < 50; turn++) budget.record(100, 100); // 1 token a millisecond
    expect(budget.tokensFor({ decoding: 1, prefilling: 1, shared: false })).toBeGreaterThan(before);
    expect(budget.tokensFor({ decoding: 1, prefilling: 1, shared: false })).toBeGreaterThanOrEqual(199);
    for (let turn = 0; turn < 50; turn++) budget.record(100, 10_000);
    expect(budget.tokensFor({ decoding: 1, prefilling: 1, shared: false })).toBe(16);
  });

  it('leaves every decoding stream its place in the batch', () => {
    const budget = new PrefillBudget(64);
    for (let turn = 0; turn < 50; turn++) budget.record(1000, 1);
    expect(budget.tokensFor({ decoding: 10, prefilling: 1, shared: false })).toBe(54);
  });

  it('learns nothing from small steps or from none', () => {
    const budget = new PrefillBudget(512);
    const before = budget.tokensFor({ decoding: 1, prefilling: 1, shared: false });
    budget.record(15, 10_000);
    budget.record(0, 5);
    budget.record(100, 0);
    expect(budget.tokensFor({ decoding: 1, prefilling: 1, shared: false })).toBe(before);
  });

  it('gives more where many wait for their first token and few decode, up to four times', () => {
    const budget = new PrefillBudget(512);
    budget.record(100, 1000);
    const fair = budget.tokensFor({ decoding: 1, prefilling: 1, shared: false });
    expect(budget.tokensFor({ decoding: 4, prefilling: 4, shared: false })).toBe(fair);
    expect(budget.tokensFor({ decoding: 1, prefilling: 3, shared: false })).toBeGreaterThan(fair);
    expect(budget.tokensFor({ decoding: 1, prefilling: 100, shared: false })).toBe(
      budget.tokensFor({ decoding: 1, prefilling: 4, shared: false }),
    );
  });

  it('is small where keys share the model, also while nothing decodes', () => {
    const budget = new PrefillBudget(512);
    for (let n = 0; n < 20; n++) budget.record(100, 100); // one token a millisecond
    for (let n = 0; n < 20; n++) budget.record(0, 5);
    expect(budget.tokensFor({ decoding: 1, prefilling: 4, shared: true })).toBeLessThanOrEqual(51);
    expect(budget.tokensFor({ decoding: 0, prefilling: 5, shared: true })).toBeLessThanOrEqual(51);
    expect(budget.tokensFor({ decoding: 0, prefilling: 5, shared: false })).toBe(512);
  });

  it('where keys share a slow model is no smaller than four of its decode steps', () => {
    const budget = new PrefillBudget(512);
    for (let n = 0; n < 20; n++) budget.record(100, 100);
    for (let n = 0; n < 20; n++) budget.record(0, 120);
    expect(budget.tokensFor({ decoding: 1, prefilling: 1, shared: true })).toBeGreaterThanOrEqual(199);
  });
});

describe('the thread plan', () => {
  const plan = [
    { tokens: 1, threads: 1 },
    { tokens: 4, threads: 2 },
    { tokens: 16, threads: 8 },
  ];

  it.each([
    [1, 1],
    [3, 1],
    [4, 2],
    [15, 2],
    [16, 8],
    [512, 8],
  ])('gives a turn of %i tokens %i threads', (tokens, threads) => {
    expect(threadsFor(plan, tokens)).toBe(threads);
  });

  it('always gives one at least', () => {
    expect(threadsFor([], 4)).toBe(1);
    expect(threadsFor([{ tokens: 4, threads: 2 }], 1)).toBe(2);
  });
});

describe('the order of a batch', () => {
  it('is by sequence, each item whole, and the given list stays as it was', () => {
    const items = [3, 1, 5, 2].map((evaluationPriority) => ({
      evaluationPriority: evaluationPriority as 1 | 2 | 3 | 5,
      tokens: Array.from({ length: evaluationPriority }, () => 0),
    }));
    const strategy = BATCH_IN_SEQUENCE_ORDER.itemPrioritizationStrategy;
    if (typeof strategy !== 'function') throw new Error('the strategy is a function of our own');
    const ordered = strategy({ items: items as never, size: 512 });
    expect(ordered.map(({ item }) => item.evaluationPriority)).toEqual([1, 2, 3, 5]);
    expect(ordered.map(({ processAmount }) => processAmount)).toEqual([1, 2, 3, 5]);
    expect(items.map((item) => item.evaluationPriority)).toEqual([3, 1, 5, 2]);
  });
});

describe('prefill where keys share a model', () => {
  const [A, B] = ['a', 'b'];

  it('leaves the others as much time as it took', () => {
    const turns = new PrefillTurns();
    turns.record(new Set([A]), new Set([A, B]), 50);
    expect([turns.mayPrefill(A), turns.mayPrefill(B)]).toEqual([false, true]);
    turns.record(new Set(), new Set([A, B]), 30);
    expect(turns.mayPrefill(A)).toBe(false);
    turns.record(new Set([B]), new Set([A, B]), 20);
    expect([turns.mayPrefill(A), turns.mayPrefill(B)]).toEqual([true, false]);
  });

  it('owes a lone key nothing', () => {
    const turns = new PrefillTurns();
    turns.record(new Set([A]), new Set([A]), 50);
    expect(turns.mayPrefill(A)).toBe(true);
    turns.record(new Set([A]), new Set([A, B]), 50);
    turns.record(new Set(), new Set([A]), 1);
    expect(turns.mayPrefill(A)).toBe(true);
  });
});
