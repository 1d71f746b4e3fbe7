import { ParleyError } from '../errors.js';
import type { JsonValue } from '../json-value.js';
import type { Upstream } from './upstream.js';
import { UpstreamError } from './upstream-errors.js';
import { countAt, isList, listAt, objectAt, textAt } from './wire.js';

/** What a server tells of its model. */
export interface ProbedModel {
  /** Context size in tokens; null: it does not tell. */
  readonly contextSize: number | null;
}

const UNKNOWN: ProbedModel = { contextSize: null };

/**
 * Asks a server for its model. Throws `model_load_failed` when it is out of reach or does not have it, and `overloaded`
 * when it is busy or taken to be away. One that has no list of models is taken at its word.
 */
export async function probe(upstream: Upstream, signal: AbortSignal): Promise<ProbedModel> {
  const list = await orNothing(upstream, () => upstream.ask({ method: 'GET', path: 'models' }, signal));
  const models = listAt(list ?? undefined, 'data');
  if (models === null) return UNKNOWN;
  const { model } = upstream.source;
  const found = models.find((one) => goesBy(one, model)) ?? onlyOfLlamaServer(models);
  if (found !== undefined) return { contextSize: contextSizeOf(found) };
  // Other names of a model may be missing in the list.
  const path = `models/${model.split('/').map(encodeURIComponent).join('/')}`;
  const one = await orNothing(upstream, () => upstream.ask({ method: 'GET', path }, signal));
  if (one === null) throw failed(upstream, `the server does not have a model "${model}"`);
  return { contextSize: contextSizeOf(one) };
}

/** Null: there is no such thing there. */
async function orNothing(upstream: Upstream, ask: () => Promise<JsonValue>): Promise<JsonValue | null> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
    if (error.code === 'model_load_failed' || error.code === 'invalid_request') return null;
    if (error.code === 'overloaded') throw error;
    throw failed(upstream, error.message.replace(/\.$/, ''), error);
  }
}

function failed({ model }: Upstream, why: string, cause?: unknown): ParleyError {
  const message = `The model "${model}" could not be loaded: ${why}.`;
  return new ParleyError('model_load_failed', message, { cause });
}

function goesBy(model: JsonValue, name: string): boolean {
  return textAt(model, 'id') === name || listAt(model, 'aliases')?.includes(name) === true;
}

/** llama-server has one model, and answers with it whatever name a request has. */
function onlyOfLlamaServer(models: readonly JsonValue[]): JsonValue | undefined {
  const [only] = models;
  return isList(models) && models.length === 1 && textAt(only, 'owned_by') === 'llamacpp' ? only : undefined;
}

/** In tokens, by vLLM, Parley, and llama-server, whose `n_ctx` is what it was started with. */
function contextSizeOf(model: JsonValue): number | null {
  const meta = objectAt(model, 'meta') ?? undefined;
  const found =
    countAt(model, 'max_model_len') ??
    countAt(model, 'context_length') ??
    countAt(meta, 'n_ctx') ??
    countAt(meta, 'n_ctx_train');
  return found === 0 ? null : found;
}
