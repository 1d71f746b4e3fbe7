import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Words that the toy knows; each has a dimension of its own in its vectors. */
export const TOY_WORDS = ['cat', 'dog', 'bird', 'fish', 'sun', 'rain', 'good', 'bad'] as const;
const TOKENS = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', ...TOY_WORDS.map((word) => `▁${word}`)];
const WIDTH = 32;
const POSITIONS = 64;
const FFN = 32;
const ALIGNMENT = 32;

/** GGUF's numbers of value types. */
const U32 = 4;
const I32 = 5;
const F32 = 6;
const BOOL = 7;
const TEXT = 8;
const ARRAY = 9;

const MEAN = 1;
const RANK = 4;

interface Tensor {
  readonly name: string;
  /** The fastest first. */
  readonly dims: readonly number[];
  readonly data: Float32Array;
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

function f32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return bytes;
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([u64(bytes.length), bytes]);
}

function field(key: string, type: number, value: Buffer): Buffer {
  return Buffer.concat([text(key), u32(type), value]);
}

function list(key: string, type: number, values: readonly Buffer[]): Buffer {
  return field(key, ARRAY, Buffer.concat([u32(type), u64(values.length), ...values]));
}

function filled(name: string, dims: readonly number[], value: (row: number, column: number) => number): Tensor {
  const [columns = 1, rows = 1] = dims;
  const data = Float32Array.from({ length: columns * rows }, (_, at) => value(Math.floor(at / columns), at % columns));
  return { name, dims, data };
}

const zero = (): number => 0;
const one = (): number => 1;
const same = (row: number, column: number): number => (row === column ? 1 : 0);

/**
 * One layer whose attention looks at all tokens alike and whose feed-forward adds nothing: each token's output is its
 * word's dimension with a share of all the others'. As a cross-encoder it counts how much of what it reads is "good".
 */
function tensors(ranks: boolean): Tensor[] {
  const norm = (name: string): Tensor[] => [
    filled(`${name}.weight`, [WIDTH], one),
    filled(`${name}.bias`, [WIDTH], zero),
  ];
  const linear = (name: string, dims: readonly [number, number], weight = zero as typeof same): Tensor[] => [
    filled(`${name}.weight`, dims, weight),
    filled(`${name}.bias`, [dims[1]], zero),
  ];
  const good = TOKENS.indexOf('▁good');
  return [
    filled('token_embd.weight', [WIDTH, TOKENS.length], same),
    filled('token_types.weight', [WIDTH, 2], zero),
    filled('position_embd.weight', [WIDTH, POSITIONS], zero),
    ...norm('token_embd_norm'),
    ...linear('blk.0.attn_q', [WIDTH, WIDTH]),
    ...linear('blk.0.attn_k', [WIDTH, WIDTH]),
    ...linear('blk.0.attn_v', [WIDTH, WIDTH], same),
    ...linear('blk.0.attn_output', [WIDTH, WIDTH], same),
    ...norm('blk.0.attn_output_norm'),
    ...linear('blk.0.ffn_up', [WIDTH, FFN]),
    ...linear('blk.0.ffn_down', [FFN, WIDTH]),
    ...norm('blk.0.layer_output_norm'),
    ...(ranks
      ? [
          filled('cls.output.weight', [WIDTH, 1], (_, column) => (column === good ? 1 : 0)),
          filled('cls.output.bias', [1], zero),
        ]
      : []),
  ];
}

function fields(ranks: boolean): Buffer[] {
  const number = (key: string, value: number): Buffer => field(key, U32, u32(value));
  return [
    field('general.architecture', TEXT, text('bert')),
    field('general.name', TEXT, text('toy')),
    number('bert.context_length', POSITIONS),
    number('bert.embedding_length', WIDTH),
    number('bert.block_count', 1),
    number('bert.feed_forward_length', FFN),
    number('bert.attention.head_count', 2),
    field('bert.attention.layer_norm_epsilon', F32, f32(1e-12)),
    field('bert.attention.causal', BOOL, Buffer.of(0)),
    number('bert.pooling_type', ranks ? RANK : MEAN),
    field('tokenizer.ggml.model', TEXT, text('bert')),
    number('tokenizer.ggml.token_type_count', 2),
    list('tokenizer.ggml.tokens', TEXT, TOKENS.map(text)),
    list(
      'tokenizer.ggml.token_type',
      I32,
      TOKENS.map((token) => u32(token.startsWith('[') ? 3 : 1)),
    ),
    number('tokenizer.ggml.padding_token_id', 0),
    number('tokenizer.ggml.unknown_token_id', 1),
    number('tokenizer.ggml.bos_token_id', 2),
    number('tokenizer.ggml.cls_token_id', 2),
    number('tokenizer.ggml.eos_token_id', 3),
    number('tokenizer.ggml.seperator_token_id', 3), // spelled so in the format
  ];
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((ALIGNMENT - (bytes.length % ALIGNMENT)) % ALIGNMENT)]);
}

function gguf(ranks: boolean): Buffer {
  const metadata = fields(ranks);
  let offset = 0;
  const all = tensors(ranks).map(({ name, dims, data }) => {
    const bytes = padded(Buffer.from(data.buffer));
    const info = Buffer.concat([text(name), u32(dims.length), ...dims.map(u64), u32(0), u64(offset)]);
    offset += bytes.length;
    return { info, bytes };
  });
  const head = [Buffer.from('GGUF'), u32(3), u64(all.length), u64(metadata.length), ...metadata];
  return Buffer.concat([
    padded(Buffer.concat([...head, ...all.map(({ info }) => info)])),
    ...all.map(({ bytes }) => bytes),
  ]);
}

/** Writes a small BERT in GGUF into a temporary folder, and gives its path. */
export function toyGguf(kind: 'embeds' | 'ranks'): string {
  const path = join(mkdtempSync(join(tmpdir(), 'parley-gguf-')), `toy-${kind}.gguf`);
  writeFileSync(path, gguf(kind === 'ranks'));
  return path;
}
