import { runMigrations, type PgPool } from 'bullmq';
import { JOB_FUNCTIONS, JOB_TABLES } from './job-schema.js';

/**
 * Parley's own tables, beside BullMQ's. Serialised across processes by an advisory lock, whose number spells PARL.
 * What is in them: `state/`. `conversation`, `key`, `model` and a response's `id` are hashes (`record-id.ts`), what
 * clients wrote is JSON in a text (`stored-text.ts`). An exchange is what was added to a conversation in one go.
 */
const TABLES = `
  SELECT pg_advisory_xact_lock(1346454092);
  CREATE SCHEMA IF NOT EXISTS parley;
  CREATE TABLE IF NOT EXISTS parley.system_prompt (
    conversation text PRIMARY KEY,
    text text NOT NULL
  );
  CREATE TABLE IF NOT EXISTS parley.exchange (
    conversation text NOT NULL,
    position bigint GENERATED ALWAYS AS IDENTITY,
    messages text NOT NULL,
    message_count integer NOT NULL,
    characters integer NOT NULL,
    PRIMARY KEY (conversation, position)
  );
  CREATE TABLE IF NOT EXISTS parley.current_model (
    key text PRIMARY KEY,
    model text NOT NULL,
    pointer text NOT NULL
  );
  CREATE TABLE IF NOT EXISTS parley.response (
    id text PRIMARY KEY,
    response text NOT NULL,
    input text NOT NULL,
    expires_at timestamptz NOT NULL
  );
  CREATE INDEX IF NOT EXISTS response_expires_at ON parley.response (expires_at);
`;

/** Brings the tables of BullMQ and of Parley up to date. Safe to run from several processes at a time. */
export async function prepareSchema(pool: PgPool): Promise<void> {
  const client = await pool.connect();
  try {
    await runMigrations(client);
    await client.query(TABLES + JOB_TABLES + JOB_FUNCTIONS); // several statements in one message: one transaction
  } finally {
    client.release();
  }
}
