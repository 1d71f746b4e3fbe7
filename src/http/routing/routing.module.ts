import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_PIPE, DiscoveryModule } from '@nestjs/core';
import { SETTINGS_TOKEN } from '../../config/config.module.js';
import type { Settings } from '../../config/settings.js';
import { InferenceModule } from '../../inference/inference.module.js';
import { RequestValidationPipe } from '../body/validation.pipe.js';
import { ErrorFilter } from '../errors/error.filter.js';
import { ErrorRenderers } from '../errors/error-renderers.js';
import { DIALECTS, type Dialect } from './dialect.js';
import { RouteOwners } from './route-owners.js';

/** Validation before, and error bodies after, the routes of all dialects and of the service. */
@Module({})
export class RoutingModule {
  static forRoot(dialects: readonly Dialect[]): DynamicModule {
    return {
      module: RoutingModule,
      global: true,
      imports: [DiscoveryModule, InferenceModule],
      providers: [
        { provide: DIALECTS, useValue: dialects },
        ErrorRenderers,
        RouteOwners,
        { provide: APP_FILTER, useClass: ErrorFilter },
        {
          provide: APP_PIPE,
          inject: [SETTINGS_TOKEN],
          useFactory: (settings: Settings) => new RequestValidationPipe(settings.strict),
        },
      ],
      exports: [DIALECTS, ErrorRenderers, RouteOwners],
    };
  }
}
