import { setMaxListeners } from 'node:events';
import { AdmissionQueue, type Ticket } from '../../../src/inference/admission/admission-queue.js';
import type { Applicant, Priority } from '../../../src/inference/admission/party.js';

export const NEVER = new AbortController().signal;
setMaxListeners(0, NEVER);

export const ANYBODY: Applicant = { keyId: 'anonymous', priority: 'interactive' };

/** Lets everything that is settled be seen by whoever awaits it. */
export async function settle(): Promise<void> {
  for (let turns = 0; turns < 10; turns++) await Promise.resolve();
}

/** A queue, and who had a turn in it. */
export class Line {
  readonly queue: AdmissionQueue;
  readonly order: string[] = [];

  constructor(slots: number, maxWaiting = 100) {
    this.queue = new AdmissionQueue(maxWaiting);
    this.queue.setCapacity(slots);
  }

  enter(name: string, priority: Priority = 'interactive', signal: AbortSignal = NEVER): Ticket {
    return this.enterAs({ ...ANYBODY, priority }, name, signal);
  }

  enterAs(applicant: Applicant, name: string = applicant.keyId, signal: AbortSignal = NEVER): Ticket {
    const ticket = this.queue.enter(applicant);
    void ticket.turn(signal).then(
      () => this.order.push(name),
      () => this.order.push(`${name} left`),
    );
    return ticket;
  }
}
