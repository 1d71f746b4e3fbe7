import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AdmissionQueue } from '../../src/inference/admission/admission-queue.js';
import { errorOf } from './support/errors.js';
import { ANYBODY, Line, NEVER, settle } from './support/queue-line.js';

describe('work that needs no slot', () => {
  it('has its turn at once, and is bounded as all else', async () => {
    const line = new Line(1, 1);
    line.enter('running');
    const beside = line.queue.enterBeside(ANYBODY);
    await beside.turn(NEVER);
    expect(line.queue).toMatchObject({ running: 1, waiting: 1 });
    expect(await errorOf(() => line.queue.enterBeside(ANYBODY))).toMatchObject({ code: 'overloaded' });
    beside.leave();
    beside.leave();
    expect(line.queue).toMatchObject({ running: 1, waiting: 0 });
  });

  it('is not begun for a client that has gone', async () => {
    const beside = new Line(1).queue.enterBeside(ANYBODY);
    expect(await errorOf(() => beside.turn(AbortSignal.abort()))).toMatchObject({ code: 'cancelled' });
  });
});

describe('the order of turns', () => {
  it('is that of arrival', async () => {
    const line = new Line(1);
    const tickets = ['a', 'b', 'c'].map((name) => line.enter(name));
    for (const ticket of tickets) {
      await settle();
      ticket.leave();
    }
    expect(line.order).toEqual(['a', 'b', 'c']);
  });

  it('puts interactive requests before batch ones that wait', async () => {
    const line = new Line(1);
    const running = line.enter('running', 'batch');
    const tickets = [
      line.enter('batch 1', 'batch'),
      line.enter('chat 1'),
      line.enter('batch 2', 'batch'),
      line.enter('chat 2'),
    ];
    running.leave();
    while (line.order.length < 5) {
      await settle();
      const name = line.order.at(-1);
      tickets[['batch 1', 'chat 1', 'batch 2', 'chat 2'].indexOf(name ?? '')]?.leave();
    }
    expect(line.order).toEqual(['running', 'chat 1', 'chat 2', 'batch 1', 'batch 2']);
  });

  it('lets nobody pass those who wait', async () => {
    const line = new Line(1);
    const first = line.enter('first');
    line.enter('second');
    first.leave();
    line.enter('third');
    await settle();
    expect(line.order).toEqual(['first', 'second']);
  });
});

describe('capacity', () => {
  it('is nothing until it is known', async () => {
    const queue = new AdmissionQueue(10);
    const ticket = queue.enter(ANYBODY);
    const turn = ticket.turn(NEVER);
    expect(queue).toMatchObject({ running: 0, waiting: 1 });
    queue.setCapacity(1);
    await turn;
    expect(queue).toMatchObject({ running: 1, waiting: 0 });
  });

  it('lets more in at once when it grows', async () => {
    const line = new Line(1);
    for (const name of ['a', 'b', 'c', 'd']) line.enter(name);
    line.queue.setCapacity(3);
    await settle();
    expect(line.order).toEqual(['a', 'b', 'c']);
  });

  it('takes nobody’s slot away when it shrinks, and lets nobody in before it is met', async () => {
    const line = new Line(2);
    const [a, b] = [line.enter('a'), line.enter('b')];
    line.enter('c');
    line.queue.setCapacity(1);
    expect(line.queue.running).toBe(2);
    a.leave();
    await settle();
    expect(line.order).toEqual(['a', 'b']);
    b.leave();
    await settle();
    expect(line.order).toEqual(['a', 'b', 'c']);
  });
});

describe('the bound', () => {
  it('counts those who wait beyond the slots', async () => {
    const line = new Line(2, 1);
    for (const name of ['a', 'b', 'c']) line.enter(name);
    const error = await errorOf(() => line.queue.enter(ANYBODY));
    expect(error.code).toBe('overloaded');
    expect(error.retryAfterSeconds).toBeGreaterThanOrEqual(1);
  });

  it('holds before the model is loaded too', async () => {
    const queue = new AdmissionQueue(0);
    queue.enter(ANYBODY);
    expect((await errorOf(() => queue.enter(ANYBODY))).code).toBe('overloaded');
  });

  it('gives a place back once somebody left, however often they say so', async () => {
    const line = new Line(1, 0);
    const ticket = line.enter('a');
    await errorOf(() => line.queue.enter(ANYBODY));
    ticket.leave();
    ticket.leave();
    const next = line.enter('b');
    expect(line.queue).toMatchObject({ running: 1, waiting: 0 });
    await errorOf(() => line.queue.enter(ANYBODY));
    next.leave();
    expect(line.queue).toMatchObject({ running: 0, waiting: 0 });
  });
});

