import { Logger } from '@nestjs/common';

/** Interval between reports of a server that stays away. */
const REMINDER_MS = 60_000;

/** Logs when a server goes away, once a minute how often it was tried since, and when it is back. */
export class OutageLog {
  private readonly log = new Logger('Store');
  private attempts = 0;
  private reportedAt = 0;
  private connected = false;

  /** @param server Name of the server in messages, such as "Redis". */
  constructor(private readonly server: string) {}

  /** Notes a failed attempt, or a connection that broke. */
  failed(error: unknown): void {
    const now = performance.now();
    this.attempts++;
    if (this.attempts > 1 && now - this.reportedAt < REMINDER_MS) return;
    const times = this.attempts === 1 ? '' : ` still, after ${String(this.attempts)} attempts`;
    this.log.warn(`${this.server} is out of reach${times}: ${reasonOf(error)}`);
    this.reportedAt = now;
    this.connected = false;
  }

  /** Notes that the server answers. */
  succeeded(): void {
    if (!this.connected) this.log.log(`${this.server} is connected`);
    this.connected = true;
    this.attempts = 0;
  }
}

/** An attempt at several addresses fails with an error that has no message of its own. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(reasonOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}
