import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { listed, type FakeFile } from './fake-hub-content.js';
import { FakeRepoStore, Refusal, type Access } from './fake-hub-repos.js';
import { Hold, transfer, type FakeHubRequest, type Faults } from './fake-hub-transfer.js';

export type { FakeFile } from './fake-hub-content.js';
export type { Access } from './fake-hub-repos.js';
export { Hold, type FakeHubRequest, type Faults } from './fake-hub-transfer.js';

/** Repository → path → content. */
export type FakeRepos = Readonly<Record<string, Readonly<Record<string, FakeFile>>>>;

export interface FakeHubOptions {
  /** The one token that the hub accepts; it answers 401 to any other. */
  readonly token?: string;
  /** A path that the hub lies behind, such as `/mirrors/hf`. */
  readonly prefix?: string;
}

/**
 * A model hub on loopback, with a second server for the content of large files, as Hugging Face has. Give `url` to the
 * service as HF_ENDPOINT; the second server is at the same address but another origin, so that EGRESS_ALLOW=127.0.0.1
 * is needed too.
 */
export class FakeHub {
  /** Every request since the start, in order of arrival. */
  readonly requests: FakeHubRequest[] = [];
  private readonly repos: FakeRepoStore;
  private readonly renamed = new Map<string, string>();
  private readonly faultsOf = new Map<string, { faults: Faults; left: number }[]>();
  private readonly holds = new Map<string, Hold[]>();
  private apiFaults: Faults | null = null;
  private readonly hub = createServer((request, response) => void this.answer('hub', request, response));
  private readonly cdn = createServer((request, response) => void this.answer('cdn', request, response));

  constructor(private readonly options: FakeHubOptions) {
    this.repos = new FakeRepoStore(options.token ?? null);
  }

  /** The value for HF_ENDPOINT. */
  get url(): string {
    return `${originOf(this.hub)}${this.options.prefix ?? ''}`;
  }

  get cdnUrl(): string {
    return originOf(this.cdn);
  }

  /** Makes a new commit of a repository, which becomes its `main`. Earlier commits stay. Returns the commit. */
  commit(repo: string, files: Readonly<Record<string, FakeFile>>): Promise<string> {
    return this.repos.commit(repo, files);
  }

  /** The commit that `main` is now. */
  commitOf(repo: string): string {
    return this.repos.get(repo).main;
  }

  restrict(repo: string, access: Access): void {
    this.repos.get(repo).access = access;
  }

  /** What is asked of `from` is redirected to `to`, on the same host. */
  rename(from: string, to: string): void {
    this.renamed.set(from, to);
  }

  /** Sets what goes wrong with a file (`user/repo/path`), one after the other as each is used up; none clears it. */
  fault(file: string, ...faults: readonly Faults[]): void {
    this.faultsOf.set(
      file,
      faults.map((one) => ({ faults: one, left: one.times ?? Infinity })),
    );
  }

  /** Answers questions about repositories with a status, `times` times or until it is called with null. */
  faultApi(faults: Pick<Faults, 'status' | 'retryAfter' | 'times'> | null): void {
    this.apiFaults = faults;
  }

  /** Makes the next transfer of a file (`user/repo/path`) stand still after so many bytes. */
  hold(file: string, afterBytes: number): Hold {
    const hold = new Hold(afterBytes);
    this.holds.set(file, [...(this.holds.get(file) ?? []), hold]);
    return hold;
  }

  /** The answers that brought content of a file, in order. */
  transfersOf(file: string): FakeHubRequest[] {
    return this.requests.filter((one) => one.file === file && (one.status === 200 || one.status === 206));
  }

  /** Every `Authorization` that a server got, in order; null where a request had none. */
  authorizationsAt(server: 'hub' | 'cdn'): (string | null)[] {
    return this.requests.filter((one) => one.server === server).map(({ authorization }) => authorization);
  }

  async start(): Promise<void> {
    for (const server of [this.hub, this.cdn]) await once(server.listen(0, '127.0.0.1'), 'listening');
  }

  /** Ends all transfers; the ports refuse connections afterwards. */
  async stop(): Promise<void> {
    for (const server of [this.hub, this.cdn]) {
      if (!server.listening) continue;
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    }
  }

  private async answer(server: 'hub' | 'cdn', request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.on('error', () => undefined); // a client that leaves
    const record: FakeHubRequest = {
      server,
      method: request.method ?? '',
      path: request.url ?? '',
      file: null,
      range: request.headers.range ?? null,
      ifRange: request.headers['if-range']?.toString() ?? null,
      authorization: request.headers.authorization ?? null,
      status: 0,
      sentBytes: 0,
    };
    this.requests.push(record);
    try {
      if (server === 'hub') await this.answerAsHub(request, response, record);
      else await this.sendFile(request, response, record, decodeURIComponent(pathOf(record)).slice('/lfs/'.length));
    } catch (error) {
      const { status, headers } = error instanceof Refusal ? error : new Refusal(500, {});
      response.writeHead(status, headers).end(JSON.stringify({ error: headers['x-error-message'] ?? 'refused' }));
    }
    record.status = response.statusCode;
  }

