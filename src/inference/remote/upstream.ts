import { Pool, type Dispatcher } from 'undici';
import type { RemoteSource } from '../catalogue/remote-source.js';
import { abortReason } from '../errors.js';
import type { JsonObject, JsonValue } from '../json-value.js';
import type { CircuitBreaker, Pass } from './circuit-breaker.js';
import { Patience } from './patience.js';
import type { RunFlow } from './run-flow.js';
import { eventData } from './sse.js';
import { brokenError, eventError, nonsense, refusalError, UpstreamError } from './upstream-errors.js';
import { objectAt, parseJson, textAt } from './wire.js';

/** Vectors of a batch of texts, as decimal numbers. */
const MAX_ANSWER_BYTES = 128 * 1024 ** 2;
const MAX_REFUSAL_BYTES = 64 * 1024;
const MAX_EVENT_CHARS = 8 * 1024 ** 2;
/** Below what servers usually allow, so that a connection is not used while its server closes it. */
const KEEP_ALIVE_MS = 4000;
const DRAIN_MS = 1000;
/** Beside the requests that are answered: the model's own, and the counting of tokens. */
const SPARE_CONNECTIONS = 4;

interface Question {
  readonly method: 'GET' | 'POST';
  /** Absolute, or below the base URL. */
  readonly path: string;
  readonly body?: JsonObject;
}

/**
 * One server and one model of it, over connections that are kept. It is the operator's own choice, so that its address may
 * be private; no redirect is followed. Every method throws a ParleyError, and its signal's reason.
 */
export class Upstream {
  private readonly pool: Pool;
  private readonly basePath: string;
  private readonly headers: Readonly<Record<string, string>>;

  constructor(
    readonly model: string,
    readonly source: RemoteSource,
    private readonly key: string | null,
    private readonly breaker: CircuitBreaker,
    shared: { readonly pool: Pool; readonly headers: Readonly<Record<string, string>> } | null = null,
  ) {
    const { origin, pathname } = new URL(source.baseUrl);
    this.basePath = pathname.replace(/\/$/, '');
    this.headers = {
      accept: 'application/json, text/event-stream',
      'accept-encoding': 'identity',
      'content-type': 'application/json',
      ...(key !== null && { authorization: `Bearer ${key}` }),
      ...shared?.headers,
    };
    this.pool =
      shared?.pool ??
      new Pool(origin, {
        connections: source.slots + SPARE_CONNECTIONS,
        connect: { timeout: source.timeouts.connect },
        keepAliveTimeout: KEEP_ALIVE_MS,
        // Patience has the times: the HTTP client's own would go on while a reader is slow.
        headersTimeout: 0,
        bodyTimeout: 0,
      });
  }

  /** The same server over the same connections, for a request that brings headers of its own. */
  with(headers: Readonly<Record<string, string>>): Upstream {
    if (Object.keys(headers).length === 0) return this;
    return new Upstream(this.model, this.source, this.key, this.breaker, { pool: this.pool, headers });
  }

  /** The path of what lies beside `/v1`, not below it. */
  rootPath(name: string): string {
    return `${this.basePath.replace(/\/v\d+$/, '')}/${name}`;
  }

  /** One question, one answer. */
  async ask(question: Question, signal: AbortSignal): Promise<JsonValue> {
    return this.during(signal, async (patience, pass) => {
      const answer = await this.send(question, patience);
      const text = await textOf(heard(answer.body, patience), MAX_ANSWER_BYTES);
      const parsed = text === null ? null : parseJson(text);
      if (parsed === null) throw nonsense(this.model, 'sent an answer that cannot be read');
      pass.answered();
      return parsed.value;
    });
  }

