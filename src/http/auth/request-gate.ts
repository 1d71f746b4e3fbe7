import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ANONYMOUS } from '../../config/api-keys.js';
import { SETTINGS_TOKEN } from '../../config/config.module.js';
import type { Settings } from '../../config/settings.js';
import { ParleyError } from '../../inference/errors.js';
import type { Access } from './access.js';
import { ApiKeys } from './api-keys.js';
import { ConcurrencyLimiter } from './concurrency-limiter.js';
import { KeyRing } from './key-ring.js';
import { RateLimiter } from './rate-limiter.js';

/** When a caller may come again that has too many requests running: how long those take is not known. */
const BUSY_RETRY_SECONDS = 1;

/** The key that a request presents, as `Authorization: Bearer` or `X-Api-Key`. */
function presentedKey(request: FastifyRequest): string | null {
  const { authorization } = request.headers;
  const bearer = authorization === undefined ? null : /^Bearer\s+(\S+)\s*$/i.exec(authorization);
  if (bearer?.[1] !== undefined) return bearer[1];
  const header = request.headers['x-api-key'];
  return typeof header === 'string' && header !== '' ? header : null;
}

/**
 * Lets in who holds a key, notes which one, and keeps each to its limits. It runs before any of the body is read: a
 * stranger makes the service neither read nor keep anything.
 */
@Injectable()
export class RequestGate {
  private readonly metricsKey: KeyRing;
  private readonly rate: Settings['rateLimit'];
  private readonly concurrency = new ConcurrencyLimiter();

  constructor(
    private readonly keys: ApiKeys,
    private readonly limiter: RateLimiter,
    @Inject(SETTINGS_TOKEN) settings: Settings,
  ) {
    this.metricsKey = new KeyRing(settings.metricsKey === null ? [] : [settings.metricsKey]);
    this.rate = settings.rateLimit;
  }

  /** Rejects with `unauthorized`, `rate_limited`, and `unsupported_media` for a body that is compressed. */
  async admit(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { access } = request.routeOptions.config;
    // What is no route is told so without a key.
    if (access !== 'public' && !request.is404) await this.admitCaller(request, reply, access);
    refuseCompressed(request);
  }

  private async admitCaller(request: FastifyRequest, reply: FastifyReply, access: Access | undefined): Promise<void> {
    const id = this.identify(request, access);
    request.keyId = id;
    if (access === 'metrics') return;
    const { rate = this.rate, maxConcurrent } = this.keys.ring.limitsOf(id);
    if (maxConcurrent !== null) this.countIn(id, maxConcurrent, reply);
    const wait = rate === null ? null : await this.limiter.take(id, rate);
    if (wait === null) return;
    throw new ParleyError('rate_limited', 'This key has used up its requests for now.', { retryAfterSeconds: wait });
  }

  private countIn(id: string, most: number, reply: FastifyReply): void {
    if (!this.concurrency.enter(id, most)) {
      throw new ParleyError('rate_limited', `This key may have ${String(most)} requests running at a time.`, {
        retryAfterSeconds: BUSY_RETRY_SECONDS,
      });
    }
    reply.raw.once('close', () => this.concurrency.leave(id));
  }

  private identify(request: FastifyRequest, access: Access | undefined): string {
    if (!this.keys.needed && (access !== 'metrics' || this.metricsKey.empty)) return ANONYMOUS;
    const key = presentedKey(request);
    const id = key === null ? null : this.keys.ring.identify(key);
    if (id !== null) return id;
    if (key !== null && access === 'metrics' && this.metricsKey.identify(key) !== null) return 'metrics';
    throw new ParleyError(
      'unauthorized',
      key === null
        ? 'An API key is needed: send it as "Authorization: Bearer <key>" or "X-Api-Key: <key>".'
        : 'The API key is not known here.',
    );
  }
}

/** A small body may unpack to a very large one; clients of the dialects send none of them. */
function refuseCompressed(request: FastifyRequest): void {
  const encoding = request.headers['content-encoding'];
  if (encoding === undefined || encoding.trim().toLowerCase() === 'identity' || encoding.trim() === '') return;
  throw new ParleyError('unsupported_media', 'Send the body as it is: no Content-Encoding is taken.');
}
