import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';

/** Rows of each table of an embedded store whose service has ended. */
export async function storeRows(dataDir: string): Promise<Map<string, number>> {
  const db = await PGlite.create(join(dataDir, 'store'));
  try {
    const { rows } = await db.query<{ name: string }>(
      "SELECT schemaname || '.' || tablename AS name FROM pg_tables WHERE schemaname IN ('parley', 'bullmq') ORDER BY 1",
    );
    const counts = new Map<string, number>();
    for (const { name } of rows) {
      const counted = await db.query<{ rows: number }>(`SELECT count(*)::int AS rows FROM ${name}`);
      counts.set(name, counted.rows[0]?.rows ?? 0);
    }
    return counts;
  } finally {
    await db.close();
  }
}
