import type { RequestLabels, RequestReport } from './observer.js';

/** Follows the runs that are made for one request, or one job: for its log line and its trace. */
export interface RunRecorder {
  /** A model that there is was asked for; it may still be refused. */
  asks(run: RequestLabels): void;
  /** A run is let in. */
  begin(run: RequestLabels): RunRecording;
}

/** One run as it is followed. */
export interface RunRecording {
  /** W3C `traceparent` and `tracestate` for the server of a remote model; empty where nothing is traced. */
  readonly traceHeaders: Readonly<Record<string, string>>;
  /** To be called once. */
  end(report: RequestReport): void;
}
