import type { ErrorCode } from '../../inference/errors.js';
import { RunTally } from './run-tally.js';
import type { Span, TraceHeaders } from './tracing.js';
import type { WallClock } from './wall-clock.js';

/** What is known of one HTTP request while it is served, for its line in the log and its span. */
export class RequestRecord {
  readonly runs: RunTally;
  private readonly jobIds = new Set<string>();
  private failure: ErrorCode | null = null;

  constructor(
    /** `X-Request-Id`. */
    readonly id: string,
    readonly span: Span | null,
    readonly clock: WallClock,
  ) {
    this.runs = new RunTally(span, clock);
  }

  /** What makes others go on from this request's trace. */
  get traceHeaders(): TraceHeaders {
    return this.span?.headers ?? {};
  }

  /** Its answer is an error. */
  fail(code: ErrorCode): void {
    this.failure = code;
  }

  /** It has made this job, or follows it. */
  noteJob(id: string): void {
    this.jobIds.add(id);
  }

  get errorCode(): string | null {
    return this.failure ?? this.runs.errorCode;
  }

  get jobs(): string {
    return [...this.jobIds].join(',');
  }
}
