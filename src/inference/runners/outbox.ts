import type { ChildMessage, RunEvent } from './protocol.js';

/**
 * Gathers what one turn of an engine produced and sends it as one message: a message per token would cost more than the
 * token. An engine reports a turn's results in one tick, so a microtask later is the turn's end. Lists of tokens are long,
 * and sent at once.
 */
export class Outbox {
  private events: RunEvent[] = [];

  constructor(private readonly send: (message: ChildMessage) => void) {}

  push(event: RunEvent): void {
    this.events.push(event);
    if (event.type === 'chunk' && event.chunk.type === 'tokens') this.flush();
    else if (this.events.length === 1) queueMicrotask(() => this.flush());
  }

  private flush(): void {
    const { events } = this;
    if (events.length === 0) return;
    this.events = [];
    this.send({ type: 'events', events });
  }
}
