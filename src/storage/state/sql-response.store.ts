import type { ModelResponse, Thread } from '../../domains/responses/model-response.js';
import type { Item } from '../../domains/responses/response-items.js';
import { ResponseStore, type ResponseKey } from '../../domains/responses/response.store.js';
import type { SqlStore } from '../store/sql-store.js';
import { recordId } from './record-id.js';

/** Adds a response, and removes some of those whose time is over: more than one, so that none stay in the long run. */
const KEEP = `
  WITH expired AS (
    SELECT id FROM parley.response WHERE expires_at <= now() ORDER BY expires_at LIMIT 100 FOR UPDATE SKIP LOCKED
  ),
  swept AS (
    DELETE FROM parley.response WHERE id IN (SELECT id FROM expired)
  )
  INSERT INTO parley.response (id, response, input, expires_at)
  VALUES ($1, $2, $3, now() + $4::integer * interval '1 second')
`;

interface Row {
  readonly response: string;
  readonly input: string;
}

/** Responses in PostgreSQL, embedded or not. */
export class SqlResponseStore extends ResponseStore {
  constructor(
    private readonly store: SqlStore,
    private readonly ttl: number,
  ) {
    super();
  }

  override open(): Promise<void> {
    return this.store.open();
  }

  override async keep(keyId: string, { response, input }: Thread): Promise<void> {
    const id = recordId(keyId, response.id);
    await this.store.query(KEEP, [id, JSON.stringify(response), JSON.stringify(input), this.ttl], keyId);
  }

  override async response(key: ResponseKey): Promise<ModelResponse | null> {
    const row = await this.read<Pick<Row, 'response'>>('response', key);
    return row === null ? null : (JSON.parse(row.response) as ModelResponse);
  }

  override async input(key: ResponseKey): Promise<readonly Item[] | null> {
    const row = await this.read<Pick<Row, 'input'>>('input', key);
    return row === null ? null : (JSON.parse(row.input) as Item[]);
  }

  override async thread(key: ResponseKey): Promise<Thread | null> {
    const row = await this.read<Row>('response, input', key);
    if (row === null) return null;
    return { response: JSON.parse(row.response) as ModelResponse, input: JSON.parse(row.input) as Item[] };
  }

  override async remove(key: ResponseKey): Promise<boolean> {
    if (this.store.holdsNothing) return false;
    const { rows } = await this.store.query<object>(
      'DELETE FROM parley.response WHERE id = $1 RETURNING expires_at > now() AS was_there',
      [recordId(key.keyId, key.id)],
      key.keyId,
    );
    return rows.some((row) => 'was_there' in row && row.was_there === true);
  }

  /** The embedded store is not opened where there is certainly nothing to read. */
  private async read<R>(columns: string, { keyId, id }: ResponseKey): Promise<R | null> {
    if (this.store.holdsNothing) return null;
    const { rows } = await this.store.query<R>(
      `SELECT ${columns} FROM parley.response WHERE id = $1 AND expires_at > now()`,
      [recordId(keyId, id)],
      keyId,
    );
    return rows[0] ?? null;
  }
}
