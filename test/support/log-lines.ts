import type { ServerProcess } from './server.js';
import { until } from './wait.js';

/** A line of the log, as JSON. */
export type LogLine = Readonly<Record<string, unknown>>;

/** The JSON lines among what a process wrote; the last one only when it is complete. */
export function linesOf(text: string): LogLine[] {
  const whole = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
  return whole.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as LogLine);
}

/** Waits for the line about a request, and returns it. */
export function requestLine(server: ServerProcess, id: string): Promise<LogLine> {
  return until(`the line of ${id}`, () =>
    linesOf(server.logs()).find((line) => line.id === id && line.msg === 'request'),
  );
}
