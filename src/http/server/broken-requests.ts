import type { Server } from 'node:http';
import { Logger } from '@nestjs/common';

const LINE_EVERY_MS = 10_000;

/**
 * Writes of requests that are no HTTP, are too large, or do not arrive in time. Nothing is known of them but the reason;
 * whoever sends them may send many, so that those of ten seconds share a line.
 */
export function tellOfBrokenRequests(server: Server, log = new Logger('Connections')): void {
  const counts = new Map<string, number>();
  let timer: NodeJS.Timeout | undefined;
  const write = (): void => {
    timer = undefined;
    if (counts.size === 0) return;
    log.log({ reasons: Object.fromEntries(counts), msg: 'requests that could not be read' });
    counts.clear();
    timer = setTimeout(write, LINE_EVERY_MS).unref();
  };
  server.on('clientError', ({ code = 'unknown' }: NodeJS.ErrnoException) => {
    if (code === 'ECONNRESET') return; // a client that left
    counts.set(code, (counts.get(code) ?? 0) + 1);
    if (timer === undefined) write();
  });
}
