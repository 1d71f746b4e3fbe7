// Writes llama-architecture GGUF files with random weights at real sizes into bench/models/, so that speed can be
// measured where no real model can be had. Usage: node bench/text/make-models.mjs [24m] [143m] [1.1b]
import { closeSync, existsSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const SIZES = {
  '24m': { width: 384, layers: 6, heads: 6, kvHeads: 6, ffn: 1152, tied: true, type: 'Q8_0' },
  '143m': { width: 768, layers: 12, heads: 12, kvHeads: 12, ffn: 2304, tied: false, type: 'Q8_0' },
  '1.1b': { width: 2048, layers: 22, heads: 32, kvHeads: 4, ffn: 5632, tied: false, type: 'Q4_0' },
};
const VOCABULARY = 32_000;
const CONTEXT = 2048;
const ALIGNMENT = 32;

// ggml type number, block size in weights and bytes (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md)
const TYPES = { F32: [0, 1, 4], Q4_0: [2, 32, 18], Q8_0: [8, 32, 34] };

/** xorshift32: equal files on every machine. */
function randomBytes(seed) {
  let state = seed;
  return (buffer) => {
    const words = new Uint32Array(buffer.buffer, buffer.byteOffset, buffer.byteLength >> 2);
    for (let i = 0; i < words.length; i++) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      words[i] = state;
    }
    return buffer;
  };
}

function halfFloat(value) {
  const bits = new Uint32Array(new Float32Array([value]).buffer)[0];
  const exponent = ((bits >>> 23) & 0xff) - 112;
  return exponent <= 0 ? 0 : (exponent << 10) | ((bits >>> 13) & 0x3ff);
}

class GgufWriter {
  parts = [];
  u32(v) {
    const b = Buffer.alloc(4);
    b.writeUInt32LE(v);
    this.parts.push(b);
    return this;
  }
  u64(v) {
    const b = Buffer.alloc(8);
    b.writeBigUInt64LE(BigInt(v));
    this.parts.push(b);
    return this;
  }
  f32(v) {
    const b = Buffer.alloc(4);
    b.writeFloatLE(v);
    this.parts.push(b);
    return this;
  }
  str(v) {
    const b = Buffer.from(v);
    this.u64(b.length);
    this.parts.push(b);
    return this;
  }
  kv(key, type, write) {
    this.str(key).u32(type);
    write();
    return this;
  }
  kvU32(key, v) {
    return this.kv(key, 4, () => this.u32(v));
  }
  kvF32(key, v) {
    return this.kv(key, 6, () => this.f32(v));
  }
  kvStr(key, v) {
    return this.kv(key, 8, () => this.str(v));
  }
  kvArray(key, type, values, write) {
    return this.kv(key, 9, () => {
      this.u32(type).u64(values.length);
      values.forEach(write);
    });
  }
  bytes() {
    return Buffer.concat(this.parts);
  }
}

/** SentencePiece-style vocabulary: specials, 256 bytes, then every two- and three-letter piece until it is full. */
function vocabulary() {
  const tokens = ['<unk>', '<s>', '</s>'];
  const kinds = [2, 3, 3];
  for (let i = 0; i < 256; i++) {
    tokens.push(`<0x${i.toString(16).toUpperCase().padStart(2, '0')}>`);
    kinds.push(6);
  }
  const letters = 'abcdefghijklmnopqrstuvwxyz';
  const pieces = ['▁'];
  for (const a of letters) pieces.push(a, `▁${a}`);
  for (const a of letters) for (const b of letters) pieces.push(a + b, `▁${a}${b}`);
  for (const a of letters) for (const b of letters) for (const c of letters) pieces.push(a + b + c, `▁${a}${b}${c}`);
  for (const piece of pieces) {
    if (tokens.length === VOCABULARY) break;
    tokens.push(piece);
    kinds.push(1);
  }
  return { tokens, kinds, scores: tokens.map((_, i) => (i < 259 ? 0 : -(i - 258))) };
}

function tensorsOf({ width, layers, heads, kvHeads, ffn, tied, type }) {
  const kv = (width / heads) * kvHeads;
  const list = [
    ['token_embd.weight', [width, VOCABULARY], type],
    ['output_norm.weight', [width], 'F32'],
  ];
  if (!tied) list.push(['output.weight', [width, VOCABULARY], type]);
  for (let i = 0; i < layers; i++) {
    list.push(
      [`blk.${i}.attn_norm.weight`, [width], 'F32'],
      [`blk.${i}.ffn_norm.weight`, [width], 'F32'],
      [`blk.${i}.attn_q.weight`, [width, width], type],
      [`blk.${i}.attn_k.weight`, [width, kv], type],
      [`blk.${i}.attn_v.weight`, [width, kv], type],
      [`blk.${i}.attn_output.weight`, [width, width], type],
      [`blk.${i}.ffn_gate.weight`, [width, ffn], type],
      [`blk.${i}.ffn_up.weight`, [width, ffn], type],
      [`blk.${i}.ffn_down.weight`, [ffn, width], type],
    );
  }
  return list.map(([name, shape, kind]) => {
    const [number, block, blockBytes] = TYPES[kind];
    const weights = shape.reduce((a, b) => a * b, 1);
    return { name, shape, kind, number, bytes: (weights / block) * blockBytes, weights };
  });
}

