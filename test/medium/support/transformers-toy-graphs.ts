import { onnx, type Constant, type Graph, type Node, type Port } from './transformers-onnx.js';
import { COLOUR_TOKENS, END, VOCABULARY, type ToyFamily } from './transformers-toy-tokens.js';

/** Tokens that a picture unfolds to. */
export const PICTURE_TOKENS = 16;
export const SIDE = 32;
export const PATCH = 14;
const PATCHES_MERGED = 4;

const V = VOCABULARY;
const code = (letter: string): number => letter.charCodeAt(0);

type Link = readonly [from: number, to: number, weight: number];

/** What follows a token: ":" begins the alphabet, which never ends; "R", "G" and "B" end; D0 96 is Ж. */
const FOLLOWS: readonly Link[] = [
  [code(':'), code('a'), 4],
  ...Array.from({ length: 26 }, (_, i): Link => [code('a') + i, code('a') + ((i + 1) % 26), 10]),
  [code('R'), END, 10],
  [code('G'), END, 10],
  [code('B'), END, 10],
  [0xd0, 0x96, 10],
  [0x96, 0xd0, 10],
];

/** What anything seen before makes likelier: a red picture "R", a "2" Ж, a "0" the end, a "~" even odds for "x" and "y". */
const RECALLS: readonly Link[] = [
  [COLOUR_TOKENS.red, code('R'), 6],
  [COLOUR_TOKENS.green, code('G'), 6],
  [COLOUR_TOKENS.blue, code('B'), 6],
  [code('2'), 0xd0, 6],
  [code('0'), END, 40],
  [code('~'), code('x'), 30],
  [code('~'), code('y'), 30],
];

function matrix(name: string, rows: number, links: readonly Link[]): Constant {
  const data = new Float32Array(rows * V);
  for (const [from, to, weight] of links) data[from * V + to] = weight;
  return { name, dims: [rows, V], data };
}

const COLOURS = matrix(
  'colours',
  3,
  Object.values(COLOUR_TOKENS).map((token, channel): Link => [channel, token, 1]),
);

export function embedTokens(): Buffer {
  const same = Array.from({ length: V }, (_, token): Link => [token, token, 1]);
  return onnx({
    inputs: [{ name: 'input_ids', type: 'int64', dims: ['batch_size', 'sequence_length'] }],
    outputs: [{ name: 'inputs_embeds', type: 'float', dims: ['batch_size', 'sequence_length', V] }],
    nodes: [{ op: 'Gather', inputs: ['table', 'input_ids'], outputs: ['inputs_embeds'] }],
    constants: [matrix('table', V, same)],
  });
}

/** The next token follows from the last one and from whatever the cache holds. */
export function decoder(family: ToyFamily): Buffer {
  const cache = (name: string, length: string): Port => ({ name, type: 'float', dims: ['batch_size', 1, length, V] });
  const positions = family === 'qwen2_vl' ? [3, 'batch_size', 'sequence_length'] : ['batch_size', 'sequence_length'];
  const keep = (kind: string): Node => ({
    op: 'Concat',
    inputs: [`past_key_values.0.${kind}`, 'heads'],
    outputs: [`present.0.${kind}`],
    attributes: { axis: 2 },
  });
  return onnx({
    inputs: [
      { name: 'inputs_embeds', type: 'float', dims: ['batch_size', 'sequence_length', V] },
      { name: 'attention_mask', type: 'int64', dims: ['batch_size', 'total_sequence_length'] },
      { name: 'position_ids', type: 'int64', dims: positions },
      cache('past_key_values.0.key', 'past_sequence_length'),
      cache('past_key_values.0.value', 'past_sequence_length'),
    ],
    outputs: [
      { name: 'logits', type: 'float', dims: ['batch_size', 'sequence_length', V] },
      cache('present.0.key', 'total_sequence_length'),
      cache('present.0.value', 'total_sequence_length'),
    ],
    nodes: [
      { op: 'Unsqueeze', inputs: ['inputs_embeds'], outputs: ['heads'], attributes: { axes: [1] } },
      keep('key'),
      keep('value'),
      { op: 'ReduceSum', inputs: ['present.0.key'], outputs: ['summed'], attributes: { axes: [2], keepdims: 0 } },
      { op: 'Clip', inputs: ['summed', 'least', 'most'], outputs: ['seen'] },
      { op: 'MatMul', inputs: ['seen', 'recalls'], outputs: ['recalled'] },
      { op: 'MatMul', inputs: ['inputs_embeds', 'follows'], outputs: ['followed'] },
      { op: 'Add', inputs: ['followed', 'recalled'], outputs: ['logits'] },
    ],
    constants: [
      matrix('follows', V, FOLLOWS),
      matrix('recalls', V, RECALLS),
      { name: 'least', dims: [], data: Float32Array.of(-1) },
      { name: 'most', dims: [], data: Float32Array.of(1) },
    ],
  });
}

