import { recordId } from '../../../storage/state/record-id.js';
import type { RedisStore } from '../../../storage/store/redis.store.js';
import type { JobKind } from '../../kinds/kinds.js';
import { BANDS, JobLine, PLACES_PER_FREE_PLACE, type Entry, type JobPlaces } from './job-line.js';
import type { RedisJobAdoption } from './redis-job-adoption.js';
import { queueKeys } from './redis-keys.js';

/** A place is taken before its job is added: a younger one may still get it. */
const GRACE_MS = 60_000;

/** Needs `open` and `held`. */
const DROP = `
  local function lower(field)
    if redis.call('HINCRBY', held, field, -1) <= 0 then redis.call('HDEL', held, field) end
  end
  local function drop(id)
    local place = redis.call('HGET', open, id)
    if not place then return end
    local key, band = string.match(place, '^(%S+) (%S+)')
    redis.call('HDEL', open, id)
    lower('k:' .. key)
    lower('b:' .. band)
  end
`;

/** KEYS: open, held. ARGV: id. */
const LEAVE = `
  local open, held = KEYS[1], KEYS[2]
  ${DROP}
  drop(ARGV[1])
`;

/**
 * KEYS: open, held, turns, prioritized, active. ARGV: prefix, key, first and last turn of the band, most that wait, share
 * or '', now, grace, ids... Returns [refusal, waiting, own, priority...].
 */
const ENTER = `
  local open, held, turns, prioritized, active = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
  local prefix, key, first, last = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
  local most, share, now, grace = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])
  local STEP = 4294967296 -- BullMQ orders by priority * 2^32 + a counter
  ${DROP}

  -- Places of jobs whose end was missed, or that were never added.
  local function settle()
    for _, id in ipairs(redis.call('HKEYS', open)) do
      if redis.call('EXISTS', prefix .. id) == 0 then
        local since = tonumber(string.match(redis.call('HGET', open, id), '(%S+)$'))
        if since < now - grace then drop(id) end
      elseif redis.call('ZSCORE', prefix .. 'completed', id) or redis.call('ZSCORE', prefix .. 'failed', id) then
        drop(id)
      end
    end
  end

  local function refusal()
    local waiting = redis.call('HLEN', open)
    local own = tonumber(redis.call('HGET', held, 'k:' .. key) or 0)
    for _, id in ipairs(redis.call('LRANGE', active, 0, -1)) do
      local place = redis.call('HGET', open, id)
      if place then waiting = waiting - 1 end
      if place and string.match(place, '^%S+') == key then own = own - 1 end
    end
    if waiting >= most then return 'full', waiting, own end
    if share and own >= share * (most - waiting) then return 'share', waiting, own end
    return '', waiting, own
  end

  local refused, waiting, own = refusal()
  if refused ~= '' then
    settle()
    refused, waiting, own = refusal()
  end
  if refused ~= '' or #ARGV == 8 then return {refused, waiting, own} end

  local function head()
    local found = redis.call('ZRANGEBYSCORE', prioritized, first * STEP, '(' .. string.format('%.0f', (last + 1) * STEP),
      'WITHSCORES', 'LIMIT', 0, 1)
    return found[2] and math.floor(tonumber(found[2]) / STEP)
  end

  -- The present turn: that of the job that was begun last.
  local present = first
  if redis.call('HGET', held, 'b:' .. first) then
    present = math.max(first, tonumber(redis.call('HGET', turns, first) or 0), (head() or 0) - 1)
    for _, id in ipairs(redis.call('LRANGE', active, 0, -1)) do
      local turn = tonumber(redis.call('HGET', prefix .. id, 'priority') or 0)
      if turn <= last then present = math.max(present, turn) end
    end
  else
    for _, field in ipairs(redis.call('HKEYS', turns)) do
      if field == tostring(first) or string.find(field, first .. ':', 1, true) == 1 then redis.call('HDEL', turns, field) end
    end
  end

  -- Turns begin anew once a line is empty; one that never is moves down when they run out.
  local count = #ARGV - 8
  local own_turns = first .. ':' .. key
  local next_turn = math.max(present, tonumber(redis.call('HGET', turns, own_turns) or 0) + 1)
  if next_turn + count - 1 > last and present > first then
    local by = present - first
    for _, id in ipairs(redis.call('HKEYS', open)) do
      local turn = tonumber(redis.call('HGET', prefix .. id, 'priority') or 0)
      if turn >= first and turn <= last then
        local lower_turn = math.max(first, turn - by)
        redis.call('HSET', prefix .. id, 'priority', lower_turn)
        if redis.call('ZSCORE', prioritized, id) then
          redis.call('ZINCRBY', prioritized, string.format('%.0f', (lower_turn - turn) * STEP), id)
        end
      end
    end
    for _, field in ipairs(redis.call('HKEYS', turns)) do
      if string.find(field, first .. ':', 1, true) == 1 then
        redis.call('HSET', turns, field, math.max(first, redis.call('HGET', turns, field) - by))
      end
    end
    present, next_turn = first, next_turn - by
  end

  local reply = {'', waiting, own}
  local taken = next_turn
  for i = 9, #ARGV do
    local turn = math.min(last, next_turn + i - 9)
    if redis.call('HSETNX', open, ARGV[i], key .. ' ' .. first .. ' ' .. ARGV[7]) == 1 then
      redis.call('HINCRBY', held, 'k:' .. key, 1)
      redis.call('HINCRBY', held, 'b:' .. first, 1)
    end
    table.insert(reply, turn)
    taken = turn
  end
  redis.call('HSET', turns, own_turns, taken, first, present)
  return reply
`;

