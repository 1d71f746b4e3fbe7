import { Module } from '@nestjs/common';
import { InferenceModule } from '../../../inference/inference.module.js';
import { InferenceService } from '../../../inference/inference.service.js';
import { EventLoopDelay } from '../../../observability/metrics/event-loop-delay.js';
import { registerGauges } from '../../../observability/metrics/gauges.js';
import { MetricsService } from '../../../observability/metrics/metrics.service.js';
import { ScrapeController } from './scrape.controller.js';

/** `/metrics`. Apart from MetricsModule, which the core needs first. */
@Module({ imports: [InferenceModule], controllers: [ScrapeController], providers: [EventLoopDelay] })
export class ScrapeModule {
  constructor(metrics: MetricsService, inference: InferenceService) {
    registerGauges(metrics, inference);
  }
}
