import { Sender } from '../exchange.js';
import { bodyOf, file } from '../hostile-forms.js';

/** A route that the polite key uses all the time. */
interface Probe {
  readonly route: string;
  /** From one request to the next, unless the response takes longer. */
  readonly everyMs: number;
  readonly method: string;
  readonly target: string;
  readonly type: string;
  readonly body: (n: number) => string | Uint8Array;
}

/** One response time of the polite key, or one that a client which does not wait would have seen. */
export interface Sample {
  readonly route: string;
  readonly ms: number;
}

export const ROUTES = ['chat', 'ocr', 'embeddings', 'jobs', 'live'] as const;

/** Long enough not to fit a context that somebody shrank to 64 or 128 tokens. */
const LONG_QUESTION = 'The parcel was sent on Monday and has not arrived. '.repeat(14);

function probes(page: Uint8Array): Probe[] {
  const json = 'application/json';
  const form = bodyOf([file('file', 'page.png', page)]);
  const question = (n: number): object => ({
    // A beginning of its own, so that no prompt is found in the KV cache: quiet and noisy do the same work.
    messages: [{ role: 'user', content: `${String(n)}. ${LONG_QUESTION}` }],
    max_tokens: 8,
    temperature: 0,
  });
  return [
    {
      route: 'chat',
      everyMs: 100,
      method: 'POST',
      target: '/v1/chat/completions',
      type: json,
      body: (n) => JSON.stringify(question(n)),
    },
    {
      route: 'ocr',
      everyMs: 150,
      method: 'POST',
      target: '/ocr',
      type: 'multipart/form-data; boundary=parley-boundary',
      body: () => form,
    },
    {
      route: 'embeddings',
      everyMs: 100,
      method: 'POST',
      target: '/v1/embeddings',
      type: json,
      body: (n) => JSON.stringify({ input: `Parcel number ${String(n)} is late.` }),
    },
    { route: 'jobs', everyMs: 100, method: 'GET', target: '/jobs', type: json, body: () => '' },
    { route: 'live', everyMs: 50, method: 'GET', target: '/healthz/live', type: json, body: () => '' },
  ];
}

/** The polite key's client: one request at a time on each of five routes, all five at once. */
export class PoliteNeighbour {
  /** Responses other than 200, with their route, and how often each came. */
  readonly failures = new Map<string, number>();
  private readonly sender: Sender;
  private samples: Sample[] = [];
  private readonly inFlight = new Map<string, Promise<void>>();
  private readonly loops: Promise<void>[] = [];
  private stopped = false;

  constructor(
    base: string,
    private readonly key: string,
    private readonly page: Uint8Array,
  ) {
    this.sender = new Sender(base);
  }

  start(): void {
    for (const probe of probes(this.page)) this.loops.push(this.loop(probe));
  }

  /** Returns the samples since the last call. */
  takeSamples(): Sample[] {
    const taken = this.samples;
    this.samples = [];
    return taken;
  }

  /** Resolves when every request that is in flight now has its response. */
  async settled(): Promise<void> {
    await Promise.all(this.inFlight.values());
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.loops);
    this.sender.close();
  }

  private async loop(probe: Probe): Promise<void> {
    for (let n = 0; !this.stopped; n++) {
      const start = performance.now();
      const request = this.request(probe, n);
      this.inFlight.set(probe.route, request);
      await request;
      const ms = performance.now() - start;
      this.record(probe, ms);
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, probe.everyMs - ms)));
    }
  }

  /**
   * One late response stands for all requests that a client which does not wait would have sent meanwhile; without them
   * a process that stops for half a minute would be one slow sample among hundreds (coordinated omission).
   */
  private record({ route, everyMs }: Probe, ms: number): void {
    for (let waited = ms; waited === ms || waited > everyMs; waited -= everyMs)
      this.samples.push({ route, ms: waited });
  }

  private async request({ route, method, target, type, body }: Probe, n: number): Promise<void> {
    const headers = { 'x-api-key': this.key, ...(method === 'POST' && { 'content-type': type }) };
    try {
      const { status, text } = await this.sender.send(method, target, headers, body(n));
      if (status !== 200) this.fail(`${route}: ${String(status)} ${text.slice(0, 300)}`);
    } catch (error) {
      this.fail(`${route}: ${String(error)}`);
    }
  }

  private fail(failure: string): void {
    this.failures.set(failure, (this.failures.get(failure) ?? 0) + 1);
  }
}
