import { ParleyError } from '../errors.js';

const FAILURES_ALLOWED = 3;
const FIRST_PAUSE_MS = 60_000;
const LONGEST_PAUSE_MS = 15 * 60_000;

interface Record {
  /** Changes when the file does, which is a new chance. */
  readonly fingerprint: string;
  failures: number;
  until: number;
  lastError: string;
}

/** Keeps a model that failed to load three times in a row from being tried at every request. */
export class Quarantine {
  private readonly records = new Map<string, Record>();

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Throws `model_load_failed` while the model is in quarantine. */
  check(model: string, fingerprint: string): void {
    const record = this.records.get(model);
    if (record?.fingerprint !== fingerprint) return;
    const left = record.until - this.now();
    if (record.failures < FAILURES_ALLOWED || left <= 0) return;
    const seconds = Math.ceil(left / 1000);
    throw new ParleyError(
      'model_load_failed',
      `The model "${model}" failed to load ${String(record.failures)} times in a row and is not tried again for ` +
        `${String(seconds)} s, or until its file changes: ${record.lastError}.`,
      { retryAfterSeconds: seconds },
    );
  }

  failed(model: string, fingerprint: string, error: string): void {
    const known = this.records.get(model);
    const failures = known?.fingerprint === fingerprint ? known.failures + 1 : 1;
    const doublings = Math.max(0, failures - FAILURES_ALLOWED);
    const pause = Math.min(FIRST_PAUSE_MS * 2 ** doublings, LONGEST_PAUSE_MS);
    this.records.set(model, { fingerprint, failures, until: this.now() + pause, lastError: error });
  }

  succeeded(model: string): void {
    this.records.delete(model);
  }
}
