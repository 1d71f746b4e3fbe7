import { RouteConfig } from '@nestjs/platform-fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Most bytes of the route's JSON body; absent: the service's default of 1 MiB. */
    bodyLimit?: number;
  }
}

/** Most bytes of a JSON body in which images may stand as data URIs. */
export const IMAGE_BODY_LIMIT = 20 * 1024 ** 2;

/** Sets the most bytes of a route's JSON body; beyond it 413. */
export const BodyLimit = (bytes: number): MethodDecorator => RouteConfig({ bodyLimit: bytes });
