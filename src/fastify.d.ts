import type { DialectName } from './config/dialect-names.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the API key guard. */
    keyId?: string;
    /** Set where one path serves two dialects, once the body has told which. */
    dialect?: DialectName;
  }
}
