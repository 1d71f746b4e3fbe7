import { RouteConfig } from '@nestjs/platform-fastify';

/** Who may call a route. Without a mark: holders of an API key, where keys are set. */
export type Access = 'public' | 'metrics';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Of a route that Fastify serves without Nest: its `config`. `public` also where a route asks for a key itself. */
    access?: Access;
  }
}

/** Marks a method, or each method of a controller, so that the router knows of it before a body is read. */
function opensTo(access: Access): ClassDecorator & MethodDecorator {
  const mark = RouteConfig({ access });
  return (target: object, name?: string | symbol, method?: PropertyDescriptor): void => {
    if (name !== undefined && method !== undefined) {
      mark(target, name, method);
      return;
    }
    const prototype = (target as { readonly prototype: object }).prototype;
    for (const [key, own] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
      if (key !== 'constructor' && typeof own.value === 'function') mark(prototype, key, own);
    }
  };
}

/** Needs no key: the root, health, probes and documents. */
export const Public = (): ClassDecorator & MethodDecorator => opensTo('public');

/** Takes any API key, or METRICS_KEY. */
export const AcceptsMetricsKey = (): MethodDecorator => opensTo('metrics');
