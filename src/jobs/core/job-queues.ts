import { Inject, Injectable, Logger, type OnApplicationShutdown, type Provider } from '@nestjs/common';
import { getQueueToken } from '@nestjs/bullmq';
import { QueueEvents, QueueEventsProducer, type Queue } from 'bullmq';
import { STORE, type AnyStore } from '../../storage/store/store.module.js';
import { JOB_KINDS, KIND_NAMES, type JobKind } from '../kinds/kinds.js';
import type { StoredJob } from './job.js';

export type JobQueue<K extends JobKind = JobKind> = Queue<StoredJob<K>>;

/** What BullMQ needs to know to reach the store, for its queues, workers and events alike. */
export function queueOptions(store: AnyStore): { connection: never; prefix: string } {
  // One store speaks SQL and the other Redis; BullMQ's types know the latter alone unless each class is told otherwise.
  return { connection: store.queueConnection as never, prefix: 'parley' };
}

/**
 * How long BullMQ waits for PostgreSQL's notification before it looks for events itself: one that comes between its look
 * and its listening would otherwise be seen ten seconds later. Redis blocks without such a gap.
 */
const EVENTS_LOOK_MS = 500;

type Listener = () => void;

/** The queues that @nestjs/bullmq made, by kind. */
const BULL_QUEUES = Symbol('BullMQ queues');

export const bullQueuesProvider: Provider = {
  provide: BULL_QUEUES,
  inject: KIND_NAMES.map((kind) => getQueueToken(JOB_KINDS[kind].queue)),
  useFactory: (...queues: JobQueue[]) => new Map(KIND_NAMES.map((kind, at) => [kind, queues[at]])),
};

/** BullMQ's queues, one for each kind of job, and what happens in them, wherever the worker is. */
@Injectable()
export class JobQueues implements OnApplicationShutdown {
  private readonly log = new Logger('Jobs');
  private readonly events: readonly QueueEvents[];
  private readonly producers: ReadonlyMap<JobKind, QueueEventsProducer>;
  private readonly listeners = new Map<string, Set<Listener>>();
  private readonly cancelListeners = new Set<(jobId: string) => void>();
  private readonly endListeners = new Set<(kind: JobKind, jobId: string) => void>();

  constructor(
    @Inject(BULL_QUEUES) private readonly queues: ReadonlyMap<JobKind, JobQueue>,
    @Inject(STORE) readonly store: AnyStore,
  ) {
    const options = queueOptions(store);
    for (const queue of queues.values()) this.quiet(queue);
    this.producers = new Map(
      KIND_NAMES.map((kind) => [kind, this.quiet(new QueueEventsProducer(JOB_KINDS[kind].queue, options))]),
    );
    const eventOptions = store.speaks === 'sql' ? { ...options, blockingTimeout: EVENTS_LOOK_MS } : options;
    this.events = KIND_NAMES.map((kind) => this.listenTo(kind, new QueueEvents(JOB_KINDS[kind].queue, eventOptions)));
  }

  /** Runs an operation on a kind's queue. Throws `overloaded` when the store is out of reach. */
  use<T>(kind: JobKind, operation: (queue: JobQueue) => Promise<T>): Promise<T> {
    return this.store.use(() => operation(this.of(kind)));
  }

  /** Calls back whenever something happens to a job. @returns what ends that. */
  watch(jobId: string, listener: Listener): () => void {
    const listeners = this.listeners.get(jobId) ?? new Set();
    this.listeners.set(jobId, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.listeners.delete(jobId);
    };
  }

  /** Tells every process that a job is to end. */
  async announceCancel(kind: JobKind, jobId: string): Promise<void> {
    await this.store.use(async () => this.producers.get(kind)?.publishEvent({ eventName: 'cancel', jobId }));
  }

  /** Calls back with the id of each job that is to end. */
  onCancel(listener: (jobId: string) => void): void {
    this.cancelListeners.add(listener);
  }

  /** Calls back with each job that has ended for good or was removed, in whichever process; not with those that end during an outage. */
  onEnd(listener: (kind: JobKind, jobId: string) => void): void {
    this.endListeners.add(listener);
  }

  async onApplicationShutdown(): Promise<void> {
    const closing = [...this.events, ...this.producers.values()].map((each) => each.close());
    await Promise.allSettled(closing);
  }

  private of(kind: JobKind): JobQueue {
    const queue = this.queues.get(kind);
    if (queue === undefined) throw new Error(`no queue for ${kind}`);
    return queue;
  }

  private listenTo(kind: JobKind, events: QueueEvents): QueueEvents {
    const tell = ({ jobId }: { jobId: string }): void => {
      for (const listener of this.listeners.get(jobId) ?? []) listener();
    };
    for (const name of ['waiting', 'active', 'progress', 'completed', 'failed', 'delayed', 'stalled'] as const) {
      events.on(name, tell);
    }
    for (const name of ['completed', 'failed', 'removed'] as const) {
      events.on(name, ({ jobId }: { jobId: string }) => {
        for (const listener of this.endListeners) listener(kind, jobId);
      });
    }
    (events as CancelEvents).on('cancel', ({ jobId }) => {
      for (const listener of this.cancelListeners) listener(jobId);
      tell({ jobId });
    });
    return this.quiet(events);
  }

  /** A connection that breaks is told by the store, once; BullMQ would throw what nobody listens to. */
  private quiet<T extends { on(event: 'error', listener: (error: Error) => void): unknown }>(emitter: T): T {
    emitter.on('error', (error) => {
      this.log.debug(`BullMQ: ${error.message}`);
    });
    return emitter;
  }
}

interface CancelEvents {
  on(event: 'cancel', listener: (args: { jobId: string }) => void): void;
}
