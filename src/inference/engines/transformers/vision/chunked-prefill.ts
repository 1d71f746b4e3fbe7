import { Tensor, type InferenceSession } from 'onnxruntime-node';

/** Tokens of a prompt that are read at once. */
const CHUNK = 128;
const CACHE = /^past_key_values\.\d+\.(?:key|value)$/;
const OTHERS: ReadonlySet<string> = new Set(['inputs_embeds', 'attention_mask', 'position_ids', 'num_logits_to_keep']);

type Feeds = Readonly<Record<string, Tensor>>;
type Run = (feeds: Feeds) => Promise<Feeds>;

/**
 * Has a decoder read long prompts piece by piece, each with the cache of those before, which comes to the same. A run
 * blocks the process: read at once, a prompt of a large model would leave it without heartbeats for minutes, deaf to an
 * abort, and with the logits of all its tokens in memory. Decoders with another kind of cache are left as they are.
 * @param beforeChunk Asked before each piece; may throw to end the request. @param onStep Told after each.
 */
export function readInChunks(session: InferenceSession, beforeChunk: () => Promise<void>, onStep: () => void): void {
  if (!session.inputNames.every((name) => CACHE.test(name) || OTHERS.has(name))) return;
  const run: Run = session.run.bind(session);
  const inChunks: Run = async (feeds) => {
    const tokens = feeds.inputs_embeds?.dims[1] ?? 0;
    let cached: Feeds = {};
    let start = 0;
    for (; tokens - start > CHUNK; start += CHUNK) {
      await beforeChunk();
      cached = cacheOf(await run({ ...feeds, ...cached, ...piece(feeds, start, start + CHUNK, tokens) }));
      onStep();
    }
    return run(start === 0 ? feeds : { ...feeds, ...cached, ...piece(feeds, start, tokens, tokens) });
  };
  session.run = inChunks;
}

/** The outputs of a pass as the inputs of the next. */
function cacheOf(outputs: Feeds): Feeds {
  const kept = Object.entries(outputs).filter(([name]) => name.startsWith('present.'));
  return Object.fromEntries(kept.map(([name, tensor]) => [name.replace('present', 'past_key_values'), tensor]));
}

/** What tells of the tokens from `start` to `end`. The mask tells of those before, too. */
function piece(
  { inputs_embeds, attention_mask, position_ids }: Feeds,
  start: number,
  end: number,
  tokens: number,
): Feeds {
  const cut: Record<string, Tensor> = {};
  if (inputs_embeds !== undefined) cut.inputs_embeds = along(inputs_embeds, 1, start, end);
  if (position_ids !== undefined) cut.position_ids = along(position_ids, position_ids.dims.length - 1, start, end);
  if (attention_mask !== undefined) {
    const before = (attention_mask.dims[1] ?? tokens) - tokens;
    cut.attention_mask = along(attention_mask, 1, 0, before + end);
  }
  return cut;
}

/** A part of a tensor along one axis. */
function along(tensor: Tensor, axis: number, start: number, end: number): Tensor {
  const { dims, type } = tensor;
  const data = tensor.data as Float32Array; // or another list of numbers: all are cut alike
  const inner = dims.slice(axis + 1).reduce((product, dim) => product * dim, 1);
  const row = (dims[axis] ?? 0) * inner;
  const rows = row === 0 ? 0 : data.length / row;
  const width = (end - start) * inner;
  const part = data.slice(0, rows * width);
  for (let index = 0; index < rows; index++) {
    part.set(data.subarray(index * row + start * inner, index * row + end * inner), index * width);
  }
  return new Tensor(type, part, [...dims.slice(0, axis), end - start, ...dims.slice(axis + 1)]);
}
