import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_PIPE, DiscoveryModule } from '@nestjs/core';
import { SETTINGS_TOKEN } from '../config/config.module.js';
import type { Settings } from '../config/settings.js';
import { InferenceModule } from '../inference/inference.module.js';
import { ChatvlmModule } from './chatvlm/chatvlm.module.js';
import { ErrorFilter } from '../http/errors/error.filter.js';
import { LlamaLocalModule } from './llama-local/llama-local.module.js';
import { MlBackendModule } from './ml-backend/ml-backend.module.js';
import { OpenAICompatModule } from './openai/openai.module.js';
import { RkllamaModule } from './rkllama/rkllama.module.js';
import { RootModule } from './root/root.module.js';
import { RouteDirectory } from '../http/routing/route-owners.js';
import { RequestValidationPipe } from '../http/body/validation.pipe.js';

const DIALECT_MODULES = [
  ChatvlmModule,
  LlamaLocalModule,
  MlBackendModule,
  OpenAICompatModule,
  RkllamaModule,
  RootModule,
];

/** Every dialect, and what all routes share: validation at the door and errors on the way out. */
@Module({
  imports: [DiscoveryModule, InferenceModule],
  providers: [
    RouteDirectory,
    { provide: APP_FILTER, useClass: ErrorFilter },
    {
      provide: APP_PIPE,
      inject: [SETTINGS_TOKEN],
      useFactory: (settings: Settings) => new RequestValidationPipe(settings.strict),
    },
  ],
})
export class DialectsModule {
  /** A worker answers probes and scrapes, and no dialect. */
  static forRoot({ role }: Settings): DynamicModule {
    return { module: DialectsModule, imports: role === 'worker' ? [] : DIALECT_MODULES };
  }
}
