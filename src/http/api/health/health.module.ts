import { Inject, Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { SETTINGS_TOKEN } from '../../../config/config.module.js';
import type { Settings } from '../../../config/settings.js';
import { InferenceModule } from '../../../inference/inference.module.js';
import { InferenceService } from '../../../inference/inference.service.js';
import { MetricsService } from '../../../observability/metrics/metrics.service.js';
import { Preloader } from './preloader.js';
import { ProbesController } from './probes.controller.js';

@Module({
  imports: [TerminusModule.forRoot({ logger: false }), InferenceModule],
  controllers: [ProbesController],
  providers: [Preloader],
  exports: [Preloader],
})
export class HealthModule {
  constructor(
    metrics: MetricsService,
    preloader: Preloader,
    inference: InferenceService,
    @Inject(SETTINGS_TOKEN) { role }: Settings,
  ) {
    metrics.gauge('ready', '1 while /healthz/ready answers 200', ['role'], (gauge) => {
      gauge.set({ role }, preloader.well && !inference.isDraining ? 1 : 0);
    });
  }
}
