import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { JobProgress } from '../../src/jobs/core/job.js';
import { ProgressReport } from '../../src/jobs/core/progress-report.js';

/** Reports more frequent than this are not stored. */
const INTERVAL_MS = 250;

/** A store whose writes end when the test says so. */
class SlowStore {
  readonly written: JobProgress[] = [];
  private readonly pending: { resolve: () => void; reject: (error: Error) => void }[] = [];

  readonly write = (progress: JobProgress): Promise<void> => {
    this.written.push(progress);
    return new Promise((resolve, reject) => this.pending.push({ resolve, reject }));
  };

  get done(): number[] {
    return this.written.map(({ done }) => done);
  }

  async finish(error?: Error): Promise<void> {
    const write = this.pending.shift();
    if (error === undefined) write?.resolve();
    else write?.reject(error);
    await settled();
  }
}

/** Lets promises settle; time stands still. */
async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

describe('a report of progress', () => {
  let store: SlowStore;
  let progress: ProgressReport;

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] });
    store = new SlowStore();
    progress = new ProgressReport(store.write);
  });
  afterEach(() => vi.useRealTimers());

  it('knows no end before there is a pace', () => {
    progress.report(10, 100, 'bytes');
    expect(store.written).toEqual([{ done: 10, total: 100, unit: 'bytes', remainingSeconds: null }]);
  });

  it('estimates the rest by the pace since the first report, in whole seconds', async () => {
    progress.report(10, 100, 'bytes');
    await store.finish();
    vi.advanceTimersByTime(2000);
    progress.report(30, 100, 'bytes'); // 10 a second: what was there at first does not count
    expect(store.written.at(-1)).toMatchObject({ done: 30, remainingSeconds: 7 });
    await store.finish();
    vi.advanceTimersByTime(1000);
    progress.report(55, 100, 'bytes'); // 15 a second
    expect(store.written.at(-1)).toMatchObject({ done: 55, remainingSeconds: 3 });
    await store.finish();
    progress.report(100, 100, 'bytes');
    expect(store.written.at(-1)).toMatchObject({ done: 100, remainingSeconds: 0 });
  });

  it('knows no end while nothing moves', async () => {
    progress.report(10, 100, 'bytes');
    await store.finish();
    vi.advanceTimersByTime(5000);
    progress.report(10, 100, 'bytes');
    expect(store.written.at(-1)).toMatchObject({ done: 10, remainingSeconds: null });
  });

  it('is stored at a bearable pace, but the last at once', async () => {
    progress.report(1, 9, 'steps');
    await store.finish();
    progress.report(2, 9, 'steps');
    vi.advanceTimersByTime(INTERVAL_MS - 1);
    progress.report(3, 9, 'steps');
    expect(store.done).toEqual([1]);
    vi.advanceTimersByTime(1); // what was held back may be the last for a long time
    expect(store.done).toEqual([1, 3]);
    await store.finish();
    progress.report(9, 9, 'steps');
    expect(store.done).toEqual([1, 3, 9]);
  });

  it('is not stored again when nothing new was reported', async () => {
    progress.report(1, 9, 'steps');
    progress.report(2, 9, 'steps');
    await store.finish();
    await vi.advanceTimersByTimeAsync(10 * INTERVAL_MS);
    await store.finish();
    await vi.advanceTimersByTimeAsync(10 * INTERVAL_MS);
    expect(store.done).toEqual([1, 2]);
  });

  it('is stored one write at a time', async () => {
    progress.report(1, 9, 'steps');
    vi.advanceTimersByTime(10 * INTERVAL_MS);
    progress.report(5, 9, 'steps');
    progress.report(9, 9, 'steps');
    expect(store.done).toEqual([1]);
    const flushed = progress.flush();
    await store.finish();
    expect(store.done).toEqual([1, 9]); // the latest, and nothing in between
    await store.finish();
    await flushed;
  });

  it('is flushed once, and only when something is new', async () => {
    progress.report(1, 9, 'steps');
    await store.finish();
    await progress.flush();
    expect(store.done).toEqual([1]);
    progress.report(2, 9, 'steps');
    const flushed = progress.flush();
    await settled();
    await store.finish();
    await flushed;
    await progress.flush();
    expect(store.done).toEqual([1, 2]);
  });

  it('has nothing to flush without a report', async () => {
    await progress.flush();
    expect(store.written).toEqual([]);
  });

  it('goes on when a write fails', async () => {
    progress.report(1, 9, 'steps');
    await store.finish(new Error('the store is away'));
    vi.advanceTimersByTime(INTERVAL_MS);
    progress.report(2, 9, 'steps');
    const flushed = progress.flush();
    await store.finish(new Error('the store is still away'));
    await flushed;
    expect(store.done).toEqual([1, 2]);
  });
});
