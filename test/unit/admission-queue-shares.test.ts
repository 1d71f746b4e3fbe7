import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Applicant } from '../../src/inference/admission/party.js';
import { errorOf } from './support/errors.js';
import { ANYBODY, Line, NEVER, settle } from './support/queue-line.js';

describe('batch requests', () => {
  it('wait until nobody waits who is there for the answer, whoever came first and however many came since', async () => {
    const line = new Line(1);
    const tickets = new Map([['first', line.enter('first')]]);
    for (let at = 1; at <= 2; at++) tickets.set(`batch ${String(at)}`, line.enter(`batch ${String(at)}`, 'batch'));
    for (let at = 1; at <= 12; at++) tickets.set(`chat ${String(at)}`, line.enter(`chat ${String(at)}`));
    while (line.order.length < tickets.size) {
      await settle();
      tickets.get(line.order.at(-1) ?? '')?.leave();
      await settle();
    }
    expect(line.order.slice(-3)).toEqual(['chat 12', 'batch 1', 'batch 2']);
  });
});

describe('keys that share a model', () => {
  const [A, B, C] = ['a', 'b', 'c'].map((keyId): Applicant => ({ keyId, priority: 'interactive' })) as [
    Applicant,
    Applicant,
    Applicant,
  ];

  it('have their turns one after the other, however much one of them has sent before', async () => {
    const line = new Line(1);
    const tickets = [A, A, A, A, B, B, C].map((key) => ({ key: key.keyId, ticket: line.enterAs(key) }));
    while (tickets.length > 0) {
      await settle();
      const at = tickets.findIndex(({ key }) => key === line.order.at(-1));
      for (const { ticket } of tickets.splice(at, 1)) ticket.leave();
    }
    expect(line.order).toEqual(['a', 'b', 'c', 'a', 'b', 'a', 'a']);
  });

  it('keep the last quarter of the slots for those that hold less than their share', async () => {
    const line = new Line(8);
    const b = line.enterAs(B);
    await settle();
    b.leave();
    const all = Array.from({ length: 8 }, () => line.enterAs(A));
    await settle();
    expect(line.queue.running).toBe(6);
    line.enterAs(B);
    await settle();
    expect(line.order.at(-1)).toBe('b');
    expect(line.queue.running).toBe(7);
    all[0]?.leave();
    await settle();
    expect(line.order.filter((key) => key === 'a')).toHaveLength(7);
  });

  it('leave all slots to the only one that has come', async () => {
    const line = new Line(8);
    for (let at = 0; at < 8; at++) line.enterAs(A);
    await settle();
    expect(line.queue.running).toBe(8);
  });

  it('do not starve the one that waits while others come and go', async () => {
    const line = new Line(1);
    let running = line.enterAs(B);
    let waits = false;
    void line.queue
      .enter(A)
      .turn(NEVER)
      .then(() => (waits = true));
    for (let round = 0; round < 2; round++) {
      const next = line.enterAs(round % 2 === 0 ? C : B);
      running.leave();
      running = next;
      await settle();
    }
    expect(waits).toBe(true);
  });

  it('leave a quarter of the line to those that have less than their share', async () => {
    const line = new Line(2, 8);
    line.enterAs(B).leave(); // it is known from now on
    for (let count = 0; count < 8; count++) line.enterAs(A);
    const refused = await errorOf(() => line.queue.enter(A));
    expect(refused).toMatchObject({ code: 'overloaded', reason: 'share' });
    for (let count = 0; count < 2; count++) line.enterAs(B);
    expect(await errorOf(() => line.queue.enter(B))).toMatchObject({ code: 'overloaded', reason: 'overloaded' });
    expect(line.queue).toMatchObject({ running: 2, waiting: 8 });
  });

  it('refuse a key that holds exactly its share, and admit one that holds less', async () => {
    const line = new Line(2, 8);
    for (let count = 0; count < 5; count++) line.enterAs(A);
    for (let count = 0; count < 3; count++) line.enterAs(B);
    expect(await errorOf(() => line.queue.enter(A))).toMatchObject({ reason: 'share' }); // 5 of 10 places, 2 keys
    line.enterAs(B);
    expect(line.queue.waiting).toBe(7);
  });

  it('are counted as long as they have been seen lately: a lone one has the whole line', async () => {
    vi.useFakeTimers({ toFake: ['performance'], now: 0 });
    try {
      const line = new Line(2, 8);
      line.enterAs(B).leave();
      vi.advanceTimersByTime(601_000);
      for (let count = 0; count < 10; count++) line.enterAs(A);
      expect(await errorOf(() => line.queue.enter(A))).toMatchObject({ reason: 'overloaded' });
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('a deadline', () => {
  beforeEach(() => vi.useFakeTimers({ toFake: ['performance'], now: 0 }));
  afterEach(() => vi.useRealTimers());

  it('that the measured wait cannot meet is refused at once, with the estimate', async () => {
    const line = new Line(1);
    const served = line.enter('x');
    await settle();
    vi.advanceTimersByTime(10_000);
    served.leave();
    line.enter('running');
    line.enter('waiting');
    const late = await errorOf(() => line.queue.enter({ ...ANYBODY, deadline: performance.now() + 19_000 }));
    expect(late).toMatchObject({ code: 'timeout', reason: 'deadline' });
    expect(late.message).toContain('about 20.0 s');
    expect(late.message).toContain('19.0 s');
    expect(line.queue.waiting).toBe(1);
    line.queue.enter({ ...ANYBODY, deadline: performance.now() + 21_000 });
    expect(line.queue.waiting).toBe(2);
  });

  it('is judged by the turns that the key has, not by the whole line', async () => {
    const line = new Line(1);
    const served = line.enter('x');
    await settle();
    vi.advanceTimersByTime(10_000);
    served.leave();
    for (let count = 0; count < 50; count++) line.enter('crowd');
    line.queue.enter({ keyId: 'other', priority: 'interactive', deadline: performance.now() + 20_000 });
    expect(line.queue.waiting).toBe(50);
  });
});
