import { Module, type DynamicModule } from '@nestjs/common';
import { ConfigModule } from './config/config.module.js';
import type { Settings } from './config/settings.js';
import { ChatModule } from './domains/chat/chat.module.js';
import { DialectsModule } from './dialects/dialects.module.js';
import type { Dialect } from './http/routing/dialect.js';
import { RoutingModule } from './http/routing/routing.module.js';
import { DrainModule } from './http/drain/drain.module.js';
import { EmbedModule } from './domains/embeddings/embed.module.js';
import { FilesApiModule } from './http/api/files/files-api.module.js';
import { GenerateModule } from './domains/generate/generate.module.js';
import { HealthModule } from './http/api/health/health.module.js';
import { InferenceModule } from './inference/inference.module.js';
import { JobsApiModule } from './http/api/jobs/jobs-api.module.js';
import { JobsModule } from './jobs/jobs.module.js';
import { LifecycleModule } from './domains/lifecycle/lifecycle.module.js';
import { MetricsModule } from './observability/metrics/metrics.module.js';
import { ScrapeModule } from './http/api/metrics/scrape.module.js';
import { ResponsesModule } from './domains/responses/responses.module.js';
import { SecurityModule } from './http/auth/security.module.js';
import { StateModule } from './storage/state/state.module.js';
import { StoreModule } from './storage/store/store.module.js';
import { TelemetryModule } from './observability/telemetry/telemetry.module.js';

/** The map of the service: every module, once. */
@Module({})
export class AppModule {
  static forRoot(settings: Settings, dialects: readonly Dialect[]): DynamicModule {
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
        StateModule,
        JobsModule.forRoot(settings),
        RoutingModule.forRoot(dialects),
        DialectsModule.forRoot(settings, dialects),
        ...(settings.role === 'worker' ? [] : [JobsApiModule, FilesApiModule]),
        HealthModule,
        ScrapeModule,
        DrainModule,
        SecurityModule,
      ],
    };
  }
}
