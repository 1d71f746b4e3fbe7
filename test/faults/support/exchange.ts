import { Agent, request as httpRequest } from 'node:http';
import { connect } from 'node:net';

/** An answer as it came, or why none did. */
export interface Reply {
  readonly status: number;
  /** With its parameters. */
  readonly type: string;
  readonly headers: Headers;
  readonly text: string;
}

/** Requests at a time. */
export const AT_ONCE = 16;
const PATIENCE_MS = 60_000;

/** Keeps connections as clients do, so that what one request leaves on them meets the next. */
export class Sender {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });

  constructor(private readonly base: string) {}

  /** Rejects where no whole answer comes. */
  send(
    method: string,
    target: string,
    headers: Readonly<Record<string, string>>,
    body: string | Uint8Array,
  ): Promise<Reply> {
    const { hostname, port } = new URL(this.base);
    const bytes = Buffer.from(body as string);
    return new Promise((resolve, reject) => {
      const all = { 'content-length': String(bytes.length), ...headers };
      const sent = httpRequest({ hostname, port, method, path: target, headers: all, agent: this.agent });
      sent.setTimeout(PATIENCE_MS, () => sent.destroy(new Error('no answer')));
      sent.on('error', reject);
      sent.on('response', (response) => {
        const pieces: Buffer[] = [];
        response.on('data', (piece: Buffer) => pieces.push(piece));
        response.on('error', reject);
        response.on('end', () => {
          const given = Object.entries(response.headers).flatMap(([name, value]) =>
            [value ?? ''].flat().map((one): [string, string] => [name, one]),
          );
          resolve({
            status: response.statusCode ?? 0,
            type: response.headers['content-type'] ?? '',
            headers: new Headers(given),
            text: Buffer.concat(pieces).toString('utf8'),
          });
        });
      });
      sent.end(bytes);
    });
  }

  /**
   * Sends bytes over a connection of its own; what comes back until it is closed. `leaves`: the client closes its side at
   * once, where the service would wait for more.
   */
  sendBytes(bytes: Uint8Array, leaves: boolean): Promise<string> {
    const { hostname, port } = new URL(this.base);
    return new Promise((resolve, reject) => {
      let received = '';
      const socket = connect(Number(port), hostname, () => (leaves ? socket.end(bytes) : socket.write(bytes)));
      socket.setEncoding('utf8');
      socket.setTimeout(PATIENCE_MS, () => {
        reject(new Error('the connection stays open'));
        socket.destroy();
      });
      socket.on('data', (piece: string) => (received += piece));
      socket.on('error', () => undefined); // 'close' follows
      socket.on('close', () => resolve(received));
    });
  }

  close(): void {
    this.agent.destroy();
  }
}

/** Does all of it, so many at a time. */
export async function eachOf<T>(all: readonly T[], work: (one: T, n: number) => Promise<void>): Promise<void> {
  const left = all.entries();
  const worker = async (): Promise<void> => {
    for (const [n, one] of left) await work(one, n);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}
