/**
 * Jobs beside BullMQ's tables, for `jobs/ledger`: indexes on BullMQ's own table by the API key that is in a job's data;
 * places that jobs have which are being added (for a minute at most), the turns of each key (of key '': the present one),
 * and who waits for jobs. The last statement moves the waiting jobs of versions without turns into their band.
 */
export const JOB_TABLES = `
  CREATE INDEX IF NOT EXISTS parley_job_by_key ON bullmq.job ((data->>'keyId'), added_at_ms, id);
  CREATE INDEX IF NOT EXISTS parley_job_waiting ON bullmq.job (queue, (data->>'keyId'))
    WHERE state IN ('waiting', 'delayed', 'waiting-children');
  CREATE TABLE IF NOT EXISTS parley.job_place (
    queue text NOT NULL,
    id text NOT NULL,
    key text NOT NULL,
    band integer NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (queue, id)
  );
  CREATE TABLE IF NOT EXISTS parley.job_turn (
    queue text NOT NULL,
    band integer NOT NULL,
    key text NOT NULL,
    turn integer NOT NULL,
    PRIMARY KEY (queue, band, key)
  );
  CREATE TABLE IF NOT EXISTS parley.job_waiter (
    job text NOT NULL,
    waiter text NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (job, waiter)
  );
  CREATE INDEX IF NOT EXISTS job_waiter_expires_at ON parley.job_waiter (expires_at);
  UPDATE bullmq.job SET priority = 1048576
    WHERE priority = 10 AND state IN ('waiting', 'delayed', 'waiting-children') AND data->>'stays' = 'true';
`;

/** See `JobLine.enter`. One at a time for each queue: what it counts and what it gives must belong together. */
const ENTER_JOBS = `
  CREATE OR REPLACE FUNCTION parley.enter_jobs(
    p_queue text, p_key text, p_ids text[], p_first integer, p_last integer, p_most integer, p_share integer,
    OUT refused text, OUT waiting integer, OUT own integer, OUT first_turn integer
  ) LANGUAGE plpgsql AS $$
  DECLARE
    present integer := p_first;
    adding integer := coalesce(array_length(p_ids, 1), 0);
    places integer;
    shift integer;
  BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('parley:jobs:' || p_queue));
    DELETE FROM parley.job_place p WHERE p.queue = p_queue
      AND (p.expires_at <= now() OR EXISTS (SELECT FROM bullmq.job j WHERE j.queue = p_queue AND j.id = p.id));
    SELECT count(*) INTO waiting FROM bullmq.job
      WHERE queue = p_queue AND state IN ('waiting', 'delayed', 'waiting-children');
    SELECT count(*) INTO own FROM bullmq.job WHERE queue = p_queue AND data->>'keyId' = p_key
      AND state IN ('waiting', 'delayed', 'waiting-children');
    SELECT waiting + count(*), own + count(*) FILTER (WHERE key = p_key) INTO waiting, own
      FROM parley.job_place WHERE queue = p_queue;
    IF waiting >= p_most THEN
      refused := 'full';
    ELSIF own >= p_share * (p_most - waiting) THEN
      refused := 'share';
    END IF;
    IF refused IS NOT NULL OR adding = 0 THEN RETURN; END IF;

    SELECT count(*) INTO places FROM parley.job_place WHERE queue = p_queue AND band = p_first;
    IF places = 0 AND NOT EXISTS (
      SELECT FROM bullmq.job WHERE queue = p_queue AND state IN ('waiting', 'active', 'delayed', 'waiting-children')
        AND priority BETWEEN p_first AND p_last
    ) THEN
      DELETE FROM parley.job_turn WHERE queue = p_queue AND band = p_first;
    ELSE
      SELECT greatest(
        p_first,
        (SELECT turn FROM parley.job_turn WHERE queue = p_queue AND band = p_first AND key = ''),
        (SELECT min(priority) - 1 FROM bullmq.job
          WHERE queue = p_queue AND state = 'waiting' AND priority BETWEEN p_first AND p_last),
        (SELECT max(priority) FROM bullmq.job
          WHERE queue = p_queue AND state = 'active' AND priority BETWEEN p_first AND p_last)
      ) INTO present;
    END IF;
    SELECT greatest(present, max(turn) + 1) INTO first_turn
      FROM parley.job_turn WHERE queue = p_queue AND band = p_first AND key = p_key;

    IF first_turn + adding - 1 > p_last AND present > p_first THEN
      shift := present - p_first;
      UPDATE bullmq.job SET priority = greatest(p_first, priority - shift)
        WHERE queue = p_queue AND state IN ('waiting', 'active', 'delayed', 'waiting-children')
        AND priority BETWEEN p_first AND p_last;
      UPDATE parley.job_turn SET turn = greatest(p_first, turn - shift) WHERE queue = p_queue AND band = p_first;
      present := p_first;
      first_turn := first_turn - shift;
    END IF;

    INSERT INTO parley.job_place (queue, id, key, band, expires_at)
      SELECT p_queue, id, p_key, p_first, now() + interval '1 minute' FROM unnest(p_ids) AS id
      ON CONFLICT DO NOTHING;
    INSERT INTO parley.job_turn (queue, band, key, turn)
      VALUES (p_queue, p_first, p_key, least(p_last, first_turn + adding - 1)), (p_queue, p_first, '', present)
      ON CONFLICT (queue, band, key) DO UPDATE SET turn = excluded.turn;
  END $$;
`;

/** See `WaiterRegistry`. One at a time for each job. */
const WAITERS = `
  CREATE OR REPLACE FUNCTION parley.join_job(p_job text, p_waiter text, p_lease bigint) RETURNS boolean
  LANGUAGE plpgsql AS $$
  BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('parley:waiters:' || p_job));
    DELETE FROM parley.job_waiter WHERE ctid = ANY (ARRAY(
      SELECT ctid FROM parley.job_waiter WHERE expires_at <= now() LIMIT 100 FOR UPDATE SKIP LOCKED));
    IF EXISTS (SELECT FROM parley.job_waiter WHERE job = p_job AND waiter = 'closed') THEN RETURN false; END IF;
    INSERT INTO parley.job_waiter (job, waiter, expires_at)
      VALUES (p_job, p_waiter, now() + p_lease * interval '1 millisecond')
      ON CONFLICT (job, waiter) DO UPDATE SET expires_at = excluded.expires_at;
    RETURN true;
  END $$;

  CREATE OR REPLACE FUNCTION parley.leave_job(p_job text, p_waiter text, p_mark bigint) RETURNS boolean
  LANGUAGE plpgsql AS $$
  BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('parley:waiters:' || p_job));
    DELETE FROM parley.job_waiter WHERE job = p_job AND (waiter = p_waiter OR expires_at <= now());
    IF EXISTS (SELECT FROM parley.job_waiter WHERE job = p_job) THEN RETURN false; END IF;
    INSERT INTO parley.job_waiter (job, waiter, expires_at)
      VALUES (p_job, 'closed', now() + p_mark * interval '1 millisecond');
    RETURN true;
  END $$;
`;

export const JOB_FUNCTIONS = ENTER_JOBS + WAITERS;
