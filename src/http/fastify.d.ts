import type { FormTicket } from './body/form-admission.js';
import type { RequestRecord } from '../observability/telemetry/request-record.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the gate, for routes that are not public: see `security/request-gate.ts`. */
    keyId?: string;
    /** Set where one path serves two dialects, once the body has told which. */
    dialect?: string;
    /** Set while a form holds memory. */
    form?: FormTicket;
    /** Set on arrival. */
    record?: RequestRecord;
  }
}
