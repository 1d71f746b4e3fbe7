import { modelInfo, pathsInfo, type PathInfo } from '@huggingface/hub';
import { EgressError } from '../egress/egress-errors.js';
import { HubAnswerError, StrangeAnswerError } from './hub-answer.js';
import type { HubConnection } from './hub-connection.js';
import type { PlannedFile, PullPlan, PullRequest } from './pull-plan.js';
import { withRetries, type Retrying } from './retry.js';

const COMMIT = /^[0-9a-f]{40}$/;
const SHA256 = /^[0-9a-f]{64}$/;
const SHA1 = /^[0-9a-f]{40}$/;

/** The hub knows the repository, but not this file of it. */
export class NoSuchFileError extends Error {
  override readonly name = 'NoSuchFileError';

  constructor(readonly file: string) {
    super('the repository has no such file');
  }
}

/**
 * Asks the hub which commit a revision is and what its files are. Throws `NoSuchFileError`, `HubAnswerError`,
 * `StrangeAnswerError` when it is no hub that answers, and what the fetcher throws.
 */
export async function planPull(hub: HubConnection, request: PullRequest, retrying: Retrying): Promise<PullPlan> {
  // The library gets no token from us: it refuses those that do not begin as Hugging Face's do, and mirrors have others.
  const common = { hubUrl: hub.baseUrl, fetch: hub.fetchFor(retrying.signal) };
  const ask = <T>(question: () => Promise<T>): Promise<T> => withRetries(() => understood(question), retrying);
  const { repo, revision } = request;
  const { sha } = await ask(() =>
    modelInfo({ name: repo, revision: revision ?? 'main', additionalFields: ['sha'], ...common }),
  );
  if (typeof sha !== 'string' || !COMMIT.test(sha)) throw new StrangeAnswerError('the hub named no commit');
  const known = await ask(() => pathsInfo({ repo, paths: [...request.files], revision: sha, ...common }));
  const files = request.files.map((path) => planned(path, known));
  return { repo, revision: sha, files, totalBytes: files.reduce((total, { size }) => total + size, 0) };
}

/** What the library throws of itself is about an answer that it could not read. */
async function understood<T>(question: () => Promise<T>): Promise<T> {
  try {
    return await question();
  } catch (error) {
    if (error instanceof EgressError || error instanceof HubAnswerError) throw error;
    throw new StrangeAnswerError('the answer could not be read', { cause: error });
  }
}

function planned(path: string, known: readonly PathInfo[]): PlannedFile {
  const info = known.find((one) => one.path === path);
  if (info?.type !== 'file') throw new NoSuchFileError(path);
  const sha256 = info.lfs?.oid.replace(/^sha256:/, '') ?? null;
  const gitSha1 = sha256 === null ? (info.oid ?? null) : null;
  const size = info.lfs?.size ?? info.size;
  const digestIsThere = sha256 === null ? gitSha1 !== null && SHA1.test(gitSha1) : SHA256.test(sha256);
  if (!digestIsThere || !Number.isSafeInteger(size) || size < 0) {
    throw new StrangeAnswerError('the hub gave no digest of a file');
  }
  return { path, size, sha256, gitSha1 };
}
