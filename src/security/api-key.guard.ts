import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { SETTINGS_TOKEN } from '../config/config.module.js';
import type { Settings } from '../config/settings.js';
import { ParleyError } from '../inference/errors.js';
import { ACCESS, type Access } from './access.js';
import { KeyRing } from './key-ring.js';
import { RateLimiter } from './rate-limiter.js';

/** The id of callers where no keys are set. */
const ANONYMOUS = 'anonymous';

/** The key that a request presents, as `Authorization: Bearer` or `X-Api-Key`. */
function presentedKey(request: FastifyRequest): string | null {
  const { authorization } = request.headers;
  const bearer = authorization === undefined ? null : /^Bearer\s+(\S+)\s*$/i.exec(authorization);
  if (bearer?.[1] !== undefined) return bearer[1];
  const header = request.headers['x-api-key'];
  return typeof header === 'string' && header !== '' ? header : null;
}

/** Lets in who holds a key, notes which one, and keeps each to its rate. */
@Injectable()
export class ApiKeyGuard implements CanActivate {
  private readonly keys: KeyRing;
  private readonly metricsKey: KeyRing;
  private readonly limiter: RateLimiter | null;

  constructor(
    private readonly reflector: Reflector,
    @Inject(SETTINGS_TOKEN) settings: Settings,
  ) {
    this.keys = new KeyRing(settings.apiKeys);
    this.metricsKey = new KeyRing(settings.metricsKey === null ? [] : [settings.metricsKey]);
    this.limiter = settings.rateLimit === null ? null : new RateLimiter(settings.rateLimit);
  }

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const access = this.reflector.getAllAndOverride<Access | undefined>(ACCESS, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (access === 'public') return true;
    request.keyId = this.identify(request, access);
    const wait = access === 'metrics' ? null : (this.limiter?.take(request.keyId) ?? null);
    if (wait !== null) {
      throw new ParleyError('rate_limited', 'This key has used up its requests for now.', { retryAfterSeconds: wait });
    }
    return true;
  }

  private identify(request: FastifyRequest, access: Access | undefined): string {
    if (this.keys.empty && (access !== 'metrics' || this.metricsKey.empty)) return ANONYMOUS;
    const key = presentedKey(request);
    const id = key === null ? null : this.keys.identify(key);
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
