import {
  createServer,
  STATUS_CODES,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { Socket } from 'node:net';
import { Logger } from '@nestjs/common';
import type { Settings } from '../../config/settings.js';
import { tellOfBrokenRequests } from './broken-requests.js';
import { SlowBodies } from './slow-bodies.js';

export type ConnectionLimits = Pick<Settings, 'headersTimeout' | 'bodyTimeout' | 'requestTimeout' | 'maxConnections'>;

/** All headers of a request together, the request line included. */
const MAX_HEADER_BYTES = 16 * 1024;
const MAX_HEADERS = 200;
/** Longer than the 60 s that an ingress keeps idle connections: else it would send a request on one that just closes. */
const KEEP_ALIVE_MS = 75_000;
/** How late a timeout may be noticed. */
const CHECK_EVERY_MS = 1000;
const WARN_EVERY_MS = 60_000;

const log = new Logger('Connections');

/**
 * A server whose connections cannot be held by who says nothing, little, or too much. Every port is one of these; what
 * is refused here has not reached a route, and is told in a body that all dialects' clients can read.
 */
export function createGuardedServer(limits: ConnectionLimits, handler: RequestListener): Server {
  const server = createServer(
    {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: limits.headersTimeout * 1000,
      requestTimeout: limits.requestTimeout * 1000,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connectionsCheckingInterval: CHECK_EVERY_MS,
      requireHostHeader: false, // Node refuses without a word
    },
    (request, response) => {
      if (request.headers.host === undefined && request.httpVersion === '1.1') {
        refuse(request.socket, 400, 'The request names no Host.');
      } else handler(request, response);
    },
  );
  server.maxHeadersCount = MAX_HEADERS;
  server.maxConnections = limits.maxConnections;
  const answers = new WeakMap<Socket, ServerResponse>();
  const refuse = (socket: Socket, status: number, why: string): void => {
    const begun = answers.get(socket)?.headersSent === true && answers.get(socket)?.writableFinished !== true;
    if (socket.writable && !begun) socket.write(refusal(status, why));
    socket.destroySoon();
  };
  const slow = new SlowBodies(limits.bodyTimeout, (socket) => {
    refuse(socket, 408, 'The body came too slowly.');
  });
  server.on('request', (request, response) => {
    answers.set(request.socket, response);
    slow.watch(request);
  });
  server.on('checkExpectation', ({ socket }: IncomingMessage) => {
    refuse(socket, 417, 'The only Expect that is known is 100-continue.');
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    if (error.code === 'ECONNRESET' || socket.destroyed) socket.destroy();
    else refuse(socket, ...whatIsWrong(error.code));
  });
  server.on('close', () => slow.stop());
  tellOfBrokenRequests(server);
  warnWhenFull(server, limits.maxConnections);
  return server;
}

function whatIsWrong(code: string | undefined): readonly [number, string] {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return [408, 'The request came too slowly.'];
  if (code === 'HPE_HEADER_OVERFLOW') {
    return [431, `The headers are larger than ${String(MAX_HEADER_BYTES / 1024)} KiB.`];
  }
  return [400, 'This is no HTTP request that can be read.'];
}

/** `detail` and `error`, as where two dialects share a path: whose request it was going to be is not known. */
function refusal(status: number, why: string): string {
  const body = JSON.stringify({ detail: why, error: why });
  const head = [
    `HTTP/1.1 ${String(status)} ${STATUS_CODES[status] ?? ''}`,
    'Content-Type: application/json; charset=utf-8',
    'X-Content-Type-Options: nosniff',
    `Content-Length: ${String(Buffer.byteLength(body))}`,
    'Connection: close',
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}

function warnWhenFull(server: Server, maxConnections: number): void {
  let warnedAt = -Infinity;
  server.on('drop', () => {
    if (performance.now() - warnedAt < WARN_EVERY_MS) return;
    warnedAt = performance.now();
    log.warn(`a port has its ${String(maxConnections)} connections (MAX_CONNECTIONS): more are dropped`);
  });
}
