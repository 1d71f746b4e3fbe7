import { describe, expect, it } from 'vitest';
import { ParleyError } from '../../src/inference/errors.js';
import { hasEnded, hasExpired, type BullJob, type JobState } from '../../src/jobs/core/job.js';
import { toBullError } from '../../src/jobs/core/job-failure.js';
import { toView } from '../../src/jobs/core/job-view.js';

const TTL_SECONDS = 60;
const DATA = {
  keyId: 'key',
  reply: 'reply',
  payload: { model: 'm', contextSize: null },
  fingerprint: 'f',
  stays: true,
};
const CANCELLED = { ...DATA, cancelled: true };

/** A job as BullMQ gives it. */
function jobOf(fields: object = {}): BullJob {
  const fresh = { id: 'launch_1', data: DATA, progress: 0, attemptsStarted: 0, timestamp: 1000 };
  return { ...fresh, ...fields } as unknown as BullJob;
}

function reasonOf(code: 'cancelled' | 'forbidden'): string {
  return toBullError(new ParleyError(code, 'So it is.')).message;
}

type BullState = Parameters<typeof toView>[2];

describe('a job as its owner sees it', () => {
  it('is what BullMQ has of it', () => {
    const progress = { done: 1, total: 2, unit: 'bytes', remainingSeconds: 9 };
    const job = jobOf({ progress, attemptsStarted: 2, processedOn: 2000 });
    expect(toView(job, 'launch', 'active', TTL_SECONDS)).toEqual({
      id: 'launch_1',
      kind: 'launch',
      state: 'active',
      progress,
      position: null,
      attempts: 2,
      createdAt: 1000,
      startedAt: 2000,
      finishedAt: null,
      error: null,
      expiresAt: null,
    });
  });

  it.each<[BullState, JobState]>([
    ['waiting', 'queued'],
    ['prioritized', 'queued'],
    ['delayed', 'queued'],
    ['waiting-children', 'queued'],
    ['unknown', 'queued'],
    ['active', 'active'],
    ['completed', 'completed'],
  ])('%s in BullMQ is %s', (bullState, state) => {
    expect(toView(jobOf(), 'launch', bullState, TTL_SECONDS).state).toBe(state);
  });

  it('has failed with its reason', () => {
    const view = toView(jobOf({ failedReason: reasonOf('forbidden'), finishedOn: 3000 }), 'launch', 'failed', 60);
    expect(view).toMatchObject({ state: 'failed', finishedAt: 3000, expiresAt: null });
    expect(view.error).toEqual({ code: 'forbidden', message: 'So it is.' });
  });

  it('was cancelled where that is what it failed with', () => {
    const view = toView(jobOf({ failedReason: reasonOf('cancelled'), finishedOn: 3000 }), 'launch', 'failed', 60);
    expect(view).toMatchObject({ state: 'cancelled', error: { code: 'cancelled', message: 'So it is.' } });
  });

  it.each<BullState>(['waiting', 'prioritized', 'delayed', 'active'])(
    'is cancelled as soon as somebody wants that, though it is still %s',
    (bullState) => {
      const view = toView(jobOf({ data: CANCELLED }), 'launch', bullState, TTL_SECONDS, {
        position: 3,
        children: null,
      });
      expect(view).toMatchObject({ state: 'cancelled', position: null, finishedAt: null });
      expect(view.error).toEqual({ code: 'cancelled', message: 'The job was cancelled.' });
    },
  );

  it('stays as it ended when it is cancelled too late', () => {
    const done = jobOf({ data: CANCELLED, finishedOn: 3000 });
    expect(toView(done, 'launch', 'completed', TTL_SECONDS)).toMatchObject({ state: 'completed', error: null });
    const failed = jobOf({ data: CANCELLED, finishedOn: 3000, failedReason: reasonOf('forbidden') });
    expect(toView(failed, 'launch', 'failed', TTL_SECONDS)).toMatchObject({
      state: 'failed',
      error: { code: 'forbidden' },
    });
  });

  it('has a place only while it waits', () => {
    expect(toView(jobOf(), 'launch', 'prioritized', TTL_SECONDS, { position: 3, children: null }).position).toBe(3);
    expect(toView(jobOf(), 'launch', 'active', TTL_SECONDS, { position: 3, children: null }).position).toBeNull();
  });

  it('counts the jobs that it waits for', () => {
    const among = (ended: number): object =>
      toView(jobOf(), 'batch-ocr', 'waiting-children', TTL_SECONDS, { position: null, children: { ended, total: 3 } });
    const progress = { total: 3, unit: 'files', remainingSeconds: null };
    expect(among(0)).toMatchObject({ state: 'queued', progress: { done: 0, ...progress } });
    expect(among(2)).toMatchObject({ state: 'active', progress: { done: 2, ...progress } });
  });

  it('has no progress before its first report', () => {
    for (const progress of [0, null, undefined, 'half']) {
      expect(toView(jobOf({ progress }), 'launch', 'active', TTL_SECONDS).progress).toBeNull();
    }
  });

  it('has no error of an attempt that is tried again', () => {
    const job = jobOf({ failedReason: reasonOf('forbidden') });
    expect(toView(job, 'launch', 'delayed', TTL_SECONDS).error).toBeNull();
  });

  it('keeps a result for its time, and the job for longer', () => {
    const view = toView(jobOf({ finishedOn: 5000 }), 'launch', 'completed', TTL_SECONDS);
    expect(view.expiresAt).toBe(65_000);
    expect([hasExpired(view, 64_999), hasExpired(view, 65_000)]).toEqual([false, true]);
    expect(hasExpired(toView(jobOf(), 'launch', 'active', TTL_SECONDS), Infinity)).toBe(false);
  });

  it('has ended in three of its five states', () => {
    const view = toView(jobOf(), 'launch', 'active', TTL_SECONDS);
    const ended = (['queued', 'active', 'completed', 'failed', 'cancelled'] as const).map((state) =>
      hasEnded({ ...view, state }),
    );
    expect(ended).toEqual([false, false, true, true, true]);
  });
});
