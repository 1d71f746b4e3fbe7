import type { EgressFetcher, EgressResponse } from '../egress/egress-fetcher.js';
import { HubAnswerError, type Answerer } from './hub-answer.js';

/** Answers to questions about a repository are read into memory; a real one has some KiB. */
const LONGEST_ANSWER_BYTES = 16 * 1024 ** 2;
const RANGE_NOT_SATISFIABLE = 416;

/** The hub at `HF_ENDPOINT`, which may lie behind a path of its host. */
export class HubConnection {
  /** Without a slash at its end. */
  readonly baseUrl: string;
  /** For messages. */
  readonly host: string;

  constructor(
    private readonly fetcher: EgressFetcher,
    endpoint: URL,
    private readonly token: string | null,
  ) {
    this.baseUrl = `${endpoint.origin}${endpoint.pathname.replace(/\/+$/, '')}`;
    this.host = endpoint.host;
  }

  get hasToken(): boolean {
    return this.token !== null;
  }

  /** The repository's page, for people. */
  pageOf(repo: string): string {
    return `${this.baseUrl}/${repo}`;
  }

  /**
   * Begins the transfer of a file of a commit; `headers` may ask for a range. Resolves with 200, 206 or 416. Throws
   * `HubAnswerError` for any other status, and what the fetcher throws.
   */
  async openFile(
    where: { readonly repo: string; readonly commit: string; readonly path: string },
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<EgressResponse> {
    const path = where.path.split('/').map(encodeURIComponent).join('/');
    const url = new URL(`${this.baseUrl}/${where.repo}/resolve/${where.commit}/${path}`);
    const response = await this.fetcher.fetch(url, { headers, firstHopHeaders: this.credentialsFor(url), signal });
    const { status } = response;
    if (status === 200 || status === 206 || status === RANGE_NOT_SATISFIABLE) return response;
    response.discard();
    throw new HubAnswerError(status, response.headers, { answerer: this.answererOf(url, response), file: where.path });
  }

  /**
   * A `fetch` for the hub's client library, under the rules of the fetcher and with the token. It throws
   * `HubAnswerError` where the library would make an error of its own, which has no headers.
   */
  fetchFor(signal: AbortSignal): typeof fetch {
    return async (input, init) => {
      const url = new URL(typeof input === 'string' || input instanceof URL ? input : input.url);
      const response = await this.fetcher.fetch(url, {
        method: init?.method === 'POST' ? 'POST' : 'GET',
        headers: Object.fromEntries(new Headers(init?.headers)),
        firstHopHeaders: this.credentialsFor(url),
        ...(typeof init?.body === 'string' ? { body: init.body } : {}),
        maxBytes: LONGEST_ANSWER_BYTES,
        signal,
      });
      if (response.status < 200 || response.status > 299) {
        response.discard();
        throw new HubAnswerError(response.status, response.headers, {
          answerer: this.answererOf(url, response),
          file: null,
        });
      }
      const chunks: Uint8Array[] = [];
      for await (const chunk of response.body) chunks.push(chunk);
      return new Response(Buffer.concat(chunks), { headers: response.headers });
    };
  }

  private answererOf(asked: URL, response: EgressResponse): Answerer {
    if (response.url.href === asked.href) return 'hub';
    return response.url.origin === asked.origin ? 'hub-redirected' : 'elsewhere';
  }

  /** The token is the hub's alone: it goes to addresses below `HF_ENDPOINT`, and with no redirect. */
  private credentialsFor(url: URL): Record<string, string> {
    if (this.token === null || !url.href.startsWith(`${this.baseUrl}/`)) return {};
    return { authorization: `Bearer ${this.token}` };
  }
}
