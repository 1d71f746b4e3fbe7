import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** A web server on loopback that has pictures, and some that misbehave. */
export class PictureHost {
  private readonly handlers = new Map<string, Handler>();
  /** Paths that were asked for. */
  readonly asked: string[] = [];

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(): Promise<PictureHost> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const host = new PictureHost(server, `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`);
    server.on('request', (request, response) => {
      const path = request.url ?? '';
      host.asked.push(path);
      const handler = host.handlers.get(path);
      if (handler === undefined) response.writeHead(404).end();
      else handler(request, response);
    });
    return host;
  }

  /** Serves bytes at a path. @returns its URL. */
  serve(path: string, bytes: Uint8Array): string {
    return this.answer(path, (_, response) => response.writeHead(200).end(bytes));
  }

  answer(path: string, handler: Handler): string {
    this.handlers.set(path, handler);
    return `${this.url}${path}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
