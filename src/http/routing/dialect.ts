import { Controller, applyDecorators, SetMetadata } from '@nestjs/common';
import type { DialectName } from '../../config/dialect-names.js';
import type { ParleyError } from '../../inference/errors.js';

/**
 * Whose error body a route answers with: a dialect's; `root`'s, which is also that of the service's own routes; or
 * `shared`: both `detail` and `error`, where a request could have been meant for either of two dialects.
 */
export type RouteOwner = DialectName | 'root' | 'shared';

export const ROUTE_OWNER = Symbol('route owner');

/** An error in a dialect's own words. */
export interface RenderedError {
  readonly status: number;
  readonly body: object;
}

/** `status` is what the error's code stands for; a dialect may answer with another. */
export type ErrorRenderer = (error: ParleyError, status: number) => RenderedError;

/** A controller whose routes answer at the root and under the dialect's prefix. */
export const DialectController = (dialect: DialectName): ClassDecorator =>
  applyDecorators(Controller(['', dialect]), SetMetadata(ROUTE_OWNER, dialect));

/** A controller for paths that two dialects share: under the prefix alone; `dialects/root` answers at the root. */
export const PrefixedController = (dialect: DialectName): ClassDecorator =>
  applyDecorators(Controller(dialect), SetMetadata(ROUTE_OWNER, dialect));

/** A controller of the root itself or of the service's own routes. */
export const ServiceController = (path: string, owner: 'root' | 'shared' = 'root'): ClassDecorator =>
  applyDecorators(Controller(path), SetMetadata(ROUTE_OWNER, owner));
