/** What is asked for. */
export interface PullRequest {
  /** Id of the catalogue entry, or the file's name for a file that is in no entry; becomes the manifest's name. */
  readonly name: string;
  /** `<user>/<repo>` on the hub. */
  readonly repo: string;
  /** Branch, tag or commit; null for `main`. */
  readonly revision: string | null;
  /** Paths inside the repository, the one that an engine opens first. */
  readonly files: readonly string[];
}

/** One file as the hub describes it. One of the two digests is there. */
export interface PlannedFile {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Hex, of files in large file storage. */
  readonly sha256: string | null;
  /** Hex, of files that git itself keeps: the SHA-1 of `blob <size>\0` and the content. */
  readonly gitSha1: string | null;
}

/** What will be downloaded. */
export interface PullPlan {
  readonly repo: string;
  /** The commit that the revision named when it was looked up: 40 hex digits. */
  readonly revision: string;
  readonly files: readonly PlannedFile[];
  readonly totalBytes: number;
}

/** Bytes on disk and verified or about to be; `doneBytes` falls when a server makes a file begin anew. */
export interface PullProgress {
  readonly doneBytes: number;
  readonly totalBytes: number;
}
