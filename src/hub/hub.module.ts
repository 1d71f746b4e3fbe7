import { Module } from '@nestjs/common';
import { SETTINGS_TOKEN } from '../config/config.module.js';
import type { Settings } from '../config/settings.js';
import type { EgressFetcher } from '../egress/egress-fetcher.js';
import { EgressModule, HUB_FETCHER } from '../egress/egress.module.js';
import { HubConnection } from './hub-connection.js';
import { ModelInstaller } from './model-installer.js';

@Module({
  imports: [EgressModule],
  providers: [
    {
      provide: ModelInstaller,
      inject: [SETTINGS_TOKEN, HUB_FETCHER],
      useFactory: ({ hfEndpoint, hfToken, modelsDir }: Settings, fetcher: EgressFetcher) =>
        new ModelInstaller(new HubConnection(fetcher, hfEndpoint, hfToken), { modelsDir }),
    },
  ],
  exports: [ModelInstaller],
})
export class HubModule {}
