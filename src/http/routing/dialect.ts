import { applyDecorators, Controller, SetMetadata, type Type } from '@nestjs/common';
import type { ParleyError } from '../../inference/errors.js';
import type { DialectSupport } from '../openapi/parameter-support.js';

/** An error in a dialect's own words. */
export interface RenderedError {
  readonly status: number;
  readonly body: object;
}

/** Renders an error; `status` is the one of its code, which a dialect may replace. */
export type ErrorRenderer = (error: ParleyError, status: number) => RenderedError;

/** One REST interface that the service speaks, as `dialects/<name>/<name>.dialect.ts` describes it. */
export interface Dialect {
  /** Also its prefix mount and its name in `DIALECT_PORTS`, metrics and logs. */
  readonly name: string;
  /** Port of the original server, for `DIALECT_PORTS`. */
  readonly legacyPort: number;
  /** Nest module whose controllers are the dialect's routes and make its OpenAPI document. */
  readonly module: Type;
  readonly renderError: ErrorRenderer;
  /** Reads how far each parameter is honoured, for docs/compatibility.md and its tests. */
  compatibility(): Promise<DialectSupport>;
}

/** Injection token of the dialects that this service speaks: `readonly Dialect[]`. */
export const DIALECTS = Symbol('dialects');

/**
 * Owner of a route's error body: a dialect by name; `root`, which is also that of the service's own routes; or `shared`,
 * both `detail` and `error`, where a request could have been meant for either of two dialects.
 */
export type RouteOwner = string;

export const ROUTE_OWNER = Symbol('route owner');

/** A controller whose routes answer at the root and under the dialect's prefix. */
export const DialectController = (dialect: string): ClassDecorator =>
  applyDecorators(Controller(['', dialect]), SetMetadata(ROUTE_OWNER, dialect));

/** A controller for paths that two dialects share: under the prefix alone; `dialects/root` answers at the root. */
export const PrefixedController = (dialect: string): ClassDecorator =>
  applyDecorators(Controller(dialect), SetMetadata(ROUTE_OWNER, dialect));

/** A controller of the root itself or of the service's own routes. */
export const ServiceController = (path: string, owner: 'root' | 'shared' = 'root'): ClassDecorator =>
  applyDecorators(Controller(path), SetMetadata(ROUTE_OWNER, owner));
