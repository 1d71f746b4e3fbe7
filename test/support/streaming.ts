import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import type { RequestHeaders } from './http.js';

/** A request under way on a connection of its own; its client can leave at any time. */
export interface Exchange {
  /** The head of the answer. Rejects when the connection ends before it. */
  readonly response: Promise<IncomingMessage>;
  /** Closes the connection, as a client that goes away does. */
  leave(): void;
}

function responseOf(outgoing: ClientRequest): Promise<IncomingMessage> {
  const response = new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.once('response', (incoming) => {
      incoming.setEncoding('utf8');
      incoming.on('error', () => undefined); // told to whoever reads it
      resolve(incoming);
    });
    outgoing.on('error', reject);
  });
  response.catch(() => undefined); // who left does not want to know
  return response;
}

/** POSTs JSON without waiting for the answer. */
export function open(url: string, body: unknown, headers: RequestHeaders = {}): Exchange {
  const outgoing = request(url, {
    method: 'POST',
    agent: false,
    headers: { 'content-type': 'application/json', ...headers },
  });
  const response = responseOf(outgoing);
  outgoing.end(JSON.stringify(body));
  return { response, leave: () => void outgoing.destroy() };
}

/** The pieces of a body as they arrive. */
export async function* pieces(response: IncomingMessage): AsyncGenerator<string, void> {
  for await (const piece of response) yield piece as string;
}

/** Everything up to the end of a body, and whether that end was a proper one. */
export async function readToEnd(response: IncomingMessage): Promise<{ text: string; complete: boolean }> {
  let text = '';
  try {
    for await (const piece of pieces(response)) text += piece;
  } catch {
    return { text, complete: false };
  }
  return { text, complete: response.complete };
}

/**
 * The data of each server-sent event, by the rules of the WHATWG standard: lines end with CR, LF or both; one space after
 * the colon goes; several `data` lines of an event are joined by a newline; an event ends at an empty line.
 */
export function sseEvents(text: string): string[] {
  const events: string[] = [];
  let data: string[] = [];
  for (const line of text.split(/\r\n|\r|\n/)) {
    if (line === '') {
      if (data.length > 0) events.push(data.join('\n'));
      data = [];
    } else if (line.startsWith('data:')) data.push(line.slice('data:'.length).replace(/^ /, ''));
  }
  return events;
}

/** The JSON object on each line; every line must end with a newline. */
export function ndjsonLines(text: string): unknown[] {
  const lines = text.split('\n');
  if (lines.pop() !== '') throw new Error(`the last line does not end: ${text.slice(-200)}`);
  return lines.map((line) => JSON.parse(line) as unknown);
}

/** Waits for the first piece of a stream, and leaves the rest to come. */
export async function firstPiece(response: IncomingMessage): Promise<string> {
  const first = await new Promise<string>((resolve, reject) => {
    response.once('data', (piece: string) => {
      response.pause();
      resolve(piece);
    });
    response.once('error', reject);
    response.once('end', () => reject(new Error('the stream ended without a piece')));
  });
  response.unshift(first);
  return first;
}
