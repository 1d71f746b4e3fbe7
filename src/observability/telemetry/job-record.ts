import { Logger } from '@nestjs/common';
import { RunTally } from './run-tally.js';
import type { Span, TraceHeaders, Tracing } from './tracing.js';
import { WallClock } from './wall-clock.js';

export interface JobFacts {
  readonly id: string;
  readonly kind: string;
  readonly keyId: string;
  /** From 1. */
  readonly attempt: number;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** The request that asked for it, as far as it is known. */
  readonly requestId: string | undefined;
  readonly traceHeaders: TraceHeaders;
}

/** One run of a job, for its line in the log and its span, which is part of the trace of the request that asked for it. */
export class JobRecord {
  readonly runs: RunTally;
  private readonly began = performance.now();
  private readonly clock = new WallClock();
  private readonly span: Span | null;
  private readonly log = new Logger('Jobs');

  constructor(
    private readonly facts: JobFacts,
    tracing: Tracing,
  ) {
    const { id, kind, keyId, attempt, requestId, traceHeaders } = facts;
    this.span = tracing.start(
      {
        name: `job ${kind}`,
        kind: 'consumer',
        at: this.clock.at(this.began),
        attributes: {
          'parley.job': id,
          'parley.job.kind': kind,
          'parley.job.attempt': attempt,
          'parley.key': keyId,
          ...(requestId !== undefined && { 'parley.request.id': requestId }),
        },
      },
      traceHeaders,
    );
    this.runs = new RunTally(this.span, this.clock);
  }

  /** To be called once. `code` is what it failed with, else null. */
  end(outcome: string, code: string | null): void {
    const { id, kind, keyId, attempt, createdAt, requestId } = this.facts;
    const now = performance.now();
    const line = {
      ...(requestId !== undefined && { id: requestId }),
      ...(this.span !== null && { trace_id: this.span.traceId, span_id: this.span.spanId }),
      key: keyId,
      job: id,
      kind,
      attempt,
      // Another machine's clock may have written when it was made.
      wait_ms: Math.max(0, Math.round(this.clock.at(this.began) - createdAt)),
      ms: Math.round((now - this.began) * 10) / 10,
      ...this.runs.fields(),
      outcome,
      ...(code !== null && { error: code }),
      msg: 'job',
    };
    if (outcome === 'failed') this.log.warn(line);
    else this.log.log(line);
    const attributes = { 'parley.outcome': outcome, ...(code !== null && { 'parley.error': code }) };
    this.span?.end({ at: this.clock.at(now), attributes, error: outcome === 'failed' ? (code ?? 'internal') : null });
  }
}
