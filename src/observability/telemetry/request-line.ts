import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { ErrorCode } from '../../inference/errors.js';
import { RequestRecord } from './request-record.js';
import type { Tracing } from './tracing.js';
import { WallClock } from './wall-clock.js';

/** What nginx made the status of a client that left before its answer was complete. */
const CLIENT_LEFT = 499;
const LONGEST_PATH = 256;
/** Of one answer: most who have a part in it want to know when it ends. Node warns of 11. */
const MAX_LISTENERS = 32;
/** Asked for every few seconds by whoever runs the service. */
const PROBES = /^\/(healthz\/\w+|metrics)$/;
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

export interface RequestLineOptions {
  readonly logger: Logger;
  readonly tracing: Tracing;
  /** Whose route a request reached. */
  readonly dialectOf: (request: FastifyRequest) => string;
  readonly statusOf: (code: ErrorCode) => number;
}

/** Writes one line, and ends one span, for each request, however it ends. */
export class RequestLines {
  constructor(private readonly options: RequestLineOptions) {}

  /** `onRequest`, for what Fastify finds a route for; all else is to be told with {@link follow}. */
  readonly hook = (request: FastifyRequest, reply: FastifyReply, done: () => void): void => {
    this.follow(request, reply);
    done();
  };

  /** To be called when a request arrives, before anything else is done with it. */
  follow(request: FastifyRequest, reply: FastifyReply): void {
    const began = performance.now();
    const clock = new WallClock();
    const span = this.options.tracing.start(
      {
        name: [methodOf(request), request.routeOptions.url].filter(Boolean).join(' '),
        kind: 'server',
        at: clock.at(began),
        attributes: {
          'http.request.method': methodOf(request),
          'url.scheme': request.protocol,
          'parley.request.id': request.id,
          ...(request.routeOptions.url !== undefined && { 'http.route': request.routeOptions.url }),
        },
      },
      traceHeadersOf(request),
    );
    const record = new RequestRecord(request.id, span, clock);
    request.record = record;
    reply.raw.setMaxListeners(MAX_LISTENERS);
    reply.raw.once('close', () => {
      const ended = performance.now();
      // What is computed for a client that left ends in the same moment, and is told in the same line.
      setImmediate(() => record.runs.whenIdle(() => this.end(request, reply, record, { began, ended })));
    });
  }

  private end(
    request: FastifyRequest,
    reply: FastifyReply,
    record: RequestRecord,
    { began, ended }: { readonly began: number; readonly ended: number },
  ): void {
    const left = !reply.raw.writableFinished;
    const status = left ? CLIENT_LEFT : reply.statusCode;
    const code = record.errorCode as ErrorCode | null;
    const ours = status >= 500 || (!left && code !== null && this.options.statusOf(code) >= 500);
    const dialect = this.options.dialectOf(request);
    const job = jobsOf(request, record);
    const line = {
      id: request.id,
      ...(record.span !== null && { trace_id: record.span.traceId, span_id: record.span.spanId }),
      ...(request.keyId !== undefined && { key: request.keyId }),
      dialect,
      method: request.method,
      url: request.url.split('?')[0]?.slice(0, LONGEST_PATH),
      status,
      ms: Math.round((ended - began) * 10) / 10,
      ...record.runs.fields(),
      ...(left && { outcome: 'cancelled' }),
      ...(code !== null && { error: code }),
      ...(job !== '' && { job }),
    };
    this.options.logger[levelOf(request, ours)](line, 'request');
    record.span?.end({
      at: record.clock.at(ended),
      attributes: {
        'parley.dialect': dialect,
        ...(reply.raw.headersSent && { 'http.response.status_code': reply.statusCode }),
        ...(request.keyId !== undefined && { 'parley.key': request.keyId }),
        ...(left && { 'parley.outcome': 'cancelled' }),
        ...(code !== null && { 'parley.error': code }),
        ...(job !== '' && { 'parley.job': job }),
      },
      error: ours ? (code ?? String(status)) : null,
    });
  }
}

function levelOf(request: FastifyRequest, ours: boolean): 'debug' | 'info' | 'warn' {
  if (PROBES.test(request.routeOptions.url ?? '')) return 'debug';
  return ours ? 'warn' : 'info';
}

function jobsOf(request: FastifyRequest, record: RequestRecord): string {
  if (record.jobs !== '') return record.jobs;
  const { id } = (request.params ?? {}) as { readonly id?: string };
  return request.routeOptions.url?.startsWith('/jobs/:id') === true ? (id ?? '').slice(0, LONGEST_PATH) : '';
}

/** Methods that nobody uses would each make a name of their own. */
function methodOf({ method }: FastifyRequest): string {
  return METHODS.includes(method) ? method : '_OTHER';
}

function traceHeadersOf({ headers }: FastifyRequest): Record<string, string> {
  const { traceparent, tracestate } = headers;
  if (typeof traceparent !== 'string') return {};
  return { traceparent, ...(typeof tracestate === 'string' && { tracestate }) };
}
