import { numberOf, type Json } from '../onnx/json.js';
import type { ModelPlan } from './model-plan.js';

const MIB = 1024 ** 2;
/** Node with transformers.js, sharp and ONNX Runtime, before any model. */
const RUNTIME_BYTES = 85 * MIB;
/** Memory for each byte of weights on disk: 1.01 for 626 MiB once loaded, and what a pass needs on top. */
const WEIGHT_FACTOR = 1.1;
const BYTES_PER_VALUE = 4;
/** Each step reads the cache of the one before and writes a new one. */
const CACHE_COPIES = 2;

/** Bytes that a model takes: process, weights, and KV cache of a full context. Throws `InitError` for broken files. */
export async function estimateMemory({ folder, graphs, family, textConfig, context }: ModelPlan): Promise<number> {
  const weights = (await folder.bytesOf(graphs.values())) * WEIGHT_FACTOR;
  const cache = family.kind === 'vision' ? cacheBytesPerToken(textConfig) * context.size * CACHE_COPIES : 0;
  return Math.round(RUNTIME_BYTES + weights + cache);
}

/** Keys and values of all layers; 0 when config.json does not say. */
function cacheBytesPerToken(config: Json): number {
  const heads = numberOf(config.num_attention_heads) ?? 0;
  const width = numberOf(config.head_dim) ?? (numberOf(config.hidden_size) ?? 0) / Math.max(1, heads);
  const layers = numberOf(config.num_hidden_layers) ?? 0;
  return 2 * layers * (numberOf(config.num_key_value_heads) ?? heads) * width * BYTES_PER_VALUE;
}
