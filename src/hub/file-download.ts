import { EgressNetworkError } from '../egress/egress-errors.js';
import type { EgressResponse } from '../egress/egress-fetcher.js';
import { WrongBytesError } from './hub-answer.js';
import type { HubConnection } from './hub-connection.js';
import { PartialFile } from './partial-file.js';
import type { PlannedFile } from './pull-plan.js';
import { withRetries, type Retrying } from './retry.js';

export interface Download {
  readonly repo: string;
  readonly commit: string;
  readonly file: PlannedFile;
  /** Where its bytes gather; a download goes on from what lies there. */
  readonly partialPath: string;
  /** Bytes of this file on disk, in all. */
  readonly onBytes: (bytes: number) => void;
}

/**
 * Brings one file to its partial path, complete, verified and synced, and resolves with its SHA-256. Throws
 * `WrongBytesError`, `HubAnswerError`, what the fetcher throws, errors of the file system, or the signal's reason.
 */
export async function downloadFile(hub: HubConnection, download: Download, retrying: Retrying): Promise<string> {
  const partial = await PartialFile.open(download.partialPath, download.file, retrying.signal);
  try {
    return await new Transfer(hub, download, partial, retrying).run();
  } finally {
    await partial.close();
  }
}

class Transfer {
  /** Of the last answer with bytes; sent with a range, so that a file that has changed comes whole. */
  private etag: string | null = null;
  /** More than this is progress; bytes that came before are not. */
  private furthest: number;

  constructor(
    private readonly hub: HubConnection,
    private readonly download: Download,
    private readonly partial: PartialFile,
    private readonly retrying: Retrying,
  ) {
    this.furthest = partial.size;
  }

  async run(): Promise<string> {
    const { file, onBytes } = this.download;
    for (;;) {
      onBytes(this.partial.size);
      await withRetries((progressed) => this.receive(progressed), this.retrying);
      const sha256 = await this.partial.finish();
      if (sha256 !== null) return sha256;
      // What a crash left behind may be wrong although the hub is right: that alone earns another try.
      if (!this.partial.hasEarlierBytes) throw new WrongBytesError(file.path);
      await this.restart();
      this.furthest = 0;
    }
  }

  /** One request, for all that is missing. */
  private async receive(progressed: () => void): Promise<void> {
    const { repo, commit, file, onBytes } = this.download;
    if (this.partial.size === file.size) return;
    const headers = this.rangeHeaders();
    const response = await this.hub.openFile({ repo, commit, path: file.path }, headers, this.retrying.signal);
    await this.accept(response);
    for await (const chunk of response.body) {
      if (this.partial.size + chunk.byteLength > file.size) throw new WrongBytesError(file.path);
      await this.partial.append(chunk);
      onBytes(this.partial.size);
      if (this.partial.size > this.furthest) {
        this.furthest = this.partial.size;
        progressed();
      }
    }
    if (this.partial.size < file.size) throw new EgressNetworkError('the connection broke');
  }

  private rangeHeaders(): Record<string, string> {
    if (this.partial.size === 0) return {};
    const range = `bytes=${String(this.partial.size)}-`;
    return this.etag === null ? { range } : { range, 'if-range': this.etag };
  }

  /** Makes the partial file fit to what an answer brings: all of it, the part that was asked for, or nothing. */
  private async accept(response: EgressResponse): Promise<void> {
    const { path, size } = this.download.file;
    const part = contentOf(response);
    if (part !== null && part.total !== null && part.total !== size) {
      response.discard();
      throw new WrongBytesError(path);
    }
    const etag = response.headers.get('etag');
    this.etag = etag?.startsWith('"') === true ? etag : null; // a weak one may not be used for ranges
    if (part !== null && part.start === this.partial.size) return;
    if (this.partial.size > 0) await this.restart();
    if (part !== null && part.start === 0) return;
    response.discard();
    throw new EgressNetworkError('it sent another part than was asked for');
  }

  private async restart(): Promise<void> {
    await this.partial.restart();
    this.etag = null;
    this.download.onBytes(0);
  }
}

/** What an answer holds: from which byte on, and how many the whole has; null when it holds none of the file. */
function contentOf({ status, headers }: EgressResponse): { start: number; total: number | null } | null {
  if (status === 200) return { start: 0, total: numberOf(headers.get('content-length')) };
  const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers.get('content-range') ?? '');
  if (status !== 206 || range === null) return null;
  return { start: Number(range[1]), total: numberOf(range[2]) };
}

function numberOf(text: string | null | undefined): number | null {
  return text !== null && text !== undefined && /^\d+$/.test(text) ? Number(text) : null;
}