  private async answerAsHub(request: IncomingMessage, response: ServerResponse, record: FakeHubRequest): Promise<void> {
    const prefix = this.options.prefix ?? '';
    const path = pathOf(record);
    if (!path.startsWith(`${prefix}/`)) throw new Refusal(404, {});
    const segments = path.slice(prefix.length + 1).split('/');
    if (segments[0] === 'api' && segments[1] === 'models') {
      const [, , user = '', name = '', question = '', revision = ''] = segments;
      if (this.redirectsRenamed(`${user}/${name}`, response, record)) return;
      await this.answerQuestion(`${user}/${name}`, question, decodeURIComponent(revision), { request, response });
    } else if (segments[2] === 'resolve') {
      const [user = '', name = '', , revision = '', ...rest] = segments.map(decodeURIComponent);
      if (this.redirectsRenamed(`${user}/${name}`, response, record)) return;
      await this.resolve(`${user}/${name}`, revision, rest.join('/'), { request, response, record });
    } else throw new Refusal(404, {});
  }

  private redirectsRenamed(repo: string, response: ServerResponse, { path }: FakeHubRequest): boolean {
    const to = this.renamed.get(repo);
    if (to === undefined) return false;
    response.writeHead(307, { location: path.replace(repo, to) }).end();
    return true;
  }

  /** Model info, paths-info and the tree. */
  private async answerQuestion(
    repo: string,
    question: string,
    revision: string,
    { request, response }: { request: IncomingMessage; response: ServerResponse },
  ): Promise<void> {
    if (this.apiFaults !== null && (this.apiFaults.times ?? Infinity) > 0) {
      const { status = 503, retryAfter, times = Infinity } = this.apiFaults;
      this.apiFaults = { ...this.apiFaults, times: times - 1 };
      throw new Refusal(status, retryAfter === undefined ? {} : { 'retry-after': retryAfter });
    }
    const { commit, files, access } = this.repos.find(repo, revision, request);
    if (question === 'revision') {
      const gated = access.gated === true ? 'manual' : false;
      const siblings = files.map(({ path }) => ({ rfilename: path }));
      const info = {
        _id: commit.slice(0, 24),
        id: repo,
        sha: commit,
        private: access.private === true,
        gated,
        siblings,
      };
      sendJson(response, { ...info, downloads: 0, likes: 0, lastModified: '2026-01-01T00:00:00.000Z' });
    } else if (question === 'paths-info') {
      const { paths } = (await jsonOf(request)) as { paths: string[] };
      sendJson(
        response,
        files.filter(({ path }) => paths.includes(path)).map((file) => listed(file)),
      );
    } else if (question === 'tree') {
      sendJson(
        response,
        files.map((file) => listed(file)),
      );
    } else throw new Refusal(404, {});
  }

  /** A file: at once, or a redirect to where the large ones are. */
  private async resolve(
    repo: string,
    revision: string,
    path: string,
    { request, response, record }: { request: IncomingMessage; response: ServerResponse; record: FakeHubRequest },
  ): Promise<void> {
    const { commit, files, access } = this.repos.find(repo, revision, request);
    if (access.gated === true) {
      throw new Refusal(request.headers.authorization === undefined ? 401 : 403, {
        'x-error-code': 'GatedRepo',
        'x-error-message': `Access to model ${repo} is restricted.`,
      });
    }
    const file = files.find((one) => one.path === path);
    if (file === undefined) throw new Refusal(404, { 'x-error-code': 'EntryNotFound' });
    const key = `${repo}/${path}`;
    const { status, retryAfter } = this.nextFaults(key) ?? {};
    if (status !== undefined) {
      this.useUp(key);
      throw new Refusal(status, retryAfter === undefined ? {} : { 'retry-after': retryAfter });
    }
    response.setHeader('x-repo-commit', commit);
    if (!file.isLfs) return this.sendFile(request, response, record, `${repo}/${commit}/${path}`);
    response.setHeader('x-linked-size', file.size).setHeader('x-linked-etag', `"${file.sha256}"`);
    const location = `${this.cdnUrl}/lfs/${encodeURIComponent(`${repo}/${commit}/${path}`)}?X-Signature=abc`;
    response.writeHead(302, { location, 'content-length': 0 }).end();
  }

  /** `where` is `user/repo/commit/path`. */
  private async sendFile(
    request: IncomingMessage,
    response: ServerResponse,
    record: FakeHubRequest,
    where: string,
  ): Promise<void> {
    const [user = '', name = '', commit = '', ...rest] = where.split('/');
    const path = rest.join('/');
    const file = this.repos
      .get(`${user}/${name}`)
      .commits.get(commit)
      ?.find((one) => one.path === path);
    if (file === undefined) throw new Refusal(404, {});
    const key = `${user}/${name}/${path}`;
    Object.assign(record, { file: key });
    const faults = this.nextFaults(key) ?? {};
    this.useUp(key);
    const hold = this.holds.get(key)?.shift() ?? null;
    await transfer(request, response, file, { faults, hold, record });
  }

  private nextFaults(file: string): Faults | undefined {
    return this.faultsOf.get(file)?.find(({ left }) => left > 0)?.faults;
  }

  private useUp(file: string): void {
    const next = this.faultsOf.get(file)?.find(({ left }) => left > 0);
    if (next !== undefined) next.left--;
  }
}

/** Starts a fake hub with these repositories, each with one commit. Whoever starts it stops it. */
export async function startFakeHub(repos: FakeRepos, options: FakeHubOptions = {}): Promise<FakeHub> {
  const hub = new FakeHub(options);
  for (const [repo, files] of Object.entries(repos)) await hub.commit(repo, files);
  await hub.start();
  return hub;
}

function originOf(server: Server): string {
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
}

function pathOf({ path }: FakeHubRequest): string {
  return path.split('?')[0] ?? '';
}

function sendJson(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function jsonOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString());
}
