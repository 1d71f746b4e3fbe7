import type { JobState as BullState } from 'bullmq';
import type { SqlStore } from '../../../storage/store/sql-store.js';
import { JOB_KINDS, type JobKind } from '../../kinds/kinds.js';
import { JobIndex, type IndexCursor, type IndexFilter, type IndexPage } from './job-index.js';

interface Row {
  readonly id: string;
  readonly state: BullState;
  /** `bigint`: text in one driver, a number in the other. */
  readonly created_at: string | number;
}

/** PostgreSQL indexes BullMQ's own table by key (`store/job-schema.ts`): nothing is written twice, and older jobs are in it. */
const PAGE = `
  SELECT id, state, added_at_ms AS created_at
  FROM bullmq.job
  WHERE data->>'keyId' = $1
    AND ($2::text IS NULL OR queue = $2)
    AND ($3::text[] IS NULL OR state::text = ANY ($3))
    AND ($4::bigint IS NULL OR (added_at_ms, id) < ($4, $5))
  ORDER BY added_at_ms DESC, id DESC
  LIMIT $6
`;

const POSITION = `
  SELECT job.id, 1 + (
    SELECT count(*) FROM bullmq.job ahead
    WHERE ahead.queue = $1 AND ahead.state = 'waiting' AND (ahead.priority, ahead.seq) < (job.priority, job.seq)
  ) AS position
  FROM bullmq.job WHERE queue = $1 AND id = ANY ($2) AND state = 'waiting'
`;

/** One pass over the queue, however many are asked for. */
const POSITIONS = `
  SELECT id, position FROM (
    SELECT id, row_number() OVER (ORDER BY priority, seq) AS position
    FROM bullmq.job WHERE queue = $1 AND state = 'waiting'
  ) AS line WHERE id = ANY ($2)
`;

/** The jobs of each key in PostgreSQL, embedded or not. */
export class SqlJobIndex extends JobIndex {
  constructor(private readonly store: SqlStore) {
    super();
  }

  override async add(): Promise<void> {
    // BullMQ's insert updates the index
  }

  override async page(
    keyId: string,
    { kind, states }: IndexFilter,
    after: IndexCursor | null,
    limit: number,
  ): Promise<IndexPage> {
    const queue = kind === null ? null : JOB_KINDS[kind].queue;
    const values = [keyId, queue, states, after?.createdAt ?? null, after?.id ?? null, limit];
    const { rows } = await this.store.query<Row>(PAGE, values);
    const entries = rows.map(({ id, state, created_at }) => ({ id, state, createdAt: Number(created_at) }));
    return { entries, next: entries.length < limit ? null : (entries.at(-1) ?? null) };
  }

  override async positions(kind: JobKind, ids: readonly string[]): Promise<ReadonlyMap<string, number>> {
    if (ids.length === 0) return new Map();
    const { rows } = await this.store.query<{ id: string; position: string | number }>(
      ids.length === 1 ? POSITION : POSITIONS,
      [JOB_KINDS[kind].queue, ids],
    );
    return new Map(rows.map(({ id, position }) => [id, Number(position)]));
  }
}
