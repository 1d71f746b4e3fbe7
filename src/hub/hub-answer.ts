/** Who gave an answer: the hub when it was asked, the hub after a redirect, or another host that it redirected to. */
export type Answerer = 'hub' | 'hub-redirected' | 'elsewhere';

export interface AnswerDetails {
  readonly answerer: Answerer;
  /** The file that was asked for; null for questions about the repository. */
  readonly file: string | null;
}

/** An answer of the hub that is not what was asked for: its status, and what its headers say about it. */
export class HubAnswerError extends Error {
  override readonly name = 'HubAnswerError';
  readonly file: string | null;
  readonly answerer: Answerer;

  constructor(
    readonly status: number,
    private readonly headers: Headers,
    details: AnswerDetails,
  ) {
    super(`the hub answered ${String(status)}`);
    this.file = details.file;
    this.answerer = details.answerer;
  }

  /** The hub's own name for it, such as `RepoNotFound`, `RevisionNotFound`, `EntryNotFound` and `GatedRepo`. */
  get code(): string | null {
    return this.headers.get('x-error-code');
  }

  /** True when the hub says that the token itself is wrong, and not what is asked for with it. */
  get refusesToken(): boolean {
    return /credentials|token/i.test(this.headers.get('x-error-message') ?? '');
  }

  /** Whether the same request may succeed a little later. Links to other hosts expire, and the hub gives new ones. */
  get retryable(): boolean {
    return this.answerer === 'elsewhere' || this.status === 408 || this.status === 429 || this.status >= 500;
  }

  /** When the hub wants to be asked again, in ms from `now` (ms of the epoch); null when it does not say. */
  retryAfterMs(now: number): number | null {
    const value = this.headers.get('retry-after')?.trim() ?? '';
    if (/^\d+$/.test(value)) return Number(value) * 1000;
    const date = Date.parse(value);
    return Number.isNaN(date) ? null : Math.max(0, date - now);
  }
}

/** What the hub sends does not fit what it said of the file before: its size or its digest. Nothing of it is kept. */
export class WrongBytesError extends Error {
  override readonly name = 'WrongBytesError';

  constructor(readonly file: string) {
    super('the bytes do not match the digest');
  }
}

/** Something that is no model hub, or that speaks another version of its language. */
export class StrangeAnswerError extends Error {
  override readonly name = 'StrangeAnswerError';
}