/** KEYS: prioritized, wait, delayed, active. ARGV: id. */
const TAKE = `
  local gone = redis.call('ZREM', KEYS[1], ARGV[1]) + redis.call('LREM', KEYS[2], 1, ARGV[1])
    + redis.call('ZREM', KEYS[3], ARGV[1])
  if gone == 0 then return 0 end
  redis.call('LPUSH', KEYS[4], ARGV[1])
  return 1
`;

type EnterReply = ['' | 'full' | 'share', number, number, ...number[]];

/** Places and turns in Redis: counted beside BullMQ's keys, and set right against them before anybody is refused. */
export class RedisJobLine extends JobLine {
  constructor(
    private readonly store: RedisStore,
    private readonly adoption: RedisJobAdoption,
  ) {
    super();
  }

  override async enter({ kind, keyId, band, ids, maxWaiting, shared }: JobPlaces): Promise<Entry> {
    await this.adoption.done();
    const { prefix, open, held, turns, prioritized, active } = queueKeys(kind);
    const { first, last } = BANDS[band];
    const limits = [maxWaiting, shared ? PLACES_PER_FREE_PLACE : '', Date.now(), GRACE_MS];
    const keys = [open, held, turns, prioritized, active];
    const values = [prefix, recordId(keyId), first, last, ...limits, ...ids];
    const reply = (await this.store.use(() =>
      this.store.client.eval(ENTER, keys.length, ...keys, ...values),
    )) as EnterReply;
    const [refused, waiting, own, ...priorities] = reply;
    return refused === '' ? { refused: null, priorities } : { refused, waiting, own };
  }

  override ended(kind: JobKind, id: string): Promise<void> {
    return this.leave(kind, id);
  }

  override async leave(kind: JobKind, id: string): Promise<void> {
    const { open, held } = queueKeys(kind);
    await this.store.use(() => this.store.client.eval(LEAVE, 2, open, held, id));
  }

  override async take(kind: JobKind, id: string): Promise<boolean> {
    const { prioritized, wait, delayed, active } = queueKeys(kind);
    const reply = await this.store.use(() => this.store.client.eval(TAKE, 4, prioritized, wait, delayed, active, id));
    return reply === 1;
  }
}