function header(size, tensors) {
  const { tokens, kinds, scores } = vocabulary();
  const w = new GgufWriter();
  w.parts.push(Buffer.from('GGUF'));
  w.u32(3).u64(tensors.length).u64(21);
  w.kvStr('general.architecture', 'llama').kvStr('general.name', `random ${size.name}`);
  w.kvU32('general.alignment', ALIGNMENT).kvU32('general.file_type', size.type === 'Q8_0' ? 7 : 2);
  w.kvU32('llama.context_length', CONTEXT).kvU32('llama.embedding_length', size.width);
  w.kvU32('llama.block_count', size.layers).kvU32('llama.feed_forward_length', size.ffn);
  w.kvU32('llama.attention.head_count', size.heads).kvU32('llama.attention.head_count_kv', size.kvHeads);
  w.kvF32('llama.attention.layer_norm_rms_epsilon', 1e-5).kvF32('llama.rope.freq_base', 10_000);
  w.kvU32('llama.rope.dimension_count', size.width / size.heads).kvU32('llama.vocab_size', VOCABULARY);
  w.kvStr('tokenizer.ggml.model', 'llama');
  w.kvArray('tokenizer.ggml.tokens', 8, tokens, (t) => w.str(t));
  w.kvArray('tokenizer.ggml.scores', 6, scores, (s) => w.f32(s));
  w.kvArray('tokenizer.ggml.token_type', 5, kinds, (k) => w.u32(k));
  w.kvU32('tokenizer.ggml.bos_token_id', 1)
    .kvU32('tokenizer.ggml.eos_token_id', 2)
    .kvU32('tokenizer.ggml.unknown_token_id', 0);
  let offset = 0;
  for (const tensor of tensors) {
    w.str(tensor.name).u32(tensor.shape.length);
    tensor.shape.forEach((n) => w.u64(n));
    w.u32(tensor.number).u64(offset);
    offset += Math.ceil(tensor.bytes / ALIGNMENT) * ALIGNMENT;
  }
  return w.bytes();
}

function* tensorChunks(tensor, fill) {
  if (tensor.kind === 'F32') {
    yield Buffer.from(new Float32Array(tensor.weights).fill(1).buffer);
    return;
  }
  const [, , blockBytes] = TYPES[tensor.kind];
  // Standard deviation of about 0.02: uniform int8 has 73, uniform 4-bit minus 8 has 4.6.
  const scale = halfFloat(0.02 / (tensor.kind === 'Q8_0' ? 73 : 4.6));
  const perChunk = blockBytes * 32_768;
  for (let at = 0; at < tensor.bytes; at += perChunk) {
    const chunk = fill(Buffer.alloc(Math.min(perChunk, tensor.bytes - at)));
    for (let block = 0; block < chunk.length; block += blockBytes) chunk.writeUInt16LE(scale, block);
    yield chunk;
  }
}

export function makeModel(name, path) {
  const size = { name, ...SIZES[name] };
  const tensors = tensorsOf(size);
  const fill = randomBytes(12_345);
  const partial = `${path}.partial`;
  const file = openSync(partial, 'w');
  let written = 0;
  const write = (buffer) => {
    writeSync(file, buffer);
    written += buffer.length;
  };
  const pad = () => {
    const rest = written % ALIGNMENT;
    if (rest !== 0) write(Buffer.alloc(ALIGNMENT - rest));
  };
  write(header(size, tensors));
  pad();
  for (const tensor of tensors) {
    for (const chunk of tensorChunks(tensor, fill)) write(chunk);
    pad();
  }
  closeSync(file);
  renameSync(partial, path);
  return { weights: tensors.reduce((sum, t) => sum + t.weights, 0), bytes: written };
}

export function modelPath(name) {
  return fileURLToPath(new URL(`../models/random-${name}.gguf`, import.meta.url));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(SIZES);
  mkdirSync(new URL('../models/', import.meta.url), { recursive: true });
  for (const name of names) {
    if (SIZES[name] === undefined) throw new Error(`no such size: ${name}; there are ${Object.keys(SIZES).join(', ')}`);
    if (existsSync(modelPath(name))) continue;
    const { weights, bytes } = makeModel(name, modelPath(name));
    console.log(`${modelPath(name)}: ${(weights / 1e6).toFixed(0)} M weights, ${(bytes / 1e6).toFixed(0)} MB`);
  }
}
