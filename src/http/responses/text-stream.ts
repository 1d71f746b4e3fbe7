import type { FastifyReply } from 'fastify';
import { Readable } from 'node:stream';

/** Bytes that may wait for a slow reader before the runner is paused. */
export const HIGH_WATER_MARK = 16 * 1024;

/** No cache and no ingress may hold a stream back. */
export const STREAM_HEADERS = { 'Cache-Control': 'no-cache', 'X-Accel-Buffering': 'no' } as const;

/** An answer as one JSON body, or as a stream of text. */
export type Answer<T> = { readonly headers: Headers } & (
  | { readonly kind: 'whole'; readonly body: T }
  | { readonly kind: 'stream'; readonly contentType: string; readonly pieces: AsyncIterable<string> }
);

type Headers = Readonly<Record<string, string>>;

export function wholeAnswer<T>(body: T, headers: Headers = {}): Answer<T> {
  return { kind: 'whole', body, headers };
}

/** `contentType` without its charset, which is always UTF-8. */
export function streamedAnswer(
  contentType: string,
  pieces: AsyncIterable<string>,
  headers: Headers = {},
): Answer<never> {
  return { kind: 'stream', contentType, pieces, headers };
}

/**
 * Sets the headers that an answer needs; what is returned is the body for Nest to send. The next piece of a stream is only
 * asked for when the last one has left, so a slow reader slows the model down instead of filling memory; a reader that
 * leaves ends the iterator. Events are sent by `EventAnswers`, which keeps them alive.
 */
export function send<T>(answer: Answer<T>, reply: FastifyReply): T | Readable {
  void reply.headers(answer.headers);
  if (answer.kind === 'whole') return answer.body;
  setStreamHeaders(answer.contentType, reply);
  return Readable.from(answer.pieces, { objectMode: false, highWaterMark: HIGH_WATER_MARK });
}

export function setStreamHeaders(contentType: string, reply: FastifyReply): void {
  void reply.type(`${contentType}; charset=utf-8`).headers(STREAM_HEADERS);
}
