import { BullRegistrar, type WorkerHost } from '@nestjs/bullmq';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { DiscoveryService, Reflector } from '@nestjs/core';
import { SETTINGS_TOKEN } from '../../config/config.module.js';
import type { Settings } from '../../config/settings.js';
import { checkProcessors } from './processor-census.js';
import { kindsOf } from '../kinds/kinds.js';
import { RunningJobs } from './running-jobs.js';

/** Starts BullMQ's workers for this process's role, and puts their jobs back when it ends. */
@Injectable()
export class Workers implements OnApplicationBootstrap, OnModuleDestroy {
  private processors: readonly WorkerHost[] = [];

  constructor(
    private readonly registrar: BullRegistrar,
    private readonly discovery: DiscoveryService,
    private readonly reflector: Reflector,
    private readonly running: RunningJobs,
    @Inject(SETTINGS_TOKEN) private readonly settings: Settings,
  ) {}

  /** Throws when a queue of this role has no processor, or two. */
  onApplicationBootstrap(): void {
    this.processors = checkProcessors(this.discovery, this.reflector, kindsOf(this.settings.role));
    this.registrar.register();
  }

  onModuleDestroy(): Promise<void> {
    return this.stop();
  }

  /** No new jobs first: a worker would take up again, and for ever, what it has just put back. */
  async stop(): Promise<void> {
    await Promise.all(this.processors.map(({ worker }) => worker.pause(true)));
    this.running.putBack();
  }
}
