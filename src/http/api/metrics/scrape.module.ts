import { Module } from '@nestjs/common';
import { InferenceModule } from '../inference/inference.module.js';
import { InferenceService } from '../inference/inference.service.js';
import { EventLoopDelay } from './event-loop-delay.js';
import { registerGauges } from './gauges.js';
import { MetricsService } from './metrics.service.js';
import { ScrapeController } from './scrape.controller.js';

/** `/metrics`. Apart from MetricsModule, which the core needs first. */
@Module({ imports: [InferenceModule], controllers: [ScrapeController], providers: [EventLoopDelay] })
export class ScrapeModule {
  constructor(metrics: MetricsService, inference: InferenceService) {
    registerGauges(metrics, inference);
  }
}
