import { FastifyAdapter } from '@bull-board/fastify';
import { ParleyError } from '../../inference/errors.js';
import type { Store } from '../../storage/store/store.js';

type Routes = Parameters<FastifyAdapter['setApiRoutes']>[0];
type OnError = Parameters<FastifyAdapter['setErrorHandler']>[0];

/** bull-board's routes, each of which opens the store and fails while that is away: BullMQ itself would wait for it. */
export class BoardServer extends FastifyAdapter {
  constructor(private readonly store: Store) {
    super();
  }

  override setApiRoutes(routes: Routes): FastifyAdapter {
    return super.setApiRoutes(
      routes.map((route) => ({
        ...route,
        handler: (request) => this.store.use(async () => route.handler(request)),
      })),
    );
  }

  override setErrorHandler(otherwise: OnError): this {
    return super.setErrorHandler((error) => {
      if (!(error instanceof ParleyError) || error.code !== 'overloaded') return otherwise(error);
      const body = { error: { key: 'ERRORS.INTERNAL_SERVER_ERROR' as const }, message: error.message };
      return { status: 503 as never, body }; // bull-board's types know no 503
    });
  }
}
