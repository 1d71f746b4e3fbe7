import { connect, type Socket } from 'node:net';
import { until } from './wait.js';

/** A TCP connection that a test writes to as slowly as it likes. */
export class HeldConnection {
  received = '';
  closed = false;

  private constructor(private readonly socket: Socket) {
    socket.setEncoding('utf8');
    socket.on('data', (piece: string) => (this.received += piece));
    socket.on('error', () => undefined); // 'close' follows
    socket.on('close', () => (this.closed = true));
  }

  /** Resolves once it is connected, or refused, which {@link closed} tells. */
  static open(base: string): Promise<HeldConnection> {
    const { hostname, port } = new URL(base);
    return new Promise((resolve) => {
      const socket = connect(Number(port), hostname);
      const held = new HeldConnection(socket);
      socket.once('connect', () => resolve(held));
      socket.once('close', () => resolve(held));
    });
  }

  write(text: string): void {
    if (!this.socket.destroyed) this.socket.write(text);
  }

  /** The status of the first answer, once its headers have come. */
  status(): Promise<number> {
    return until('the head of an answer', () => {
      const status = /^HTTP\/1\.1 (\d{3}) [\s\S]*\r\n\r\n/.exec(this.received)?.[1];
      return status === undefined ? undefined : Number(status);
    });
  }

  /** The body of an answer whose connection has been closed. */
  get body(): unknown {
    return JSON.parse(this.received.slice(this.received.indexOf('\r\n\r\n') + 4)) as unknown;
  }

  leave(): void {
    this.socket.destroy();
  }
}

/** The head of a request that announces a body of so many bytes. */
export function head(method: string, path: string, headers: Readonly<Record<string, string>>): string {
  const lines = Object.entries({ host: 'test', ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`;
}
