import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { checkHeader } from '../../src/inference/engines/llama/gguf-header.js';
import { messageOf } from '../unit/support/errors.js';
import { LlamaRunner, STARTER } from '../medium/support/llama-runner.js';
import { GGUF_BOMBS } from './support/gguf-bombs.js';

const folder = mkdtempSync(join(tmpdir(), 'gguf-errors-'));
afterAll(() => rmSync(folder, { recursive: true }));

const STARTER_BYTES = readFileSync(STARTER);
const INTERNALS =
  /TypeError|RangeError|Error:|undefined|null|NaN|node-llama|llama_|ggml_|\bat \S+ \(|[\\/]\w+[\\/]|\.js/;

const u64 = (value: bigint): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes;
};

/** The starter with other bytes at a place, or after a text's first occurrence. */
function changed(at: number | string, bytes: Buffer, after = 0): Buffer {
  const copy = Buffer.from(STARTER_BYTES);
  const place = typeof at === 'number' ? at : copy.indexOf(at) + Buffer.byteLength(at) + after;
  bytes.copy(copy, place);
  return copy;
}

function renamed(from: string, to: string): Buffer {
  const copy = Buffer.from(STARTER_BYTES);
  copy.write(to, copy.indexOf(from), 'latin1');
  return copy;
}

/** What is wrong, and what the message must say of it. */
const FAULTS: readonly (readonly [string, Buffer, RegExp])[] = [
  ['empty', Buffer.alloc(0), /is empty/],
  ['text', Buffer.from('This is no model, but a text of some length.'), /is no GGUF file/],
  ['magic alone', Buffer.from('GGUF'), /ends after 4 of the 24 bytes/],
  ['half a header', STARTER_BYTES.subarray(0, 20), /ends after 20 of the 24 bytes/],
  ['cut in the metadata', STARTER_BYTES.subarray(0, 5000), /(ends after 5000 bytes|cannot hold)/],
  ['cut in the weights', STARTER_BYTES.subarray(0, 2_000_000), /ends after 2000000 of 4378\d{3} bytes/],
  ['cut by one byte', STARTER_BYTES.subarray(0, -33), /ends after \d+ of \d+ bytes/],
  ['version 1', changed(4, Buffer.from([1, 0, 0, 0])), /is of GGUF version 1/],
  ['other byte order', changed(4, Buffer.from([0, 0, 0, 3])), /other byte order/],
  ['2^62 tensors', changed(8, u64(2n ** 62n)), /says 4611686018427388000 tensors/],
  ['2^32 entries', changed(16, u64(2n ** 32n)), /says 4294967296 metadata entries/],
  ['one entry too many', changed(16, u64(33n)), /its file /],
  ['one tensor too many', changed(8, u64(57n)), /its file /],
  ['a huge name', changed(24, u64(2n ** 40n)), /the name of metadata entry 0, which it cannot hold/],
  [
    'no architecture',
    renamed('general.architecture', 'general.architecturf'),
    /no metadata entry "general.architecture"/,
  ],
  [
    'an unknown architecture',
    renamed('llama', 'lloma'),
    /its file (is of the architecture "lloma"|has no metadata entry)/,
  ],
  ['a bad type', changed('general.architecture', Buffer.from([99, 0, 0, 0])), /has the type 99/],
  ['a list of lists', changed('tokenizer.ggml.tokens', Buffer.from([9, 0, 0, 0]), 4), /list of lists/],
  [
    'a huge list',
    changed('tokenizer.ggml.tokens', u64(2n ** 50n), 8),
    /says \d+ values for the metadata entry "tokenizer.ggml.tokens"/,
  ],
  ['no tokens', renamed('tokenizer.ggml.tokens', 'tokenizer.ggml.tokenz'), /no metadata entry "tokenizer.ggml.tokens"/],
  [
    'no context length',
    renamed('llama.context_length', 'llama.context_lengtj'),
    /no metadata entry "llama.context_length"/,
  ],
  ['a name of the language', renamed('general.architecture', '__proto__.chitecture'), /which is none/],
  ['a tensor type', changed('output_norm.weight', Buffer.from([0xff, 0xff, 0, 0]), 4 + 8), /type 65535 for the tensor/],
  ['a tensor of 9 dimensions', changed('output_norm.weight', Buffer.from([9, 0, 0, 0])), /9 dimensions for the tensor/],
  ['a huge tensor', changed('output_norm.weight', u64(2n ** 61n), 4), /shape for the tensor|ends after/],
  ['an odd offset', changed('output_norm.weight', u64(7n), 4 + 8 + 4), /at 7, which is no multiple/],
];

async function failureOf(path: string): Promise<string> {
  const llama = LlamaRunner.create({ path });
  try {
    await llama.runner.size();
    await llama.runner.load(() => undefined);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    await llama.stop();
  }
  throw new Error('it was loaded');
}

function written(name: string, bytes: Buffer): string {
  const path = join(folder, `${name.replaceAll(/\W/g, '-')}.gguf`);
  writeFileSync(path, bytes);
  return path;
}

/** Shown through a real runner as they are; the others are of the same check. */
const SHOWN = new Set(['text', 'cut in the weights', 'an unknown architecture', 'no tokens', '2^62 tensors']);

describe('the message of a model that cannot be loaded', () => {
  it.each(FAULTS.filter(([name]) => SHOWN.has(name)))('names the fault of its file: %s', async (name, bytes, fault) => {
    const message = await failureOf(written(name, bytes));
    expect(message).toMatch(fault);
    expect(message).not.toMatch(INTERNALS);
  });
});

describe('the check of a header', () => {
  it.each(FAULTS.filter(([name]) => name !== 'an unknown architecture'))(
    'names what is wrong: %s',
    (name, bytes, fault) => {
      const message = messageOf(() => checkHeader(written(name, bytes)));
      expect(message).toMatch(fault);
      expect(message).not.toMatch(INTERNALS);
    },
  );

  it.each(Object.entries(GGUF_BOMBS))('refuses %s at once', (name, bytes) => {
    const message = messageOf(() => checkHeader(written(name, bytes)));
    expect(message).toMatch(/^its file /);
    expect(message).not.toMatch(INTERNALS);
  });

  it('takes a sound file', () => {
    expect(() => checkHeader(STARTER)).not.toThrow();
  });

  it('names a fault wherever the file ends', () => {
    const step = Math.ceil(STARTER_BYTES.length / 200);
    for (let end = 1; end < STARTER_BYTES.length - 64; end += end < 4096 ? 97 : step) {
      const path = written('cut', STARTER_BYTES.subarray(0, end));
      expect(() => checkHeader(path), `cut after ${String(end)}`).toThrow(/^its file /);
    }
  });

  it('fails with a fault or not at all over any changed bytes of the header', () => {
    let state = 12_345;
    const next = (below: number): number => {
      state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
      return state % below;
    };
    for (let round = 0; round < 300; round++) {
      const bytes = Buffer.alloc(8, next(256));
      const path = written('changed', changed(next(60_000), bytes));
      try {
        checkHeader(path);
      } catch (error) {
        expect((error as Error).message).toMatch(/^its file /);
        expect((error as Error).message).not.toMatch(INTERNALS);
      }
    }
  });
});
