import { writeFileSync } from 'node:fs';

const WIDTH = 64;
const LAYERS = 2;
const FEED_FORWARD = 128;
const ALIGNMENT = 32;
const TEMPLATE =
  "{% for m in messages %}{{ '<|im_start|>' + m.role + '\n' + m.content + '<|im_end|>\n' }}{% endfor %}{{ '<|im_start|>assistant\n' }}";

class Writer {
  readonly parts: Buffer[] = [];

  u32(value: number): this {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(value);
    this.parts.push(bytes);
    return this;
  }

  f32(value: number): this {
    const bytes = Buffer.alloc(4);
    bytes.writeFloatLE(value);
    this.parts.push(bytes);
    return this;
  }

  u64(value: number): this {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(BigInt(value));
    this.parts.push(bytes);
    return this;
  }

  text(value: string): this {
    this.u64(Buffer.byteLength(value)).parts.push(Buffer.from(value));
    return this;
  }

  list<T>(key: string, type: number, values: readonly T[], write: (value: T) => unknown): this {
    this.text(key).u32(9).u32(type).u64(values.length);
    values.forEach(write);
    return this;
  }
}

/** Equal files on every machine. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state / 2 ** 31;
  };
}

/** Writes a small model of random weights with so many tokens. It answers until its context is full, in nonsense. */
export function writeLargeVocabulary(path: string, size: number, context = 4096): void {
  const tokens = ['<unk>', '<s>', '</s>', '<|im_start|>', '<|im_end|>'];
  const kinds = [2, 3, 3, 3, 3];
  for (let byte = 0; byte < 256; byte++) {
    tokens.push(`<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`);
    kinds.push(6);
  }
  for (let index = 0; tokens.length < size; index++) {
    tokens.push(`\u2581${index.toString(26).replace(/\d/g, (digit) => 'qrstuvwxyz'[Number(digit)] ?? 'q')}`);
    kinds.push(1);
  }
  const tensors: { name: string; shape: number[] }[] = [
    { name: 'token_embd.weight', shape: [WIDTH, size] },
    { name: 'output_norm.weight', shape: [WIDTH] },
    { name: 'output.weight', shape: [WIDTH, size] },
  ];
  for (let layer = 0; layer < LAYERS; layer++) {
    const add = (name: string, ...shape: number[]): number =>
      tensors.push({ name: `blk.${String(layer)}.${name}.weight`, shape });
    for (const name of ['attn_norm', 'ffn_norm']) add(name, WIDTH);
    for (const name of ['attn_q', 'attn_k', 'attn_v', 'attn_output']) add(name, WIDTH, WIDTH);
    add('ffn_gate', WIDTH, FEED_FORWARD);
    add('ffn_up', WIDTH, FEED_FORWARD);
    add('ffn_down', FEED_FORWARD, WIDTH);
  }
  const writer = new Writer();
  const texts = {
    'general.architecture': 'llama',
    'tokenizer.ggml.model': 'llama',
    'tokenizer.chat_template': TEMPLATE,
  };
  const numbers = {
    'llama.context_length': context,
    'llama.embedding_length': WIDTH,
    'llama.block_count': LAYERS,
    'llama.feed_forward_length': FEED_FORWARD,
    'llama.attention.head_count': 2,
    'llama.rope.dimension_count': WIDTH / 2,
    'tokenizer.ggml.bos_token_id': 1,
    'tokenizer.ggml.eos_token_id': 4,
    'tokenizer.ggml.unknown_token_id': 0,
  };
  writer.parts.push(Buffer.from('GGUF'));
  writer
    .u32(3)
    .u64(tensors.length)
    .u64(Object.keys(texts).length + Object.keys(numbers).length + 4);
  for (const [key, value] of Object.entries(texts)) writer.text(key).u32(8).text(value);
  for (const [key, value] of Object.entries(numbers)) writer.text(key).u32(4).u32(value);
  writer.text('llama.attention.layer_norm_rms_epsilon').u32(6).f32(1e-5);
  writer.list('tokenizer.ggml.tokens', 8, tokens, (token) => writer.text(token));
  writer.list('tokenizer.ggml.scores', 6, tokens, () => writer.f32(0));
  writer.list('tokenizer.ggml.token_type', 5, kinds, (kind) => writer.u32(kind));
  let offset = 0;
  for (const { name, shape } of tensors) {
    writer.text(name).u32(shape.length);
    for (const length of shape) writer.u64(length);
    writer.u32(0).u64(offset);
    offset += shape.reduce((product, length) => product * length, 4);
  }
  const header = Buffer.concat(writer.parts);
  const padding = Buffer.alloc((ALIGNMENT - (header.length % ALIGNMENT)) % ALIGNMENT);
  const next = random(12_345);
  const data = tensors.map(({ shape }) => {
    const weights = new Float32Array(shape.reduce((product, length) => product * length, 1));
    for (let index = 0; index < weights.length; index++) weights[index] = shape.length === 1 ? 1 : next() * 0.2;
    return Buffer.from(weights.buffer);
  });
  writeFileSync(path, Buffer.concat([header, padding, ...data]));
}
