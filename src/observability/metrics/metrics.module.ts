import { Global, Module } from '@nestjs/common';
import { INFERENCE_OBSERVER } from '../../inference/observer.js';
import { InferenceLog } from './inference-log.js';
import { MetricsService } from './metrics.service.js';
import { tellAll } from './observers.js';

/** Global, because it observes the core, which must not know who listens. */
@Global()
@Module({
  providers: [
    MetricsService,
    {
      provide: INFERENCE_OBSERVER,
      inject: [MetricsService],
      useFactory: (metrics: MetricsService) => tellAll([metrics, new InferenceLog()]),
    },
  ],
  exports: [MetricsService, INFERENCE_OBSERVER],
})
export class MetricsModule {}
