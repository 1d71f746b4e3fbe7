import { applyDecorators, createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiHeader, ApiResponse } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ParleyError } from '../../inference/errors.js';
import { toJobBody } from '../api/jobs/job.codec.js';
import { JobBody } from '../api/jobs/job.schema.js';
import type { JobView } from '../../jobs/core/job.js';
import type { JobRequester } from '../../jobs/core/job-requester.js';
import { baseOf } from './base-url.js';
import type { Client } from './client.js';

/** How the client wants the answer of a route whose work takes long. */
export interface LongRequest {
  /** `Prefer: respond-async`: a job instead of the answer. */
  readonly later: boolean;
  readonly idempotencyKey: string | null;
  /** Scheme and host that the client spoke to: links in answers are absolute. */
  readonly base: string;
}

const MAX_KEY_LENGTH = 255;

/** RFC 7240: preferences are separated by commas, over one or several headers; unknown ones are passed over. */
function prefersAsync(header: string | string[] | undefined): boolean {
  const text = Array.isArray(header) ? header.join(',') : (header ?? '');
  const preferences = text.match(/(?:"(?:\\.|[^"\\])*"|[^,])+/g) ?? []; // a comma in quotes separates nothing
  return preferences.some((preference) => preference.split(/[;=]/)[0]?.trim().toLowerCase() === 'respond-async');
}

function idempotencyKeyOf(request: FastifyRequest): string | null {
  const header = request.headers['idempotency-key'];
  if (header === undefined) return null;
  if (typeof header !== 'string' || header === '' || header.length > MAX_KEY_LENGTH) {
    throw new ParleyError(
      'invalid_request',
      `Idempotency-Key holds one key of at most ${String(MAX_KEY_LENGTH)} characters.`,
      { param: 'Idempotency-Key' },
    );
  }
  return header;
}

/** Injects the {@link LongRequest}. */
export const TheLongRequest = createParamDecorator((_: unknown, context: ExecutionContext): LongRequest => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  return {
    later: prefersAsync(request.headers.prefer),
    idempotencyKey: idempotencyKeyOf(request),
    base: baseOf(request),
  };
});

/** Throws `invalid_request` for a job that nobody waits for and that has a deadline. */
export function jobRequesterOf(
  { keyId, deadline, record }: Client,
  { later, idempotencyKey }: LongRequest,
): JobRequester {
  if (later && deadline !== undefined) {
    throw new ParleyError(
      'invalid_request',
      'X-Request-Deadline is for answers that are waited for: a job of Prefer: respond-async has none.',
      { param: 'X-Request-Deadline' },
    );
  }
  return { keyId, idempotencyKey, isAwaited: !later, request: record };
}

/** Answers with the job instead of what it will give: 202, `Location`. */
export function accepted(view: JobView, { base }: LongRequest, reply: FastifyReply): JobBody {
  void reply.status(202).headers({ Location: `/jobs/${view.id}`, 'Preference-Applied': 'respond-async' });
  return toJobBody(view, base);
}

/** Documents a route that makes a job. */
export const ApiLong = (): MethodDecorator =>
  applyDecorators(
    ApiHeader({
      name: 'Prefer',
      required: false,
      description: '`respond-async` answers at once with 202 and the job',
      schema: { type: 'string', example: 'respond-async' },
    }),
    ApiHeader({
      name: 'Idempotency-Key',
      required: false,
      description: 'A second request with the same key gets the job of the first',
      schema: { type: 'string', maxLength: MAX_KEY_LENGTH },
    }),
    ApiResponse({ status: 202, description: 'With `Prefer: respond-async`: the job', type: JobBody }),
  );
