import { describe, expect, it } from 'vitest';
import { EgressNetworkError, EgressRefusedError } from '../../src/egress/egress-errors.js';
import { HubAnswerError } from '../../src/hub/hub-answer.js';
import { ProgressThrottle } from '../../src/hub/progress-throttle.js';
import { withRetries, type Waiting } from '../../src/hub/retry.js';

const POLICY = { attempts: 4, firstDelayMs: 100, longestDelayMs: 300, longestRetryAfterMs: 5000 };

/** Runs attempts that end as they are given: an error is thrown, a text is the result; progress where `+` is. */
async function run(
  ends: (Error | string)[],
  random = 1,
  progressAt: readonly number[] = [],
): Promise<{ result: unknown; sleeps: number[] }> {
  const sleeps: number[] = [];
  const waiting: Waiting = {
    now: () => 0,
    random: () => random,
    sleep: (ms) => {
      sleeps.push(ms);
      return Promise.resolve();
    },
  };
  let attempt = 0;
  const result = await withRetries(
    (progressed) => {
      const end = ends[attempt] ?? 'more attempts than expected';
      if (progressAt.includes(attempt)) progressed();
      attempt++;
      return end instanceof Error ? Promise.reject(end) : Promise.resolve(end);
    },
    { policy: POLICY, waiting, signal: new AbortController().signal },
  ).catch((error: unknown) => error);
  return { result, sleeps };
}

function broken(): Error {
  return new EgressNetworkError('broken');
}

function answered(status: number, headers: Record<string, string> = {}): HubAnswerError {
  return new HubAnswerError(status, new Headers(headers), { answerer: 'hub', file: null });
}

describe('trying again', () => {
  it('has pauses that double, up to the longest', async () => {
    expect(await run([broken(), broken(), broken(), 'done'])).toEqual({ result: 'done', sleeps: [100, 200, 300] });
  });

  it('draws the pauses from their upper half', async () => {
    expect((await run([broken(), 'done'], 0)).sleeps).toEqual([50]);
    expect((await run([broken(), 'done'], 0.5)).sleeps).toEqual([75]);
  });

  it('ends with the last error', async () => {
    const last = broken();
    expect(await run([broken(), broken(), broken(), last])).toEqual({ result: last, sleeps: [100, 200, 300] });
  });

  it('counts anew after progress', async () => {
    const ends = [broken(), broken(), broken(), broken(), broken(), broken(), 'done'];
    const { result, sleeps } = await run(ends, 1, [2, 5]);
    expect([result, sleeps]).toEqual(['done', [100, 200, 100, 200, 300, 100]]);
  });

  it.each([408, 429, 500, 502, 503, 504])('is done after status %i', async (status) => {
    expect((await run([answered(status), 'done'])).result).toBe('done');
  });

  it.each([400, 401, 403, 404, 405])('is not done after status %i', async (status) => {
    expect((await run([answered(status), 'done'])).result).toBeInstanceOf(HubAnswerError);
  });

  it('is not done after a refusal or a mistake of ours', async () => {
    expect((await run([new EgressRefusedError('host'), 'done'])).result).toBeInstanceOf(EgressRefusedError);
    expect((await run([new TypeError('oops'), 'done'])).result).toBeInstanceOf(TypeError);
  });

  it('is done after any status of a host that the hub redirected to: its links expire', async () => {
    const error = new HubAnswerError(403, new Headers(), { answerer: 'elsewhere', file: 'f' });
    expect((await run([error, 'done'])).result).toBe('done');
  });

  it('waits as long as the hub asks for, within reason', async () => {
    const pauses = ['2', '0', '60', 'Thu, 01 Jan 1970 00:00:03 GMT', 'soon'].map(async (after) => {
      return (await run([answered(429, { 'retry-after': after }), 'done'])).sleeps[0];
    });
    expect(await Promise.all(pauses)).toEqual([2000, 0, 5000, 3000, 100]);
  });
});

it('progress is passed on first, four times a second, and last', () => {
  let now = 0;
  const seen: number[] = [];
  const throttle = new ProgressThrottle(
    ({ doneBytes }) => seen.push(doneBytes),
    () => now,
  );
  for (; now <= 1000; now += 10) throttle.add({ doneBytes: now, totalBytes: 1005 });
  throttle.add({ doneBytes: 1005, totalBytes: 1005 });
  throttle.flush();
  throttle.flush();
  expect(seen).toEqual([0, 250, 500, 750, 1000, 1005]);
});
