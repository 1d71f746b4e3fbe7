import { recordId } from '../../../storage/state/record-id.js';
import type { RedisStore } from '../../../storage/store/redis.store.js';
import { KIND_NAMES, type JobKind } from '../../kinds/kinds.js';
import { BANDS, LEGACY_DETACHED_PRIORITY } from './job-line.js';
import { listOf, queueKeys } from './redis-keys.js';

/** Jobs that are read at a time. */
const WINDOW = 500;
/** Set once the jobs of versions without lists are in them. */
const DONE = 'parley:jobs:adopted';

const UNFINISHED = ['wait', 'active', 'prioritized', 'delayed', 'waiting-children'] as const;
const FINISHED = ['completed', 'failed'] as const;

/**
 * KEYS: open, held, prioritized, list of the key. ARGV: id, milliseconds, key or '' for a job that has ended, first turn of
 * its band, the job's key, priority or ''. Enters a job once, however often it is run.
 */
const ADOPT = `
  if redis.call('EXISTS', ARGV[5]) == 0 then return end
  redis.call('ZADD', KEYS[4], ARGV[2], ARGV[1])
  if ARGV[3] == '' then return end
  if redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[3] .. ' ' .. ARGV[4] .. ' ' .. ARGV[2]) == 1 then
    redis.call('HINCRBY', KEYS[2], 'k:' .. ARGV[3], 1)
    redis.call('HINCRBY', KEYS[2], 'b:' .. ARGV[4], 1)
  end
  if ARGV[6] == '' then return end
  local score = redis.call('ZSCORE', KEYS[3], ARGV[1])
  local counter = score and tonumber(score) % 4294967296
  if counter then redis.call('ZADD', KEYS[3], string.format('%.0f', ARGV[6] * 4294967296 + counter), ARGV[1]) end
  redis.call('HSET', ARGV[5], 'priority', ARGV[6])
`;

/** Enters the jobs of versions that kept no lists, at the first use of a store that has none. */
export class RedisJobAdoption {
  private adopting: Promise<void> | null = null;

  constructor(private readonly store: RedisStore) {}

  /** Resolves once every job is in the lists. */
  done(): Promise<void> {
    this.adopting ??= this.adoptOnce().catch((error: unknown) => {
      this.adopting = null;
      throw error;
    });
    return this.adopting;
  }

  private async adoptOnce(): Promise<void> {
    if ((await this.store.use(() => this.store.client.exists(DONE))) === 1) return;
    for (const kind of KIND_NAMES) {
      for (const state of [...UNFINISHED, ...FINISHED]) await this.adoptState(kind, state);
    }
    await this.store.use(() => this.store.client.set(DONE, '1'));
  }

  /** All ids are read first: jobs move on while their data are read. */
  private async adoptState(kind: JobKind, state: string): Promise<void> {
    const { client } = this.store;
    const name = `${queueKeys(kind).prefix}${state}`;
    const ids = await this.store.use(() =>
      state === 'wait' || state === 'active' ? client.lrange(name, 0, -1) : client.zrange(name, '0', '-1'),
    );
    const ended = (FINISHED as readonly string[]).includes(state);
    for (let at = 0; at < ids.length; at += WINDOW) await this.adopt(kind, ids.slice(at, at + WINDOW), ended);
  }

  private async adopt(kind: JobKind, ids: readonly string[], ended: boolean): Promise<void> {
    const { client } = this.store;
    const { prefix, open, held, prioritized } = queueKeys(kind);
    const reading = client.pipeline();
    for (const id of ids) reading.hmget(prefix + id, 'data', 'timestamp', 'priority');
    const read = (await this.store.use(() => reading.exec())) ?? [];
    const entering = client.pipeline();
    for (const [at, id] of ids.entries()) {
      const [data, timestamp, priority] = (read[at]?.[1] ?? []) as (string | null)[];
      if (data == null || timestamp == null) continue;
      const { keyId, stays } = JSON.parse(data) as { keyId: string; stays: boolean };
      const band = BANDS[stays ? 'detached' : 'interactive'].first;
      const moved = stays && Number(priority) === LEGACY_DETACHED_PRIORITY ? band : '';
      const place = [ended ? '' : recordId(keyId), String(band), prefix + id, String(moved)];
      entering.eval(ADOPT, 4, open, held, prioritized, listOf(keyId), id, timestamp, ...place);
    }
    await this.store.use(() => entering.exec());
  }
}
