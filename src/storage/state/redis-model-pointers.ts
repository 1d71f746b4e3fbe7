import type { ModelPointer } from '../../domains/lifecycle/model-pointers.js';
import type { RedisStore } from '../store/redis.store.js';
import { DurableModelPointers } from './durable-model-pointers.js';
import { recordId } from './record-id.js';
import { readPointer, writePointer } from './stored-text.js';

/** A hash: an API key → `<model> <JSON>`, where key and model are hashes. It has as many fields as there are keys. */
const POINTERS = 'parley:current-models';

/** In one step, so that a pointer that somebody moves to another model meanwhile stays. */
const DROP = `
  local gone = {}
  for _, model in ipairs(ARGV) do gone[model] = true end
  local pointers = redis.call('HGETALL', KEYS[1])
  for i = 1, #pointers, 2 do
    if gone[string.match(pointers[i + 1], '^%x+')] then redis.call('HDEL', KEYS[1], pointers[i]) end
  end
`;

/** Current models in Redis. */
export class RedisModelPointers extends DurableModelPointers<RedisStore> {
  protected override async read(keyId: string): Promise<ModelPointer | null> {
    const stored = await this.store.useFor(keyId, () => this.store.client.hget(POINTERS, recordId(keyId)));
    return stored === null ? null : readPointer(stored.slice(stored.indexOf('{')));
  }

  protected override async write(keyId: string, pointer: ModelPointer): Promise<void> {
    const value = `${recordId(pointer.model)} ${writePointer(pointer)}`;
    await this.store.useFor(keyId, () => this.store.client.hset(POINTERS, recordId(keyId), value));
  }

  protected override async drop(models: readonly string[]): Promise<void> {
    const ids = models.map((model) => recordId(model));
    await this.store.use(() => this.store.client.eval(DROP, 1, POINTERS, ...ids));
  }
}
