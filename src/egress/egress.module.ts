import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { SETTINGS_TOKEN } from '../config/config.module.js';
import type { Settings } from '../config/settings.js';
import { EgressFetcher } from './egress-fetcher.js';
import { LINK_FETCHER, PictureLinks } from './picture-links.js';

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
    {
      provide: LINK_FETCHER,
      inject: [SETTINGS_TOKEN],
      useFactory: ({ egressAllow }: Settings) =>
        new EgressFetcher({ allow: egressAllow, trustedHosts: [], headersTimeoutMs: 10_000, stallMs: 10_000 }),
    },
    PictureLinks,
  ],
  exports: [HUB_FETCHER, PictureLinks],
})
export class EgressModule implements OnApplicationShutdown {
  constructor(
    @Inject(HUB_FETCHER) private readonly hub: EgressFetcher,
    @Inject(LINK_FETCHER) private readonly links: EgressFetcher,
  ) {}

  /** After the jobs have been put back: a transfer that breaks off would fail them. */
  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.hub.close(), this.links.close()]);
  }
}
