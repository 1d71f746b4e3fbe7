import { describe, expect, it } from 'vitest';
import { cancelled, ParleyError } from '../../src/inference/errors.js';
import type { InferenceObserver, RequestReport } from '../../src/inference/observer.js';
import { RequestMeter } from '../../src/inference/request-meter.js';
import type { TextGenerationTask } from '../../src/inference/text-tasks.js';

const TASK: TextGenerationTask = {
  kind: 'text-generation',
  model: 'm',
  prompt: { kind: 'raw', text: 'Hi' },
  sampling: {},
  stop: [],
  overflow: 'refuse',
};
const FINISHED = {
  type: 'finished',
  finishReason: 'stop',
  promptTokens: 1,
  completionTokens: 1,
  cachedTokens: 0,
} as const;

/** What a request that did this reports to its observer and to its recorder, which is the same. */
function reportOf(work: (meter: RequestMeter) => void): RequestReport {
  const observed: RequestReport[] = [];
  const recorded: RequestReport[] = [];
  const observer = {
    requestEnded: (report) => observed.push(report),
  } as Partial<InferenceObserver> as InferenceObserver;
  const recorder = {
    asks: () => undefined,
    begin: () => ({ traceHeaders: {}, end: (report: RequestReport) => recorded.push(report) }),
  };
  work(new RequestMeter(observer, TASK, { keyId: 'alice', dialect: 'openai', priority: 'interactive', recorder }));
  expect(recorded).toEqual(observed);
  const [report, ...more] = recorded;
  if (report === undefined || more.length > 0) throw new Error('not one report');
  return report;
}

describe('what is reported of a request', () => {
  it('is how it finished, with the wait for a load only where there was one', () => {
    const report = reportOf((meter) => {
      meter.hasModel(performance.now() - 1000);
      meter.begin();
      meter.see(FINISHED);
      meter.end(undefined, null);
    });
    expect(report).toMatchObject({ outcome: 'stop', errorCode: null });
    expect(report.phases.map(({ name }) => name)).not.toContain('load');
    const loaded = reportOf((meter) => {
      meter.hasModel(performance.now() + 1000);
      meter.end(undefined, null);
    });
    expect(loaded.phases.map(({ name }) => name)).toContain('load');
  });

  it('is the code of an error', () => {
    const broken = new ParleyError('runner_crashed', 'It crashed.');
    expect(reportOf((meter) => meter.end(broken, null))).toMatchObject({
      outcome: 'error',
      errorCode: 'runner_crashed',
    });
    expect(reportOf((meter) => meter.end(new TypeError(), null))).toMatchObject({ errorCode: 'internal' });
  });

  it('is no error where the client left, and the reason where something else cut it', () => {
    const left = reportOf((meter) => meter.end(undefined, cancelled()));
    expect(left).toMatchObject({ outcome: 'cancelled', errorCode: null });
    const late = reportOf((meter) => meter.end(undefined, new ParleyError('timeout', 'It took too long.')));
    expect(late).toMatchObject({ outcome: 'cancelled', errorCode: 'timeout' });
  });

  it('is the answer where the signal aborts after it', () => {
    const report = reportOf((meter) => {
      meter.see(FINISHED);
      meter.end(undefined, new ParleyError('timeout', 'It took too long.'));
    });
    expect(report).toMatchObject({ outcome: 'stop', errorCode: null });
  });
});
