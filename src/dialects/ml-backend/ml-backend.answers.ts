import type { FastifyReply } from 'fastify';
import type { Readable } from 'node:stream';
import type { PlainChunks, TextAnswer } from '../../domains/generate/text-answer.js';
import { send, streamedAnswer } from '../../http/responses/text-stream.js';
import { piecesOf } from './ml-backend.codec.js';
import { MlBackendValidationError } from './ml-backend.schema.js';

export const NULL_ANSWER = {
  description: 'Done; the body is `null`',
  schema: { type: 'object', nullable: true, example: null },
};

export const INVALID = { description: 'The body is not valid', type: MlBackendValidationError };

/** FastAPI answers `null` for nothing; Fastify would answer with an empty body. */
export function nullBody(reply: FastifyReply): string {
  void reply.type('application/json; charset=utf-8');
  return 'null';
}

/** An answer of the conversation, streamed as it comes; a header says what its prompt had to leave out. */
export function streamed(answer: TextAnswer<PlainChunks>, reply: FastifyReply): Readable {
  if (answer.droppedMessages > 0) void reply.header('X-Dropped-Turns', String(answer.droppedMessages));
  return send(streamedAnswer('text/plain', piecesOf(answer.chunks)), reply);
}
