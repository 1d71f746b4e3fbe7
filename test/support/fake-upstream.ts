import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a request said. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  /** Undefined: it had none. */
  readonly body: unknown;
  /** Resolves when its connection is gone before the answer was complete. */
  readonly left: Promise<void>;
}

/** How one request is answered. */
export type Responder = (response: ServerResponse, asked: Asked) => void | Promise<void>;

/** The name of the only model that it has. */
export const SERVED = 'served/model';

/** An OpenAI-compatible server on the loopback that answers as it is told. Its routes are those that were set. */
export class FakeUpstream {
  readonly asked: Asked[] = [];
  private readonly routes = new Map<string, Responder>();
  private readonly server = createServer((request, response) => void this.answer(request, response));

  static async start(): Promise<FakeUpstream> {
    const upstream = new FakeUpstream();
    upstream.on('GET /v1/models', json({ data: [{ id: SERVED, owned_by: 'vllm', max_model_len: 4096 }] }));
    await upstream.listen(0);
    return upstream;
  }

  /** Its base URL. */
  get url(): string {
    return `http://127.0.0.1:${String(this.port)}/v1`;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Answers a route, given as `POST /v1/rerank`, from now on: the nth request by the nth responder, all others by the last. */
  on(route: string, ...responders: readonly Responder[]): void {
    let count = 0;
    this.routes.set(route, (response, asked) => {
      const responder = responders[Math.min(count++, responders.length - 1)];
      return responder?.(response, asked);
    });
  }

  /** The last request. */
  get last(): Asked {
    const last = this.asked.at(-1);
    if (last === undefined) throw new Error('nothing was asked');
    return last;
  }

  /** The bodies that a route got. */
  bodiesOf(path: string): unknown[] {
    return this.asked.filter((asked) => asked.path === path).map(({ body }) => body);
  }

  async listen(port: number): Promise<void> {
    await once(this.server.listen(port, '127.0.0.1'), 'listening');
  }

  /** Closes the port and every connection, as a server that was killed. */
  async stop(): Promise<void> {
    if (!this.server.listening) return;
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString('utf8');
    const { method = '', url: path = '', headers } = request;
    const body = text === '' ? undefined : (JSON.parse(text) as unknown);
    const left = new Promise<void>((resolve) => {
      response.once('close', () => {
        if (!response.writableFinished) resolve();
      });
    });
    const asked = { method, path, headers, body, left };
    this.asked.push(asked);
    const respond = this.routes.get(`${method} ${path}`) ?? json({ detail: 'Not Found' }, 404);
    await respond(response, asked);
  }
}

export function json(body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Responder {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };
}

/** OpenAI's form of a refusal. */
export function refusal(
  status: number,
  message: string,
  more: { readonly code?: string; readonly type?: string; readonly headers?: Readonly<Record<string, string>> } = {},
): Responder {
  const { headers = {}, ...error } = more;
  return json({ error: { message, ...error } }, status, headers);
}

/** A stream of these events, and `[DONE]`. */
export function events(...data: readonly unknown[]): Responder {
  return (response) => {
    beginStream(response);
    for (const one of data) response.write(eventOf(one));
    response.end('data: [DONE]\n\n');
  };
}

/** A stream that says this much, and then what `next` does. */
export function eventsThen(data: readonly unknown[], next: (response: ServerResponse) => void): Responder {
  return (response) => {
    beginStream(response);
    for (const one of data) response.write(eventOf(one));
    next(response);
  };
}

export function beginStream(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
}

export function eventOf(data: unknown): string {
  return `data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`;
}

/** An event of a chat. */
export function delta(fields: object, finishReason: string | null = null, more: object = {}): object {
  return {
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta: fields, finish_reason: finishReason, ...more }],
  };
}

/** The last event, which has no choices. */
export function usage(promptTokens: number, completionTokens: number, cachedTokens?: number): object {
  const details = cachedTokens === undefined ? {} : { prompt_tokens_details: { cached_tokens: cachedTokens } };
  const counts = { prompt_tokens: promptTokens, completion_tokens: completionTokens };
  return { choices: [], usage: { ...counts, total_tokens: promptTokens + completionTokens, ...details } };
}

/** Says nothing, ever. */
export function silence(): void {
  // The connection stays open until somebody closes it.
}
