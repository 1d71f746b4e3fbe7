/** Thread of the embedded PostgreSQL, which answers statements in their order. */
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import type { PgliteMessage, PgliteRequest, StatementResult } from './pglite-protocol.js';

const NOTHING: StatementResult = { rows: [], rowCount: 0 };

function send(message: PgliteMessage): void {
  parentPort?.postMessage(message);
}

async function run(db: PGlite, request: PgliteRequest): Promise<StatementResult> {
  if (request.type === 'close') {
    await db.close();
    return NOTHING;
  }
  const { text, params } = request;
  if (params.length > 0) {
    const { rows, affectedRows } = await db.query(text, [...params]);
    return { rows, rowCount: affectedRows ?? rows.length };
  }
  const last = (await db.exec(text)).at(-1);
  return { rows: last?.rows ?? [], rowCount: last?.affectedRows ?? 0 };
}

async function answer(db: PGlite, request: PgliteRequest): Promise<void> {
  const { id } = request;
  try {
    send({ type: 'done', id, result: await run(db, request) });
  } catch (error) {
    const fields = Object.entries(error instanceof Error ? error : {}).filter(([, value]) => typeof value === 'string');
    send({
      type: 'failed',
      id,
      message: error instanceof Error ? error.message : String(error),
      fields: Object.fromEntries(fields),
    });
  }
}

const db = await PGlite.create((workerData as { folder: string }).folder);
db.onNotification((channel, payload) => send({ type: 'notification', channel, payload }));
parentPort?.on('message', (request: PgliteRequest) => void answer(db, request));
send({ type: 'open' });
