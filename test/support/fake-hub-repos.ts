import type { IncomingMessage } from 'node:http';
import { commitIdOf, store, type FakeFile, type StoredFile } from './fake-hub-content.js';

export interface Access {
  /** Its files need a licence: 403 with a token, 401 without. What the API tells of it is public. */
  readonly gated?: boolean;
  /** Without the token it seems not to exist. */
  readonly private?: boolean;
}

interface Repo {
  access: Access;
  main: string;
  readonly commits: Map<string, readonly StoredFile[]>;
}

/** A commit as a request may see it. */
export interface VisibleCommit {
  readonly commit: string;
  readonly files: readonly StoredFile[];
  readonly access: Access;
}

/** An answer other than 200, with the headers by which the real hub says why. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly headers: Readonly<Record<string, string>>,
  ) {
    super(headers['x-error-message'] ?? 'refused');
  }
}

/** The repositories of a fake hub, their commits, and who may see them. */
export class FakeRepoStore {
  private readonly repos = new Map<string, Repo>();

  constructor(private readonly token: string | null) {}

  async commit(repo: string, files: Readonly<Record<string, FakeFile>>): Promise<string> {
    const stored = await Promise.all(Object.entries(files).map(([path, content]) => store(path, content)));
    const id = commitIdOf(repo, stored);
    const known = this.repos.get(repo) ?? { access: {}, main: id, commits: new Map<string, readonly StoredFile[]>() };
    known.main = id;
    known.commits.set(id, stored);
    this.repos.set(repo, known);
    return id;
  }

  get(name: string): Repo {
    const repo = this.repos.get(name);
    if (repo === undefined) throw new Error(`the fake hub has no ${name}`);
    return repo;
  }

  /** What a request may see of a repository at a revision; refuses as the real hub does. */
  find(name: string, revision: string, request: IncomingMessage): VisibleCommit {
    const { authorization } = request.headers;
    if (authorization !== undefined && authorization !== `Bearer ${this.token ?? ''}`) {
      throw new Refusal(401, { 'x-error-message': 'Invalid credentials in Authorization header' });
    }
    const repo = this.repos.get(name);
    if (repo === undefined || (repo.access.private === true && authorization === undefined)) {
      throw authorization === undefined
        ? new Refusal(401, { 'x-error-message': 'Invalid username or password.' })
        : new Refusal(404, { 'x-error-code': 'RepoNotFound', 'x-error-message': 'Repository not found' });
    }
    const commit = revision === 'main' || revision === 'HEAD' ? repo.main : revision;
    const files = repo.commits.get(commit);
    if (files === undefined) throw new Refusal(404, { 'x-error-code': 'RevisionNotFound' });
    return { commit, files, access: repo.access };
  }
}
