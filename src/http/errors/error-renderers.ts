import { Inject, Injectable } from '@nestjs/common';
import { ParleyError } from '../../inference/errors.js';
import { DIALECTS, type Dialect, type ErrorRenderer, type RenderedError, type RouteOwner } from '../routing/dialect.js';
import { ownerOfPath } from '../routing/route-owners.js';
import { ERROR_STATUS } from './error-status.js';
import { renderServiceError, renderSharedError } from './service-error.js';

/** Error bodies by owner of the route. */
@Injectable()
export class ErrorRenderers {
  private readonly byOwner: ReadonlyMap<RouteOwner, ErrorRenderer>;

  constructor(@Inject(DIALECTS) private readonly dialects: readonly Dialect[]) {
    this.byOwner = new Map<RouteOwner, ErrorRenderer>([
      ...dialects.map(({ name, renderError }) => [name, renderError] as const),
      ['shared', renderSharedError],
    ]);
  }

  render(owner: RouteOwner, error: ParleyError, status: number): RenderedError {
    return (this.byOwner.get(owner) ?? renderServiceError)(error, status);
  }

  /** Renders what Fastify refuses before it looks for a route, such as a path that cannot be decoded. */
  renderUnroutable(url: string, code: string): RenderedError {
    const tooLong = code === 'FST_ERR_MAX_PARAM_LENGTH'; // no route has a parameter that long
    const error = new ParleyError('invalid_request', tooLong ? 'There is no such route.' : 'The path cannot be read.');
    return this.render(ownerOfPath(url, this.dialects), error, tooLong ? 404 : ERROR_STATUS.invalid_request);
  }
}
