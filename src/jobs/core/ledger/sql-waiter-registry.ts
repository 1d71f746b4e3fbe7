import type { SqlStore } from '../../../storage/store/sql-store.js';
import { LEASE_MS, MARK_MS, WaiterRegistry, type Left, type Waiter } from './waiter-registry.js';

/** Again for the waiters of a store that was away for longer than a lease. */
const RENEW = `
  INSERT INTO parley.job_waiter (job, waiter, expires_at)
  SELECT job, waiter, now() + $3::bigint * interval '1 millisecond' FROM unnest($1::text[], $2::text[]) AS w (job, waiter)
  ON CONFLICT (job, waiter) DO UPDATE SET expires_at = excluded.expires_at
`;

/** Waiters in PostgreSQL, embedded or not: by the functions of `store/job-schema.ts`. */
export class SqlWaiterRegistry extends WaiterRegistry {
  constructor(private readonly store: SqlStore) {
    super();
  }

  override join({ jobId, waiterId }: Waiter): Promise<boolean> {
    return this.ask('parley.join_job($1, $2, $3)', [jobId, waiterId, LEASE_MS]);
  }

  override detach(jobId: string): Promise<boolean> {
    return this.ask('parley.join_job($1, $2, $3)', [jobId, 'detached', MARK_MS]);
  }

  override async leave({ jobId, waiterId }: Waiter): Promise<Left> {
    return (await this.ask('parley.leave_job($1, $2, $3)', [jobId, waiterId, MARK_MS])) ? 'last' : 'others';
  }

  override async release({ jobId, waiterId }: Waiter): Promise<void> {
    await this.store.query('DELETE FROM parley.job_waiter WHERE job = $1 AND waiter = $2', [jobId, waiterId]);
  }

  override async renew(waiters: readonly Waiter[]): Promise<void> {
    const columns = [waiters.map(({ jobId }) => jobId), waiters.map(({ waiterId }) => waiterId)];
    await this.store.query(RENEW, [...columns, LEASE_MS]);
  }

  private async ask(call: string, values: readonly unknown[]): Promise<boolean> {
    const { rows } = await this.store.query<{ yes: boolean }>(`SELECT ${call} AS yes`, values);
    return rows[0]?.yes === true;
  }
}
