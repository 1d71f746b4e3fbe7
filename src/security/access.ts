import { SetMetadata } from '@nestjs/common';

/** Who may call a route. Without a mark: holders of an API key, where keys are set. */
export type Access = 'public' | 'metrics';

export const ACCESS = Symbol('access');

/** Needs no key: the root, health, probes and documents. */
export const Public = (): ClassDecorator & MethodDecorator => SetMetadata(ACCESS, 'public' satisfies Access);

/** Takes any API key, or METRICS_KEY. */
export const AcceptsMetricsKey = (): MethodDecorator => SetMetadata(ACCESS, 'metrics' satisfies Access);
