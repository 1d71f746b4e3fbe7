import type { FastifyReply } from 'fastify';
import { Readable } from 'node:stream';
import { STREAM_HEADERS } from '../../responses/text-stream.js';
import { ShuttingDown } from '../../../inference/errors.js';
import { hasEnded, type JobView } from '../../../jobs/core/job.js';
import { toJobBody } from './job.codec.js';

/** A comment this often keeps proxies from closing a stream in which nothing happens. */
const HEARTBEAT_MS = 15_000;

/** What `Last-Event-ID` is compared with. It changes with whatever a client would want to be told again. */
export function eventIdOf({ state, attempts, progress }: JobView): string {
  return [state, attempts, progress?.done ?? '-'].join('.');
}

function eventOf(view: JobView, base: string): string {
  const name = hasEnded(view) ? view.state : 'progress';
  return `id: ${eventIdOf(view)}\nevent: ${name}\ndata: ${JSON.stringify(toJobBody(view, base))}\n\n`;
}

/** Server-sent events: the job as it stands, and after each change, up to its end. `lastEventId` is not sent again. */
export async function* eventsOf(
  views: AsyncIterable<JobView>,
  base: string,
  lastEventId: string | null,
): AsyncGenerator<string, void> {
  let last = lastEventId;
  for await (const view of views) {
    const id = eventIdOf(view);
    if (id === last) continue;
    last = id;
    yield eventOf(view, base);
  }
}

/** Sends events, with heartbeats between them. */
export function sendEvents(events: AsyncGenerator<string, void>, reply: FastifyReply): Readable {
  void reply.type('text/event-stream; charset=utf-8').headers(STREAM_HEADERS);
  const body = new Readable({ read: () => undefined, encoding: 'utf8' });
  const heartbeat = setInterval(() => body.push(': still here\n\n'), HEARTBEAT_MS);
  void pump(events, body).finally(() => clearInterval(heartbeat));
  body.once('close', () => {
    clearInterval(heartbeat);
    void events.return();
  });
  return body;
}

async function pump(events: AsyncIterable<string>, body: Readable): Promise<void> {
  try {
    body.push(': the job\n\n');
    for await (const event of events) body.push(event);
    body.push(null);
  } catch (error) {
    if (error instanceof ShuttingDown)
      body.push(null); // its client comes back, with `Last-Event-ID`
    else body.destroy(error instanceof Error ? error : new Error(String(error)));
  }
}
