import type { IncomingMessage, ServerResponse } from 'node:http';
import { bytesOf, type StoredFile } from './fake-hub-content.js';

/** What goes wrong with the transfers of a file. Bytes are counted within one answer, not within the file. */
export interface Faults {
  /** The connection ends after so many bytes. */
  readonly cutAfter?: number;
  /** Nothing more comes after so many bytes; the connection stays open. */
  readonly stallAfter?: number;
  /** As many bytes as there should be, but others. */
  readonly wrongBytes?: boolean;
  /** The whole file comes, whatever range was asked for. */
  readonly ignoreRange?: boolean;
  /** This status in place of the file, from the hub itself. */
  readonly status?: number;
  /** `Retry-After` beside `status`: seconds, or a date. */
  readonly retryAfter?: string;
  /** How many transfers are hit; default: all. */
  readonly times?: number;
}

/** One request that one of the two servers got. */
export interface FakeHubRequest {
  readonly server: 'hub' | 'cdn';
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** `user/repo/path` for a request of a file's content, else null. */
  readonly file: string | null;
  readonly range: string | null;
  readonly ifRange: string | null;
  readonly authorization: string | null;
  /** Status of the answer; 0 while there is none. */
  status: number;
  /** Bytes of content sent so far. */
  sentBytes: number;
}

/** A transfer that stands still at a point until the test lets it go on. */
export class Hold {
  /** Resolves when a transfer has arrived at the point. */
  readonly reached: Promise<void>;
  readonly released: Promise<void>;
  private onReached: () => void = () => undefined;
  private onReleased: () => void = () => undefined;

  constructor(readonly afterBytes: number) {
    this.reached = new Promise((resolve) => (this.onReached = resolve));
    this.released = new Promise((resolve) => (this.onReleased = resolve));
  }

  release(): void {
    this.onReleased();
  }

  /** For the server. */
  arrive(): void {
    this.onReached();
  }
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** The range that a request asks for: null for the whole file, `unsatisfiable` for one outside of it. */
function rangeOf(request: IncomingMessage, file: StoredFile, etag: string): Span | null | 'unsatisfiable' {
  const match = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
  const ifRange = request.headers['if-range'];
  if (match === null || (ifRange !== undefined && ifRange !== etag)) return null;
  const start = Number(match[1]);
  const end = match[2] === '' ? file.size : Math.min(Number(match[2]) + 1, file.size);
  return start >= file.size || start >= end ? 'unsatisfiable' : { start, end };
}

/** Sends a file or the part that was asked for, with everything that is to go wrong on the way. */
export async function transfer(
  request: IncomingMessage,
  response: ServerResponse,
  file: StoredFile,
  plan: { faults: Faults; hold: Hold | null; record: FakeHubRequest },
): Promise<void> {
  const { faults, record } = plan;
  const etag = `"${file.isLfs ? file.sha256 : file.gitSha1}"`;
  const asked = faults.ignoreRange === true ? null : rangeOf(request, file, etag);
  response.setHeader('etag', etag).setHeader('accept-ranges', 'bytes');
  if (asked === 'unsatisfiable') {
    record.status = 416;
    response.writeHead(416, { 'content-range': `bytes */${String(file.size)}` }).end();
    return;
  }
  const span = asked ?? { start: 0, end: file.size };
  const last = String(span.end - 1);
  if (asked !== null) response.setHeader('content-range', `bytes ${String(span.start)}-${last}/${String(file.size)}`);
  record.status = asked === null ? 200 : 206;
  response.writeHead(record.status, { 'content-length': span.end - span.start });
  if (request.method !== 'HEAD') await sendSpan(response, file, span, plan);
  else response.end();
}

async function sendSpan(
  response: ServerResponse,
  file: StoredFile,
  span: Span,
  { faults, hold, record }: { faults: Faults; hold: Hold | null; record: FakeHubRequest },
): Promise<void> {
  const gone = new Promise<void>((resolve) => response.once('close', resolve));
  const send = async (from: number, to: number): Promise<void> => {
    for await (const chunk of bytesOf(file.content, from, to)) {
      const bytes = faults.wrongBytes === true ? chunk.map((byte) => byte ^ 0xff) : chunk;
      await Promise.race([gone, new Promise((resolve) => response.write(bytes, resolve))]);
      if (response.destroyed) return;
      record.sentBytes += bytes.length;
    }
  };
  const stop = Math.min(span.end, span.start + (faults.cutAfter ?? faults.stallAfter ?? Infinity));
  const pause = Math.min(stop, span.start + (hold?.afterBytes ?? Infinity));
  response.flushHeaders();
  await send(span.start, pause);
  if (hold !== null) {
    hold.arrive();
    await Promise.race([hold.released, gone]);
  }
  await send(pause, stop);
  if (faults.cutAfter !== undefined) response.socket?.destroySoon();
  else if (faults.stallAfter !== undefined) await gone;
  else response.end();
}
