import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { SETTINGS_TOKEN } from '../config/config.module.js';
import type { Settings } from '../config/settings.js';
import { EgressFetcher } from './egress-fetcher.js';

/** The fetcher for the model hub: the operator's own HF_ENDPOINT may be anywhere. */
export const HUB_FETCHER = Symbol('fetcher of the hub');

@Module({
  providers: [
    {
      provide: HUB_FETCHER,
      inject: [SETTINGS_TOKEN],
      useFactory: ({ egressAllow, hfEndpoint }: Settings) =>
        new EgressFetcher({ allow: egressAllow, trustedHosts: [hfEndpoint.hostname] }),
    },
  ],
  exports: [HUB_FETCHER],
})
export class EgressModule implements OnApplicationShutdown {
  constructor(@Inject(HUB_FETCHER) private readonly hub: EgressFetcher) {}

  /** After the jobs have been put back: a transfer that breaks off would fail them. */
  async onApplicationShutdown(): Promise<void> {
    await this.hub.close();
  }
}
