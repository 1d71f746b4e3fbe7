import { request as httpRequest, type ClientRequest } from 'node:http';
import { Sender, type Reply } from '../../faults/support/exchange.js';
import { bodyOf } from '../../faults/support/hostile-forms.js';

/** One request as it goes over the wire. */
export interface WireRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/** The moments at which clients leave. */
export const MOMENTS = ['while uploading', 'at once', 'after a while', 'at the first byte'] as const;
export type Moment = (typeof MOMENTS)[number];

/** Long enough for a request to be queued, prefilling or decoding, and for short ones to be over. */
const LONGEST_STAY_MS = 400;
const PATIENCE_MS = 30_000;

export function jsonRequest(method: string, target: string, value: unknown, headers = {}): WireRequest {
  return { method, target, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(value) };
}

export function deleteRequest(target: string): WireRequest {
  return { method: 'DELETE', target, headers: {}, body: '' };
}

export function getRequest(target: string, headers = {}): WireRequest {
  return { method: 'GET', target, headers, body: '' };
}

export function formRequest(target: string, parts: Parameters<typeof bodyOf>[0], headers = {}): WireRequest {
  const type = 'multipart/form-data; boundary=parley-boundary';
  return { method: 'POST', target, headers: { 'content-type': type, ...headers }, body: bodyOf(parts) };
}

/** A client that stays, and one that leaves. */
export class SoakClient {
  private readonly sender: Sender;

  constructor(private readonly base: string) {
    this.sender = new Sender(base);
  }

  /** Waits for the whole response. Throws unless it has one of these statuses. */
  async expect(request: WireRequest, ...statuses: readonly number[]): Promise<Reply> {
    const reply = await this.sender.send(request.method, request.target, request.headers, request.body);
    if (statuses.includes(reply.status)) return reply;
    throw new Error(`${request.method} ${request.target}: ${String(reply.status)} ${reply.text.slice(0, 300)}`);
  }

  /** The body of a response with status 200 or 202, as JSON. */
  async json<T>(request: WireRequest): Promise<T> {
    return JSON.parse((await this.expect(request, 200, 202)).text) as T;
  }

  /** Sends a request, or a part of it, and leaves. Resolves when the connection is gone. */
  abandon(request: WireRequest, moment: Moment, random: () => number): Promise<void> {
    const { hostname, port } = new URL(this.base);
    const { method, target: path, headers, body } = request;
    const bytes = Buffer.from(body as string);
    const all = { 'content-length': String(bytes.length), ...headers };
    return new Promise((resolve) => {
      const outgoing = httpRequest({ hostname, port, method, path, headers: all, agent: false });
      const patience = setTimeout(() => outgoing.destroy(), PATIENCE_MS);
      outgoing.on('error', () => undefined); // 'close' follows
      outgoing.on('close', () => {
        clearTimeout(patience);
        resolve();
      });
      outgoing.on('response', (response) => {
        response.on('error', () => undefined);
        if (moment === 'at the first byte') response.once('data', () => outgoing.destroy());
        response.resume();
      });
      leave(outgoing, bytes, moment, random() * LONGEST_STAY_MS);
    });
  }

  close(): void {
    this.sender.close();
  }
}

function leave(outgoing: ClientRequest, bytes: Buffer, moment: Moment, stayMs: number): void {
  if (moment === 'while uploading' && bytes.length > 0) {
    outgoing.write(bytes.subarray(0, Math.ceil(bytes.length / 2)), () => {
      setTimeout(() => outgoing.destroy(), stayMs / 10);
    });
    return;
  }
  outgoing.end(bytes, () => {
    if (moment === 'at once' || moment === 'while uploading') outgoing.destroy();
    if (moment === 'after a while') setTimeout(() => outgoing.destroy(), stayMs);
  });
}