  /** The events of an answer that comes piece by piece, each as soon as it is there. Held up while the flow is paused. */
  async *stream(path: string, body: JsonObject, flow: RunFlow): AsyncGenerator<JsonValue, void> {
    const pass = this.breaker.enter();
    const patience = new Patience(this.source.timeouts, flow.signal);
    let answer: Dispatcher.ResponseData | undefined;
    let done = false;
    try {
      answer = await this.send({ method: 'POST', path, body }, patience);
      if (!isEventStream(answer)) throw nonsense(this.model, 'sent no stream');
      const bytes = answer.body.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>;
      for await (const data of eventData(heard(bytes, patience), MAX_EVENT_CHARS)) {
        done = data === '[DONE]';
        if (done) return;
        const parsed = parseJson(data);
        if (parsed === null) throw nonsense(this.model, 'sent an event that cannot be read');
        if (isTrouble(parsed.value)) throw eventError(this.model, parsed.value);
        pass.answered();
        yield parsed.value;
        if (!flow.paused) continue;
        patience.hold();
        await flow.goOn();
        patience.heard();
      }
    } catch (error) {
      throw this.told(error, patience, flow.signal, pass);
    } finally {
      patience.hold();
      pass.end();
      if (done) drain(answer?.body);
      else answer?.body.destroy();
    }
  }

  /** Ends every connection. */
  async close(): Promise<void> {
    await this.pool.destroy();
  }

  private async during<T>(signal: AbortSignal, work: (patience: Patience, pass: Pass) => Promise<T>): Promise<T> {
    const pass = this.breaker.enter();
    const patience = new Patience(this.source.timeouts, signal);
    try {
      return await work(patience, pass);
    } catch (error) {
      throw this.told(error, patience, signal, pass);
    } finally {
      patience.hold();
      pass.end();
    }
  }

  /** The error of a request, told to the circuit breaker. */
  private told(error: unknown, patience: Patience, signal: AbortSignal, pass: Pass): Error {
    if (signal.aborted) return abortReason(signal);
    const known = brokenError(this.model, patience.exhausted ?? error);
    if (known instanceof UpstreamError) {
      if (known.away) pass.failed();
      else pass.answered();
    }
    return known;
  }

  /** An answer whose status is a success, with its body to come. */
  private async send({ method, path, body }: Question, patience: Patience): Promise<Dispatcher.ResponseData> {
    const answer = await this.pool.request({
      method,
      path: path.startsWith('/') ? path : `${this.basePath}/${path}`,
      headers: this.headers,
      body: body === undefined ? null : JSON.stringify(body),
      signal: patience.signal,
    });
    // Whoever reads the body gets its errors; without a listener one of a body that nobody reads ends the process.
    answer.body.on('error', () => undefined);
    const { statusCode: status, headers } = answer;
    if (status >= 200 && status < 300) return answer;
    const said = await textOf(heard(answer.body, patience), MAX_REFUSAL_BYTES);
    const retryAfter = headers['retry-after'];
    throw refusalError(this.model, {
      status,
      retryAfter: typeof retryAfter === 'string' ? retryAfter : null,
      body: said ?? '',
    });
  }
}

async function* heard(body: AsyncIterable<Uint8Array>, patience: Patience): AsyncGenerator<Uint8Array, void> {
  for await (const chunk of body) {
    patience.heard();
    yield chunk;
  }
}

/** Reads what follows the last event, so that the connection can be used again; a server that dawdles loses it. */
function drain(body: Dispatcher.ResponseData['body'] | undefined): void {
  const impatience = setTimeout(() => body?.destroy(), DRAIN_MS);
  body?.once('close', () => clearTimeout(impatience));
  body?.resume();
}

/** Null: it has more bytes than that. */
async function textOf(bytes: AsyncIterable<Uint8Array>, maxBytes: number): Promise<string | null> {
  const chunks: Uint8Array[] = [];
  let total = 0;
  for await (const chunk of bytes) {
    total += chunk.byteLength;
    if (total > maxBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function isEventStream({ headers }: Dispatcher.ResponseData): boolean {
  const type = headers['content-type'];
  return typeof type === 'string' && type.includes('event-stream');
}

/** An event that tells of trouble instead of carrying a piece of the answer. */
function isTrouble(event: JsonValue): boolean {
  return objectAt(event, 'error') !== null || textAt(event, 'error') !== null || textAt(event, 'object') === 'error';
}