describe('leaving while waiting', () => {
  it('frees the place, and the slot goes to the next', async () => {
    const line = new Line(1);
    const running = line.enter('a');
    const gone = new AbortController();
    const left = line.enter('b', 'interactive', gone.signal);
    line.enter('c');
    gone.abort();
    await settle();
    left.leave();
    expect(line.queue).toMatchObject({ running: 1, waiting: 1 });
    running.leave();
    await settle();
    expect(line.order).toEqual(['a', 'b left', 'c']);
  });

  it('is an error that says so, before the turn as well as during the wait', async () => {
    const line = new Line(1);
    line.enter('a');
    const gone = new AbortController();
    const waiting = line.queue.enter(ANYBODY).turn(gone.signal);
    gone.abort();
    expect((await errorOf(() => waiting)).code).toBe('cancelled');
    expect((await errorOf(() => line.queue.enter(ANYBODY).turn(gone.signal))).code).toBe('cancelled');
    expect(line.queue.running).toBe(1);
  });

  it('after the turn has come frees nothing twice', async () => {
    const line = new Line(1);
    const gone = new AbortController();
    const ticket = line.enter('a', 'interactive', gone.signal);
    line.enter('b');
    line.enter('c');
    await settle();
    gone.abort();
    ticket.leave();
    await settle();
    expect(line.order).toEqual(['a', 'b']);
    expect(line.queue).toMatchObject({ running: 1, waiting: 1 });
  });
});

describe('Retry-After', () => {
  beforeEach(() => vi.useFakeTimers({ toFake: ['performance'], now: 0 }));
  afterEach(() => vi.useRealTimers());

  async function serve(line: Line, seconds: number): Promise<void> {
    const ticket = line.enter('x');
    await settle();
    vi.advanceTimersByTime(seconds * 1000);
    ticket.leave();
  }

  async function retryAfter(line: Line): Promise<number | undefined> {
    return (await errorOf(() => line.queue.enter(ANYBODY))).retryAfterSeconds;
  }

  it('is measured: how long requests took, times those ahead, over the slots', async () => {
    const line = new Line(1, 2);
    await serve(line, 10);
    for (const name of ['a', 'b', 'c']) line.enter(name);
    expect(await retryAfter(line)).toBe(30);
  });

  it('falls with more slots', async () => {
    const line = new Line(2, 2);
    await serve(line, 10);
    for (const name of ['a', 'b', 'c', 'd']) line.enter(name);
    expect(await retryAfter(line)).toBe(15);
  });

  it('is taken from the longest running request while none has ended', async () => {
    const line = new Line(1, 0);
    line.enter('a');
    await settle();
    vi.advanceTimersByTime(7000);
    expect(await retryAfter(line)).toBe(7);
  });

  it('is shorter for a key whose turn comes sooner', async () => {
    const line = new Line(1, 4);
    await serve(line, 10);
    for (let count = 0; count < 5; count++) line.enter('crowd');
    expect(await retryAfter(line)).toBe(50);
    const other = await errorOf(() => line.queue.enter({ ...ANYBODY, keyId: 'other' }));
    expect(other.retryAfterSeconds).toBe(10);
  });

  it('is a whole second at least', async () => {
    const line = new Line(1, 0);
    line.enter('a');
    expect(await retryAfter(line)).toBe(1);
  });

  it('is zero for a model that has a free slot', async () => {
    const line = new Line(2);
    await serve(line, 10);
    line.enter('a');
    expect(line.queue.drainSeconds).toBe(0);
    line.enter('b');
    expect(line.queue.drainSeconds).toBeCloseTo(5);
  });
});
