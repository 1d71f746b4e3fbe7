import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { FlowProducer, type JobsOptions } from 'bullmq';
import type { BullJob, StoredJob } from './job.js';
import { JobQueues, queueOptions } from './job-queues.js';
import { JOB_KINDS, type JobKind } from '../kinds/kinds.js';

/** A job of a flow, as BullMQ is told of it. */
export interface FlowPart {
  readonly kind: JobKind;
  readonly data: StoredJob;
  readonly options: JobsOptions;
}

/** Jobs made of jobs: one that is begun once each of its children has ended, well or not. */
@Injectable()
export class JobFlows implements OnApplicationShutdown {
  private readonly producer: FlowProducer;

  constructor(queues: JobQueues) {
    this.producer = new FlowProducer(queueOptions(queues.store));
    this.producer.on('error', () => undefined); // the store tells of its outages
  }

  /** Adds all or none. To be called within `JobQueues.use`, as the queues themselves are. */
  async add(parent: FlowPart, children: readonly FlowPart[]): Promise<BullJob> {
    const flow = { ...nodeOf(parent), children: children.map((child) => nodeOf(child)) };
    const { job } = await this.producer.add(flow);
    return job as BullJob;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.producer.close().catch(() => undefined);
  }
}

function nodeOf({ kind, data, options }: FlowPart): {
  name: string;
  queueName: string;
  data: StoredJob;
  opts: JobsOptions;
} {
  return { name: kind, queueName: JOB_KINDS[kind].queue, data, opts: options };
}
