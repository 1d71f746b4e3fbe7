import type { Outcome, RequestLabels, RequestReport } from '../../inference/observer.js';
import type { RunRecorder, RunRecording } from '../../inference/run-recorder.js';
import type { PhaseName, RunPhase } from '../../inference/run-timeline.js';
import { endRunSpan, runSpan } from './run-spans.js';
import type { Span } from './tracing.js';
import type { WallClock } from './wall-clock.js';

/** The runs of one request or job, put together. Times in milliseconds. */
export type RunFields = Readonly<Record<string, string | number>>;

/** From what is most worth knowing of several outcomes. */
const WORST_FIRST: readonly Outcome[] = ['error', 'cancelled', 'length', 'tool_calls', 'stop'];

const TIMES: readonly (readonly [name: PhaseName, field: string])[] = [
  ['load', 'load_ms'],
  ['queue', 'queue_ms'],
  ['prefill', 'prefill_ms'],
  ['decode', 'decode_ms'],
  ['work', 'work_ms'],
];

/** Follows what is computed for one request or job. */
export class RunTally implements RunRecorder {
  private readonly reports: RequestReport[] = [];
  private asked: RequestLabels | null = null;
  private open = 0;
  private onIdle: (() => void) | null = null;

  constructor(
    private readonly span: Span | null,
    private readonly clock: WallClock,
  ) {}

  asks(run: RequestLabels): void {
    this.asked = run;
  }

  begin(run: RequestLabels): RunRecording {
    this.open++;
    const span = this.span?.child(runSpan(run, this.clock.now())) ?? null;
    return {
      traceHeaders: span?.headers ?? {},
      end: (report) => {
        this.reports.push(report);
        if (span !== null) endRunSpan(span, report, this.clock);
        this.open--;
        if (this.open === 0) this.onIdle?.();
      },
    };
  }

  /** Calls back as soon as no run goes on: at once, where none does. */
  whenIdle(then: () => void): void {
    if (this.open === 0) then();
    else {
      this.onIdle = () => {
        this.onIdle = null;
        then();
      };
    }
  }

  /** The code of the last run that failed; null: none did. */
  get errorCode(): string | null {
    return this.reports.findLast(({ errorCode }) => errorCode !== null)?.errorCode ?? null;
  }

  /** The model alone where it was asked for and nothing was computed; empty where none was. */
  fields(): RunFields {
    if (this.reports.length === 0) return this.asked === null ? {} : { model: this.asked.model, task: this.asked.task };
    const sum = (count: (report: RequestReport) => number): number =>
      this.reports.reduce((total, report) => total + count(report), 0);
    return {
      model: this.distinct(({ model }) => model),
      task: this.distinct(({ task }) => task),
      ...(this.reports.length > 1 && { runs: this.reports.length }),
      outcome: WORST_FIRST.find((outcome) => this.reports.some((report) => report.outcome === outcome)) ?? 'stop',
      prompt_tokens: sum(({ promptTokens }) => promptTokens),
      cached_tokens: sum(({ cachedTokens }) => cachedTokens),
      completion_tokens: sum(({ completionTokens }) => completionTokens),
      ...this.times(),
    };
  }

  private distinct(what: (report: RequestReport) => string): string {
    return [...new Set(this.reports.map(what))].join(',');
  }

  private times(): RunFields {
    const phases = this.reports.flatMap((report) => report.phases);
    const fields: Record<string, number> = {};
    for (const [phase, field] of TIMES) {
      const spent = timeCovered(phases.filter(({ name }) => name === phase));
      if (spent > 0) fields[field] = Math.round(spent * 10) / 10;
    }
    return fields;
  }
}

/** How long at least one of them went on: what ran side by side does not count twice. */
function timeCovered(phases: readonly RunPhase[]): number {
  let covered = 0;
  let until = -Infinity;
  for (const { from, to } of phases.toSorted((a, b) => a.from - b.from)) {
    covered += Math.max(0, to - Math.max(from, until));
    until = Math.max(until, to);
  }
  return covered;
}
