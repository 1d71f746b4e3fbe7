import { open } from 'node:fs/promises';

const LOOK_EVERY_MS = 2000;
/** Nobody has so many keys; what is larger is another file. */
const MAX_BYTES = 1024 ** 2;

/** Told about each change once: a new content, or that the file can no longer be read. */
export interface FileListener {
  readonly changed: (text: string) => void;
  readonly unreadable: (reason: string) => void;
}

/**
 * A text file that others replace. Its content is compared every few seconds: a Kubernetes Secret is a chain of symbolic
 * links, whose swap no file watcher tells reliably.
 */
export class WatchedFile {
  private last: string | null = null;
  private trouble: string | null = null;
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | null = null;

  constructor(
    private readonly path: string,
    private readonly listener: FileListener,
  ) {}

  /** Reads it for the first time. Rejects, without a word of the content, when that fails. */
  async read(): Promise<string> {
    this.last = await textOf(this.path);
    return this.last;
  }

  start(): void {
    this.timer = setInterval(() => void this.look(), LOOK_EVERY_MS).unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** Looks now. Several at a time are one. */
  look(): Promise<void> {
    this.looking ??= this.compare().finally(() => (this.looking = null));
    return this.looking;
  }

  private async compare(): Promise<void> {
    let text: string;
    try {
      text = await textOf(this.path);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (reason !== this.trouble) this.listener.unreadable(reason);
      this.trouble = reason;
      return;
    }
    if (text === this.last && this.trouble === null) return;
    this.last = text;
    this.trouble = null;
    this.listener.changed(text);
  }
}

async function textOf(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    if (size > MAX_BYTES) throw new Error('it is larger than 1 MiB');
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}
