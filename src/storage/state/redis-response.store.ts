import type { ModelResponse, Thread } from '../../domains/responses/model-response.js';
import type { Item } from '../../domains/responses/response-items.js';
import { ResponseStore, type ResponseKey } from '../../domains/responses/response.store.js';
import type { RedisStore } from '../store/redis.store.js';
import { recordId } from './record-id.js';

/** Adds a response that expires. KEYS: the hash. ARGV: the response, its input, seconds. In one step, or it may stay. */
const KEEP = `
  redis.call('HSET', KEYS[1], 'response', ARGV[1], 'input', ARGV[2])
  redis.call('EXPIRE', KEYS[1], ARGV[3])
`;

/** Responses in Redis: a hash each, of the `response` and its `input`. */
export class RedisResponseStore extends ResponseStore {
  constructor(
    private readonly store: RedisStore,
    private readonly ttl: number,
  ) {
    super();
  }

  override open(): Promise<void> {
    return this.store.open();
  }

  override async keep(keyId: string, { response, input }: Thread): Promise<void> {
    const values = [JSON.stringify(response), JSON.stringify(input), this.ttl];
    const name = nameOf({ keyId, id: response.id });
    await this.store.useFor(keyId, () => this.store.client.eval(KEEP, 1, name, ...values));
  }

  override async response(key: ResponseKey): Promise<ModelResponse | null> {
    const [response] = await this.read(key, 'response');
    return response === undefined ? null : (JSON.parse(response) as ModelResponse);
  }

  override async input(key: ResponseKey): Promise<readonly Item[] | null> {
    const [input] = await this.read(key, 'input');
    return input === undefined ? null : (JSON.parse(input) as Item[]);
  }

  override async thread(key: ResponseKey): Promise<Thread | null> {
    const [response, input] = await this.read(key, 'response', 'input');
    if (response === undefined || input === undefined) return null;
    return { response: JSON.parse(response) as ModelResponse, input: JSON.parse(input) as Item[] };
  }

  override async remove(key: ResponseKey): Promise<boolean> {
    return (await this.store.useFor(key.keyId, () => this.store.client.del(nameOf(key)))) > 0;
  }

  /** The fields in their order; nothing where there is no such response. */
  private async read(key: ResponseKey, ...fields: readonly string[]): Promise<readonly string[]> {
    const values = await this.store.useFor(key.keyId, () => this.store.client.hmget(nameOf(key), ...fields));
    return values.flatMap((value) => value ?? []);
  }
}

function nameOf({ keyId, id }: ResponseKey): string {
  return `parley:response:${recordId(keyId, id)}`;
}
