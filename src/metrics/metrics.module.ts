import { Global, Module } from '@nestjs/common';
import { INFERENCE_OBSERVER } from '../inference/observer.js';
import { MetricsService } from './metrics.service.js';

/** Global, because it observes the core, which must not know who listens. */
@Global()
@Module({
  providers: [MetricsService, { provide: INFERENCE_OBSERVER, useExisting: MetricsService }],
  exports: [MetricsService, INFERENCE_OBSERVER],
})
export class MetricsModule {}