/** A picture's tokens say how red, green and blue it is, each from -1 to 1. */
export function visionEncoder(family: ToyFamily): Buffer {
  if (family === 'qwen2_vl') return patchEncoder();
  const several = family === 'idefics3' ? ['num_images'] : [];
  const first = several.length + 2;
  return squareEncoder(
    [
      { name: 'pixel_values', type: 'float', dims: ['batch_size', ...several, 3, SIDE, SIDE] },
      ...(family === 'idefics3'
        ? [{ name: 'pixel_attention_mask', type: 'bool', dims: ['batch_size', 'num_images', SIDE, SIDE] } as const]
        : []),
    ],
    [first, first + 1],
  );
}

function squareEncoder(inputs: Graph['inputs'], pixelAxes: readonly number[]): Buffer {
  return onnx({
    inputs,
    outputs: [{ name: 'image_features', type: 'float', dims: ['num_tiles', PICTURE_TOKENS, V] }],
    nodes: [
      { op: 'ReduceMean', inputs: ['pixel_values'], outputs: ['mean'], attributes: { axes: pixelAxes, keepdims: 0 } },
      { op: 'Reshape', inputs: ['mean', 'rows'], outputs: ['tiles'] },
      { op: 'MatMul', inputs: ['tiles', 'colours'], outputs: ['flat'] },
      { op: 'Unsqueeze', inputs: ['flat'], outputs: ['one'], attributes: { axes: [1] } },
      { op: 'Tile', inputs: ['one', 'repeats'], outputs: ['image_features'] },
    ],
    constants: [
      { name: 'rows', dims: [2], data: BigInt64Array.of(-1n, 3n) },
      { name: 'repeats', dims: [3], data: BigInt64Array.of(1n, BigInt(PICTURE_TOKENS), 1n) },
      COLOURS,
    ],
  });
}

function patchEncoder(): Buffer {
  const values = 2 * PATCH * PATCH;
  return onnx({
    inputs: [
      { name: 'pixel_values', type: 'float', dims: ['num_patches', 3 * values] },
      { name: 'grid_thw', type: 'int64', dims: [1, 3] }, // one picture at a time, as some exports have it
    ],
    outputs: [{ name: 'image_features', type: 'float', dims: ['num_features', V] }],
    nodes: [
      { op: 'Reshape', inputs: ['pixel_values', 'split'], outputs: ['channels'] },
      { op: 'ReduceMean', inputs: ['channels'], outputs: ['mean'], attributes: { axes: [1, 3], keepdims: 0 } },
      { op: 'MatMul', inputs: ['mean', 'colours'], outputs: ['image_features'] },
    ],
    constants: [
      { name: 'split', dims: [4], data: BigInt64Array.of(-1n, BigInt(PATCHES_MERGED), 3n, BigInt(values)) },
      COLOURS,
    ],
  });
}
