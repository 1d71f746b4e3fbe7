import { Module } from '@nestjs/common';
import { JobsController } from './jobs.controller.js';

/** The routes of jobs. The rest of `jobs/` is in JobsModule, which is everywhere. */
@Module({ controllers: [JobsController] })
export class JobsApiModule {}
