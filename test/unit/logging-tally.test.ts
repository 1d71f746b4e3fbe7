import { describe, expect, it } from 'vitest';
import type { RequestReport } from '../../src/inference/observer.js';
import type { PhaseName, RunPhase } from '../../src/inference/run-timeline.js';
import { RunTally } from '../../src/observability/telemetry/run-tally.js';
import { WallClock } from '../../src/observability/telemetry/wall-clock.js';

const LABELS = { model: 'm', task: 'text-generation', dialect: 'openai' } as const;

function phase(name: PhaseName, from: number, to: number): RunPhase {
  return { name, from, to };
}

function report(more: Partial<RequestReport>): RequestReport {
  return {
    ...LABELS,
    outcome: 'stop',
    queueSeconds: 0,
    firstTokenSeconds: null,
    totalSeconds: 0,
    promptTokens: 10,
    completionTokens: 5,
    cachedTokens: 2,
    errorCode: null,
    phases: [],
    ...more,
  };
}

function fieldsOf(...reports: readonly Partial<RequestReport>[]): unknown {
  const tally = new RunTally(null, new WallClock());
  for (const more of reports) tally.begin(LABELS).end(report(more));
  return tally.fields();
}

describe('what is told of the runs of a request', () => {
  it('is nothing where there was none', () => {
    expect(fieldsOf()).toEqual({});
  });

  it('is the model where it was asked for in vain', () => {
    const tally = new RunTally(null, new WallClock());
    tally.asks(LABELS);
    expect(tally.fields()).toEqual({ model: 'm', task: 'text-generation' });
  });

  it('is that of the run where there was one', () => {
    const phases = [phase('queue', 100, 110), phase('prefill', 110, 130.04), phase('decode', 130.04, 200)];
    expect(fieldsOf({ outcome: 'length', phases })).toEqual({
      model: 'm',
      task: 'text-generation',
      outcome: 'length',
      prompt_tokens: 10,
      cached_tokens: 2,
      completion_tokens: 5,
      queue_ms: 10,
      prefill_ms: 20,
      decode_ms: 70,
    });
  });

  it('adds tokens up, and counts time once in which several were at the same', () => {
    const fields = fieldsOf(
      { phases: [phase('prefill', 0, 10), phase('decode', 10, 50)] },
      { phases: [phase('prefill', 5, 20), phase('decode', 20, 40)] }, // beside the first
      { phases: [phase('prefill', 60, 70), phase('decode', 70, 80)] }, // after both
    );
    const tokens = { prompt_tokens: 30, cached_tokens: 6, completion_tokens: 15 };
    expect(fields).toMatchObject({ runs: 3, ...tokens, prefill_ms: 30, decode_ms: 50 });
  });

  it('has the worst outcome, and every model once', () => {
    const fields = fieldsOf({ outcome: 'stop' }, { outcome: 'cancelled', model: 'n' }, { outcome: 'length' });
    expect(fields).toMatchObject({ outcome: 'cancelled', model: 'm,n' });
  });

  it('has the code of what failed', () => {
    const tally = new RunTally(null, new WallClock());
    expect(tally.errorCode).toBeNull();
    tally.begin(LABELS).end(report({ outcome: 'error', errorCode: 'runner_crashed' }));
    tally.begin(LABELS).end(report({}));
    expect(tally.errorCode).toBe('runner_crashed');
  });
});

describe('the line of a request', () => {
  it('waits for the runs that are still at work', () => {
    const tally = new RunTally(null, new WallClock());
    let written = 0;
    const [first, second] = [tally.begin(LABELS), tally.begin(LABELS)];
    tally.whenIdle(() => written++);
    first.end(report({}));
    expect(written).toBe(0);
    second.end(report({}));
    expect(written).toBe(1);
  });

  it('does not wait where none is', () => {
    let written = 0;
    new RunTally(null, new WallClock()).whenIdle(() => written++);
    expect(written).toBe(1);
  });
});
