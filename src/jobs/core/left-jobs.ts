import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { STORE, type AnyStore } from '../../storage/store/store.module.js';
import { JobRecords } from './job-records.js';

/** Jobs that one run of the service leaves to the next. */
@Injectable()
export class LeftJobs implements OnApplicationBootstrap, OnModuleDestroy, BeforeApplicationShutdown {
  constructor(
    private readonly records: JobRecords,
    @Inject(STORE) private readonly store: AnyStore,
  ) {}

  onApplicationBootstrap(): void {
    this.store.start();
  }

  /** BullMQ would wait for ever for a store that is away. */
  async onModuleDestroy(): Promise<void> {
    if (!(await this.store.answers())) await this.store.close();
  }

  async beforeApplicationShutdown(): Promise<void> {
    if (!this.store.isOpen) return;
    try {
      this.store.noteUnfinished((await this.records.unfinished()) > 0);
    } catch {
      this.store.noteUnfinished(true); // nobody knows, so the next start looks
    }
  }
}
