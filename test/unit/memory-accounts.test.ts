import { describe, expect, it } from 'vitest';
import { ServiceTime } from '../../src/inference/admission/service-time.js';
import { chooseVictims, type EvictionCandidate } from '../../src/inference/residency/eviction.js';
import { MemoryLedger } from '../../src/inference/residency/memory-ledger.js';

describe('the service time', () => {
  it('is that of the running request until one has ended', () => {
    expect(new ServiceTime().estimate(3)).toBe(3);
  });

  it('is a moving average afterwards', () => {
    const time = new ServiceTime();
    time.record(10);
    expect(time.estimate(99)).toBe(10);
    time.record(20);
    expect(time.estimate(99)).toBeCloseTo(12);
    for (let count = 0; count < 100; count++) time.record(1);
    expect(time.estimate(99)).toBeCloseTo(1, 3);
  });
});

describe('the memory ledger', () => {
  it('knows who holds what', () => {
    const ledger = new MemoryLedger(100);
    ledger.set('a', 30);
    ledger.set('b', 50);
    ledger.set('a', 40);
    expect(ledger).toMatchObject({ budget: 100, used: 90, free: 10 });
    expect(ledger.bytesOf('a')).toBe(40);
    expect(ledger.bytesOf('nobody')).toBe(0);
    ledger.release('a');
    ledger.release('nobody');
    expect(ledger.used).toBe(50);
  });

  it('corrects an estimate upwards only, and only of those it knows', () => {
    const ledger = new MemoryLedger(100);
    ledger.set('a', 30);
    ledger.reconcile('a', 20);
    expect(ledger.used).toBe(30);
    ledger.reconcile('a', 120);
    ledger.reconcile('nobody', 50);
    expect(ledger).toMatchObject({ used: 120, free: -20 });
  });
});

describe('the choice of victims', () => {
  const model = (
    name: string,
    bytes: number,
    lastUsed: number,
    more: Partial<EvictionCandidate> = {},
  ): EvictionCandidate => ({
    model: name,
    bytes,
    lastUsed,
    idle: true,
    pinned: false,
    ...more,
  });
  const names = (victims: readonly EvictionCandidate[] | null): string[] | null =>
    victims?.map((victim) => victim.model) ?? null;

  it('is those unused for longest, and no more than needed', () => {
    const candidates = [model('new', 50, 3), model('old', 50, 1), model('middle', 50, 2)];
    expect(names(chooseVictims(candidates, 60))).toEqual(['old', 'middle']);
    expect(names(chooseVictims(candidates, 50))).toEqual(['old']);
  });

  it('passes over busy and pinned ones', () => {
    const candidates = [
      model('busy', 50, 1, { idle: false }),
      model('pinned', 50, 2, { pinned: true }),
      model('idle', 50, 3),
    ];
    expect(names(chooseVictims(candidates, 50))).toEqual(['idle']);
  });

  it('is nobody at all when it would not be enough', () => {
    expect(chooseVictims([model('a', 50, 1), model('busy', 500, 2, { idle: false })], 60)).toBeNull();
    expect(chooseVictims([], 1)).toBeNull();
  });

  it('is empty when nothing is needed', () => {
    expect(chooseVictims([model('a', 50, 1)], 0)).toEqual([]);
    expect(chooseVictims([], -5)).toEqual([]);
  });

  it('leaves the given list as it was', () => {
    const candidates = [model('b', 1, 2), model('a', 1, 1)];
    chooseVictims(candidates, 2);
    expect(names(candidates)).toEqual(['b', 'a']);
  });
});
