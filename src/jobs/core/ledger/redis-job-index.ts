import type { JobState as BullState } from 'bullmq';
import type { RedisStore } from '../../../storage/store/redis.store.js';
import { JOB_KINDS, KIND_NAMES, type JobKind } from '../../kinds/kinds.js';
import { JobIndex, type IndexCursor, type IndexFilter, type IndexPage } from './job-index.js';
import { listOf, queueKeys } from './redis-keys.js';
import type { RedisJobAdoption } from './redis-job-adoption.js';

/** Entries that one script reads: Redis serves no other client meanwhile. */
const WINDOW = 500;
/** An entry is written before its job: a younger one may still get it. */
const GRACE_MS = 60_000;
/** Old entries that each new one checks, so that keys that never list their jobs lose the entries of removed ones. */
const SWEEP = 4;

/** KEYS: the list. ARGV: milliseconds, grace, entries to check, then the ids. */
const ADD = `
  for _, id in ipairs(redis.call('ZRANGE', KEYS[1], 0, tonumber(ARGV[3]) - 1)) do
    local score = tonumber(redis.call('ZSCORE', KEYS[1], id))
    local queue = 'parley:parley-' .. string.match(id, '^(.*)_') .. ':'
    if score < tonumber(ARGV[1]) - tonumber(ARGV[2]) and redis.call('EXISTS', queue .. id) == 0 then
      redis.call('ZREM', KEYS[1], id)
    end
  end
  for i = 4, #ARGV do redis.call('ZADD', KEYS[1], ARGV[1], ARGV[i]) end
`;

/**
 * Walks the list from a place on. KEYS: the list. ARGV: id and score of the place or '', window, limit, kind or '',
 * states by commas or '', now, grace. Returns [next id, next score, {id, score, state}...]; jobs that are gone drop out.
 */
const PAGE = `
  local function stateOf(id)
    local queue = 'parley:parley-' .. string.match(id, '^(.*)_') .. ':'
    for _, state in ipairs({'prioritized', 'completed', 'failed', 'delayed', 'waiting-children'}) do
      if redis.call('ZSCORE', queue .. state, id) then return state end
    end
    if redis.call('LPOS', queue .. 'active', id) then return 'active' end
    if redis.call('LPOS', queue .. 'wait', id) then return 'waiting' end
    return redis.call('EXISTS', queue .. id) == 0 and 'gone' or 'unknown'
  end
  local start = 0
  if ARGV[1] ~= '' then
    local rank = redis.call('ZREVRANK', KEYS[1], ARGV[1])
    start = rank and rank + 1 or redis.call('ZCOUNT', KEYS[1], ARGV[2], '+inf')
  end
  local window = tonumber(ARGV[3])
  local seen = redis.call('ZREVRANGE', KEYS[1], start, start + window - 1, 'WITHSCORES')
  local page = {'', ''}
  local found = 0
  for i = 1, #seen, 2 do
    local id, score = seen[i], seen[i + 1]
    if ARGV[5] == '' or string.match(id, '^(.*)_') == ARGV[5] then
      local state = stateOf(id)
      if state == 'gone' then
        if tonumber(score) < tonumber(ARGV[7]) - tonumber(ARGV[8]) then redis.call('ZREM', KEYS[1], id) end
      elseif ARGV[6] == '' or string.find(ARGV[6], ',' .. state .. ',', 1, true) then
        table.insert(page, {id, score, state})
        found = found + 1
      end
    end
    if found == tonumber(ARGV[4]) or i == 2 * window - 1 then
      page[1], page[2] = id, score
      break
    end
  end
  return page
`;

type PageReply = [string, string, ...(readonly [string, string, BullState])[]];

/** The jobs of each key in Redis: a sorted set of ids by time each. */
export class RedisJobIndex extends JobIndex {
  constructor(
    private readonly store: RedisStore,
    private readonly adoption: RedisJobAdoption,
  ) {
    super();
  }

  override async add(keyId: string, ids: readonly string[], createdAt: number): Promise<void> {
    await this.store.use(() => this.store.client.eval(ADD, 1, listOf(keyId), createdAt, GRACE_MS, SWEEP, ...ids));
  }

  override async page(
    keyId: string,
    { kind, states }: IndexFilter,
    after: IndexCursor | null,
    limit: number,
  ): Promise<IndexPage> {
    await this.adoption.done();
    const place = [after?.id ?? '', after?.createdAt ?? ''];
    const wanted = [kind ?? '', states === null ? '' : `,${states.join(',')},`];
    const reply = (await this.store.use(() =>
      this.store.client.eval(PAGE, 1, listOf(keyId), ...place, WINDOW, limit, ...wanted, Date.now(), GRACE_MS),
    )) as PageReply;
    const [id, score, ...found] = reply;
    const entries = found.map(([each, at, state]) => ({ id: each, createdAt: Number(at), state }));
    return { entries, next: id === '' ? null : { id, createdAt: Number(score) } };
  }

  override async positions(kind: JobKind, ids: readonly string[]): Promise<ReadonlyMap<string, number>> {
    if (ids.length === 0) return new Map();
    const { prioritized, wait } = queueKeys(kind);
    const asked = this.store.client.pipeline().llen(wait);
    for (const id of ids) asked.zrank(prioritized, id);
    const [unordered, ...ranks] = (await this.store.use(() => asked.exec())) ?? [];
    const ahead = Number(unordered?.[1] ?? 0); // what the queue board has put back has no priority
    return new Map(
      ids.flatMap((id, at) => {
        const rank = ranks[at]?.[1];
        return typeof rank === 'number' ? [[id, ahead + rank + 1] as const] : [];
      }),
    );
  }
}

/** The scripts above spell the names of BullMQ's keys out of a job's id. */
for (const kind of KIND_NAMES) {
  if (JOB_KINDS[kind].queue !== `parley-${kind}`) throw new Error(`the queue of ${kind} is not parley-${kind}`);
}
