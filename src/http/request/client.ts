import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ANONYMOUS } from '../../config/api-keys.js';
import type { Caller } from '../../inference/caller.js';
import { abortAt } from '../../inference/deadline.js';
import { ParleyError } from '../../inference/errors.js';
import type { RequestRecord } from '../../observability/telemetry/request-record.js';
import { deadlineOf } from './request-deadline.js';

/** Who is at the other end of a request, and whether it is still there. */
export interface Client {
  readonly keyId: string;
  /** `X-Session-Id`, which separates conversations. */
  readonly session: string;
  /** Of `X-Request-Deadline`; see `Caller`. */
  readonly deadline: number | undefined;
  /** Aborts when the client goes away before its answer is complete, and with `timeout` at its deadline. */
  readonly signal: AbortSignal;
  /** What is told of the request in log and trace. */
  readonly record?: RequestRecord | undefined;
}

const MAX_SESSION_LENGTH = 200;

function sessionOf(request: FastifyRequest): string {
  const header = request.headers['x-session-id'];
  if (header === undefined || header === '') return 'default';
  if (typeof header !== 'string' || header.length > MAX_SESSION_LENGTH) {
    throw new ParleyError(
      'invalid_request',
      `X-Session-Id holds one name of at most ${String(MAX_SESSION_LENGTH)} characters.`,
      {
        param: 'X-Session-Id',
      },
    );
  }
  return header;
}

/** Injects the {@link Client} of a request. */
export const TheClient = createParamDecorator((_: unknown, context: ExecutionContext): Client => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  const reply = context.switchToHttp().getResponse<FastifyReply>();
  const session = sessionOf(request);
  const deadline = deadlineOf(request);
  const left = new AbortController();
  const forget = deadline === undefined ? undefined : abortAt(deadline, left);
  if (reply.raw.destroyed) left.abort();
  reply.raw.once('close', () => {
    forget?.();
    if (!reply.raw.writableFinished) left.abort();
  });
  return { keyId: request.keyId ?? ANONYMOUS, session, deadline, signal: left.signal, record: request.record };
});

export function callerOf(client: Client, dialect: string): Caller {
  const { keyId, deadline, record } = client;
  return { keyId, dialect, priority: 'interactive', deadline, ...(record !== undefined && { recorder: record.runs }) };
}
