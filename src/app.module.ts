import { Module, type DynamicModule } from '@nestjs/common';
import { ConfigModule } from './config/config.module.js';
import type { Settings } from './config/settings.js';
import { ChatModule } from './chat/chat.module.js';
import { DialectsModule } from './dialects/dialects.module.js';
import { DrainModule } from './drain/drain.module.js';
import { EmbedModule } from './embed/embed.module.js';
import { FilesApiModule } from './files/api/files-api.module.js';
import { GenerateModule } from './generate/generate.module.js';
import { HealthModule } from './health/health.module.js';
import { InferenceModule } from './inference/inference.module.js';
import { JobsApiModule } from './jobs/api/jobs-api.module.js';
import { JobsModule } from './jobs/jobs.module.js';
import { LifecycleModule } from './lifecycle/lifecycle.module.js';
import { MetricsModule } from './metrics/metrics.module.js';
import { ScrapeModule } from './metrics/scrape.module.js';
import { ResponsesModule } from './responses/responses.module.js';
import { SecurityModule } from './security/security.module.js';
import { StoreModule } from './store/store.module.js';
import { TelemetryModule } from './telemetry/telemetry.module.js';

/** The map of the service: every module, once. */
@Module({})
export class AppModule {
  static forRoot(settings: Settings): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigModule.forRoot(settings),
        TelemetryModule.forRoot(settings),
        MetricsModule,
        InferenceModule,
        LifecycleModule,
        GenerateModule,
        ChatModule,
        EmbedModule,
        ResponsesModule,
        StoreModule.forRoot(settings),
        JobsModule.forRoot(settings),
        DialectsModule.forRoot(settings),
        ...(settings.role === 'worker' ? [] : [JobsApiModule, FilesApiModule]),
        HealthModule,
        ScrapeModule,
        DrainModule,
        SecurityModule,
      ],
    };
  }
}
