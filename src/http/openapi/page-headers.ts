import helmet from '@fastify/helmet';
import type { FastifyInstance } from 'fastify';

/** Where Swagger UI, ReDoc and the documents are. */
const PATHS = ['/docs', '/docs-json', '/docs-yaml', '/redoc', '/openapi', '/openapi.json'];

/**
 * Nothing comes from elsewhere, and no script stands in the page. Both pages style themselves in the page; ReDoc searches
 * in a worker that it makes of its own text.
 */
const HEADERS = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      'default-src': ["'none'"],
      'script-src': ["'self'"],
      'style-src': ["'self'", "'unsafe-inline'"],
      'img-src': ["'self'", 'data:'],
      'font-src': ["'self'", 'data:'],
      'connect-src': ["'self'"],
      'worker-src': ['blob:'],
      'base-uri': ["'none'"],
      'form-action': ["'none'"],
      'frame-ancestors': ["'none'"],
    },
  },
  // Whether all of a host speaks https is for who ends TLS there.
  strictTransportSecurity: false,
  xFrameOptions: { action: 'deny' as const },
};

/** Gives the documents' pages their headers, and lets them be read without a key. To be called before they are added. */
export async function setupPageHeaders(fastify: FastifyInstance): Promise<void> {
  fastify.addHook('onRoute', (route) => {
    if (!PATHS.some((path) => route.url === path || route.url.startsWith(`${path}/`))) return;
    route.config = { ...route.config, access: 'public' };
    route.helmet = HEADERS;
  });
  await fastify.register(helmet, { global: false }); // after the hook, for its own looks at what that has set
}
