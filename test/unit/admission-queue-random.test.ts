import { describe, expect, it } from 'vitest';
import { AdmissionQueue, type Ticket } from '../../src/inference/admission/admission-queue.js';
import { ParleyError } from '../../src/inference/errors.js';
import { Random, seeds } from './support/random.js';

interface Guest {
  readonly ticket: Ticket;
  readonly leaving: AbortController;
  state: 'waiting' | 'running' | 'refused';
}

const MAX_WAITING = 5;

/** A queue and everything that may happen to it. */
class World {
  readonly queue = new AdmissionQueue(MAX_WAITING);
  readonly guests: Guest[] = [];
  slots = 0;

  constructor(private readonly random: Random) {}

  step(): void {
    const guest = this.guests[this.random.below(this.guests.length)];
    switch (this.random.below(6)) {
      case 0:
        this.slots = 1 + this.random.below(4);
        this.queue.setCapacity(this.slots);
        break;
      case 1:
        if (guest?.state === 'waiting') guest.leaving.abort();
        break;
      case 2:
      case 3:
        if (guest?.state === 'running') this.leave(guest);
        break;
      default:
        this.enter();
    }
  }

  leave(guest: Guest): void {
    this.guests.splice(this.guests.indexOf(guest), 1);
    guest.ticket.leave();
  }

  private enter(): void {
    try {
      const ticket = this.queue.enter({
        keyId: this.random.pick(['a', 'b', 'c']),
        priority: this.random.pick(['interactive', 'batch']),
      });
      const guest: Guest = { ticket, leaving: new AbortController(), state: 'waiting' };
      this.guests.push(guest);
      ticket.turn(guest.leaving.signal).then(
        () => {
          guest.state = 'running';
        },
        () => this.leave(guest),
      );
    } catch (error) {
      expect(error).toBeInstanceOf(ParleyError);
      const reserve = Math.floor(MAX_WAITING / 4);
      expect(this.guests.length).toBeGreaterThanOrEqual(MAX_WAITING + 1 - reserve);
    }
  }
}

async function settle(): Promise<void> {
  for (let turns = 0; turns < 10; turns++) await Promise.resolve();
}

describe('any sequence of arrivals, departures and reloads', () => {
  it.each(seeds(25))('never runs more than there are slots, and loses nobody (seed %i)', async (seed) => {
    const random = new Random(seed);
    const world = new World(random);
    let most = 0;
    for (let step = 0; step < 400; step++) {
      const before = world.queue.running;
      world.step();
      if (random.below(2) === 0) await settle();
      // A smaller capacity takes no slot away, but gives none either.
      expect(world.queue.running).toBeLessThanOrEqual(Math.max(world.slots, before));
      most = Math.max(most, world.queue.running);
    }
    await settle();
    expect(most).toBeGreaterThan(1);
    expect(world.queue.running + world.queue.waiting).toBe(world.guests.length);
    expect(world.guests.filter(({ state }) => state === 'running')).toHaveLength(world.queue.running);
    const idle = world.slots - world.queue.running;
    if (idle > 0) expect(world.queue.waiting).toBe(0);

    while (world.guests.length > 0) {
      const running = world.guests.find(({ state }) => state === 'running');
      if (running === undefined) world.queue.setCapacity(1);
      else world.leave(running);
      await settle();
    }
    expect(world.queue).toMatchObject({ running: 0, waiting: 0 });
  });
});

describe('keys that have always more to ask', () => {
  const KEYS = ['a', 'b', 'c', 'd', 'e'];

  interface Served {
    readonly keyId: string;
    readonly ticket: Ticket;
  }

  it.each(seeds(25))('hold as many slots as each other, one more or less (seed %i)', async (seed) => {
    const random = new Random(seed);
    const queue = new AdmissionQueue(1000);
    const running: Served[] = [];
    const keys = KEYS.slice(0, 2 + random.below(KEYS.length - 1));
    const slots = keys.length + random.below(12);
    const ask = (keyId: string): void => {
      const ticket = queue.enter({ keyId, priority: 'interactive' });
      void ticket.turn(new AbortController().signal).then(() => running.push({ keyId, ticket }));
    };
    for (let count = 0; count < 40; count++) for (const keyId of keys) ask(keyId);
    queue.setCapacity(slots);
    await settle();
    for (let step = 0; step < 300; step++) {
      const [ended] = running.splice(random.below(running.length), 1);
      ask(ended?.keyId ?? '');
      ended?.ticket.leave();
      await settle();
      const counts = keys.map((keyId) => running.filter((one) => one.keyId === keyId).length);
      expect(running).toHaveLength(slots);
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    }
  });
});
