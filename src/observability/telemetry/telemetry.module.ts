import { Module, type DynamicModule } from '@nestjs/common';
import type { Settings } from '../../config/settings.js';
import { NO_TRACING, TRACING, type Tracing } from './tracing.js';

/** Without a collector OpenTelemetry is not even loaded. */
async function openTracing(settings: Settings): Promise<Tracing> {
  if (settings.otlpEndpoint === null) return NO_TRACING;
  const { OtelTracing } = await import('./otel-tracing.js');
  return new OtelTracing(settings.otlpEndpoint, settings);
}

/** Traces, for whoever serves requests or does jobs. */
@Module({})
export class TelemetryModule {
  static forRoot(settings: Settings): DynamicModule {
    return {
      module: TelemetryModule,
      global: true,
      providers: [{ provide: TRACING, useFactory: () => openTracing(settings) }],
      exports: [TRACING],
    };
  }
}
