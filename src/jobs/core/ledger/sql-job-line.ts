import type { SqlStore } from '../../../storage/store/sql-store.js';
import { JOB_KINDS, type JobKind } from '../../kinds/kinds.js';
import { BANDS, JobLine, PLACES_PER_FREE_PLACE, type Entry, type JobPlaces } from './job-line.js';

interface Row {
  readonly refused: 'full' | 'share' | null;
  readonly waiting: number;
  readonly own: number;
  readonly first_turn: number | null;
}

const ENTER = 'SELECT * FROM parley.enter_jobs($1, $2, $3::text[], $4, $5, $6, $7::integer)';

/** `delayed` is kept, should BullMQ put the job back. Its lock is past, so that the next look for stalled jobs finds it. */
const TAKE = `
  UPDATE bullmq.job SET state = 'active', locked_until_ms = 0
  WHERE queue = $1 AND id = $2 AND state IN ('waiting', 'delayed')
`;

/** Places and turns in PostgreSQL: counted where BullMQ's jobs are, by the function of `store/job-schema.ts`. */
export class SqlJobLine extends JobLine {
  constructor(private readonly store: SqlStore) {
    super();
  }

  override async enter({ kind, keyId, band, ids, maxWaiting, shared }: JobPlaces): Promise<Entry> {
    const { first, last } = BANDS[band];
    const share = shared ? PLACES_PER_FREE_PLACE : null;
    const values = [JOB_KINDS[kind].queue, keyId, ids, first, last, maxWaiting, share];
    const { rows } = await this.store.query<Row>(ENTER, values);
    const [row] = rows;
    if (row === undefined) throw new Error('parley.enter_jobs gave no row');
    const { refused, waiting, own, first_turn } = row;
    if (refused !== null) return { refused, waiting, own };
    const from = first_turn ?? first;
    return { refused: null, priorities: ids.map((_, at) => Math.min(from + at, last)) };
  }

  override async ended(): Promise<void> {
    // its row says so
  }

  /** Only a job that was never added holds a place, for a while. */
  override async leave(kind: JobKind, id: string): Promise<void> {
    const values = [JOB_KINDS[kind].queue, id];
    await this.store.query('DELETE FROM parley.job_place WHERE queue = $1 AND id = $2', values);
  }

  override async take(kind: JobKind, id: string): Promise<boolean> {
    const { rowCount } = await this.store.query(TAKE, [JOB_KINDS[kind].queue, id]);
    return rowCount === 1;
  }
}
