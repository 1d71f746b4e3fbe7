import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { cp, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { ParleyError } from '../../inference/errors.js';
import { FileLock } from '../locks/file-lock.js';
import { EmbeddedPostgres } from './embedded-postgres.js';
import { prepareSchema } from './schema.js';
import { SqlStore } from './sql-store.js';
import { storeUnreachable } from './store.js';

/** PostgreSQL's background processes are not there: nobody else takes back the room of deleted rows and of the log. */
const TIDY_EVERY_MS = 30 * 60_000;

/**
 * Makes BullMQ's next look for stalled jobs, at the start of its workers, take up what was at work. Its lock is that of a
 * process that has ended, for this one alone has the store now; elsewhere it has to run out first.
 */
const FREE_JOBS = [
  "UPDATE job SET locked_until_ms = 0, stalled_marked = true WHERE state = 'active'",
  "DELETE FROM meta WHERE field = 'stalled-check'",
];

/** How long to wait for a process that is just ending, or for the lock of one that was killed to grow old. */
const LOCK_PATIENCE_MS = 40_000;
const START_RETRY_MS = 5000;
/** No network is in between: an operation that takes long waits for a processor, as the first ones do while models load. */
const EMBEDDED_DEADLINE_MS = 30_000;

/** PostgreSQL inside this process, on files in DATA_DIR. It takes some 250 MB, so it is opened when it is needed. */
export class EmbeddedStore extends SqlStore {
  protected override readonly operationDeadlineMs = EMBEDDED_DEADLINE_MS;
  private readonly log = new Logger('Store');
  private readonly folder: string;
  private readonly unfinished: string;
  private opening: Promise<void> | null = null;
  private database: EmbeddedPostgres | null = null;
  private tidying: NodeJS.Timeout | undefined;
  private lock: FileLock | null = null;
  private noted: boolean | null = null;
  private readonly ending = new AbortController();

  /** `template`: an empty database made at build time; without it the first opening takes seconds longer. */
  constructor(
    private readonly dataDir: string,
    private readonly template: string,
  ) {
    super();
    this.folder = join(dataDir, 'store');
    this.unfinished = join(dataDir, 'store.unfinished');
  }

  override get isOpen(): boolean {
    return this.database !== null;
  }

  protected override get isUntouched(): boolean {
    return !existsSync(this.folder);
  }

  override start(): void {
    if (!existsSync(this.unfinished) || this.ending.signal.aborted) return;
    // What went wrong is in the log.
    this.open().catch(() => setTimeout(() => this.start(), START_RETRY_MS).unref());
  }

  /** A file beside the database, so that a start needs not open the database to know. */
  override noteUnfinished(any: boolean): void {
    if (any === this.noted) return;
    this.noted = any;
    if (any) writeFileSync(this.unfinished, '');
    else rmSync(this.unfinished, { force: true });
  }

  override open(): Promise<void> {
    this.opening ??= this.openOnce().catch(async (error: unknown) => {
      await this.lock?.release();
      this.opening = null;
      const why = error instanceof ParleyError ? error.cause : error;
      this.log.error(`the store in ${this.folder} cannot be opened: ${String(why)}`);
      throw storeUnreachable(error);
    });
    return this.opening;
  }

  /** It is never out of reach: a busy machine makes it slow, and the answer is waited for. */
  protected override inTime<T>(work: Promise<T>): Promise<T> {
    return work;
  }

  override async close(): Promise<void> {
    this.ending.abort();
    this.queueConnection.close();
    if (this.opening !== null) await this.opening.catch(() => undefined);
    clearInterval(this.tidying);
    await this.database?.end();
    this.database = null;
    await this.lock?.release();
  }

  private async openOnce(): Promise<void> {
    this.lock = await this.takeLock();
    this.lock.lost.addEventListener('abort', () => {
      this.log.error(`another process has taken over ${this.folder}: this one stops using it`);
      void this.close();
    });
    await this.copyTemplate();
    const database = await EmbeddedPostgres.open(this.folder);
    await prepareSchema(database);
    for (const statement of FREE_JOBS) await database.query(statement);
    await database.tidy();
    this.tidying = setInterval(() => void this.tidy(database), TIDY_EVERY_MS).unref();
    this.database = database;
    this.queueConnection.openWith(database);
  }

  /** Two processes on one database would destroy it. */
  private async takeLock(): Promise<FileLock> {
    const patience = new AbortController();
    const end = (): void => patience.abort(storeUnreachable());
    this.ending.signal.addEventListener('abort', end);
    const timer = setTimeout(() => {
      patience.abort(
        storeUnreachable(new Error('another process uses it; give each its own DATA_DIR, or a QUEUE_URL')),
      );
    }, LOCK_PATIENCE_MS);
    try {
      return await FileLock.acquire(`${this.folder}.lock`, patience.signal);
    } finally {
      clearTimeout(timer);
      this.ending.signal.removeEventListener('abort', end);
    }
  }

  private async tidy(database: EmbeddedPostgres): Promise<void> {
    try {
      await database.tidy();
    } catch (error) {
      this.log.warn(`the store could not be tidied: ${String(error)}`);
    }
  }

  /** Renamed into place as a whole: a half copied database would never open. */
  private async copyTemplate(): Promise<void> {
    if (!this.isUntouched || !existsSync(this.template)) return;
    await mkdir(this.dataDir, { recursive: true });
    const copy = `${this.folder}.${String(process.pid)}.tmp`;
    await rm(copy, { recursive: true, force: true });
    await cp(this.template, copy, { recursive: true });
    await rename(copy, this.folder);
  }
}
