/** Injection token of {@link Tracing}. */
export const TRACING = Symbol('tracing');

export type Attributes = Readonly<Record<string, string | number | string[]>>;

/** W3C `traceparent` and `tracestate`, as they stand in HTTP headers; empty: there are none. */
export type TraceHeaders = Readonly<Record<string, string>>;

export interface SpanStart {
  readonly name: string;
  readonly kind: 'server' | 'consumer' | 'internal';
  /** Milliseconds since 1970, as all times of spans. */
  readonly at: number;
  readonly attributes?: Attributes;
}

export interface SpanEnd {
  readonly at: number;
  readonly attributes?: Attributes;
  /** The code of what went wrong; null: nothing, or nothing of ours. */
  readonly error: string | null;
}

export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  /** What makes others go on from this span. */
  readonly headers: TraceHeaders;
  child(start: SpanStart): Span;
  end(end: SpanEnd): void;
}

/** Where spans go. No prompt, answer or key is ever part of one. */
export interface Tracing {
  /** A span that goes on from what the headers tell, else the first of a trace of its own; null: nothing is traced. */
  start(start: SpanStart, from: TraceHeaders): Span | null;
}

/** Traces nothing. */
export const NO_TRACING: Tracing = { start: () => null };
