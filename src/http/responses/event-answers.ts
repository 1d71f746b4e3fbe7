import { Inject, Injectable, Logger } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Readable } from 'node:stream';
import { SETTINGS_TOKEN } from '../../config/config.module.js';
import type { Settings } from '../../config/settings.js';
import { resolvesWithin } from '../../inference/deadline.js';
import { EventStream } from './event-stream.js';
import { HIGH_WATER_MARK, send, setStreamHeaders, streamedAnswer, type Answer } from './text-stream.js';
import { toShownError } from '../errors/to-parley-error.js';

const EVENT_STREAM = 'text/event-stream';

/** An answer as server-sent events. */
export function eventsAnswer(
  events: AsyncIterable<string>,
  headers: Readonly<Record<string, string>> = {},
): Answer<never> {
  return streamedAnswer(EVENT_STREAM, events, headers);
}

/**
 * Sends answers that may be server-sent events. What is refused at once has its status. A stream that has waited so long
 * that what lies between might give it up is begun with a comment, and has comments until its first event; its headers
 * are then those of every stream, and trouble becomes its only event.
 */
@Injectable()
export class EventAnswers {
  private readonly log = new Logger('Errors');
  private readonly seconds: number;

  constructor(@Inject(SETTINGS_TOKEN) { ssePingSeconds }: Settings) {
    this.seconds = ssePingSeconds;
  }

  /** `trouble`: how the dialect words an error as an event; null for an answer that is no stream. */
  async send<T>(
    answering: Promise<Answer<T>>,
    trouble: ((thrown: unknown) => string) | null,
    reply: FastifyReply,
  ): Promise<T | Readable> {
    if (trouble === null || this.seconds === 0 || (await resolvesWithin(this.seconds * 1000, answering))) {
      const answer = await answering;
      if (answer.kind === 'whole') return send(answer, reply);
      void reply.headers(answer.headers);
      return this.stream(answer.pieces, false, reply);
    }
    return this.stream(this.eventsOf(answering, trouble), true, reply);
  }

  private stream(events: AsyncIterable<string>, first: boolean, reply: FastifyReply): Readable {
    setStreamHeaders(EVENT_STREAM, reply);
    return new EventStream(events, { seconds: this.seconds, first }, HIGH_WATER_MARK);
  }

  private async *eventsOf<T>(
    answering: Promise<Answer<T>>,
    trouble: (thrown: unknown) => string,
  ): AsyncGenerator<string, void> {
    try {
      const answer = await answering;
      if (answer.kind === 'stream') yield* answer.pieces;
    } catch (thrown) {
      if (toShownError(thrown).error.code === 'internal') this.log.error(thrown);
      yield trouble(thrown);
    }
  }
}
