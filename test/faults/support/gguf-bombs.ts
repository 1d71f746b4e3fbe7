const MAGIC = 'GGUF';
const STRING = 8;
const ARRAY = 9;

const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};
const u64 = (value: bigint): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes;
};
const text = (value: string): Buffer => Buffer.concat([u64(BigInt(Buffer.byteLength(value))), Buffer.from(value)]);

function file(tensors: bigint, keys: bigint, ...rest: Buffer[]): Buffer {
  return Buffer.concat([Buffer.from(MAGIC), u32(3), u64(tensors), u64(keys), ...rest, Buffer.alloc(64)]);
}

const LLAMA = Buffer.concat([text('general.architecture'), u32(STRING), text('llama')]);
const nested = (depth: number): Buffer =>
  Buffer.concat(Array.from({ length: depth }, () => Buffer.concat([u32(ARRAY), u64(1n)])));

/** GGUF files whose headers promise more than any machine holds, by name. */
export const GGUF_BOMBS: Readonly<Record<string, Buffer>> = {
  'tensors-2-62': file(2n ** 62n, 0n),
  'tensors-2-32': file(2n ** 32n, 1n, LLAMA),
  'keys-2-62': file(0n, 2n ** 62n),
  'keys-2-31': file(0n, 2n ** 31n, LLAMA),
  'key-of-2-62': file(0n, 1n, u64(2n ** 62n)),
  'key-of-2-33': file(0n, 1n, u64(2n ** 33n)),
  'string-of-2-62': file(0n, 1n, text('general.architecture'), u32(STRING), u64(2n ** 62n)),
  'string-of-2-33': file(0n, 1n, text('general.architecture'), u32(STRING), u64(2n ** 33n)),
  'arrays-in-arrays': file(0n, 2n, LLAMA, text('a'), u32(ARRAY), nested(100_000)),
  'a-type-of-its-own': file(0n, 1n, text('a'), u32(9999), u64(1n)),
  'key-proto': file(0n, 2n, LLAMA, text('__proto__.polluted'), u32(STRING), text('x')),
  'tensor-of-2-62': file(
    1n,
    1n,
    LLAMA,
    text('token_embd.weight'),
    u32(2),
    u64(2n ** 62n),
    u64(2n ** 62n),
    u32(0),
    u64(0n),
  ),
  'version-2-32': Buffer.concat([Buffer.from(MAGIC), u32(2 ** 32 - 1), u64(0n), u64(0n)]),
};

const TEMPLATE_KEY = Buffer.from('tokenizer.chat_template');

/** A model whose chat template is another, which may be no longer than its own. */
export function withTemplate(model: Buffer, template: string): Buffer {
  const lengthAt = model.indexOf(TEMPLATE_KEY) + TEMPLATE_KEY.length + 4;
  const length = Number(model.readBigUInt64LE(lengthAt));
  if (template.length > length) throw new Error(`a template of ${String(length)} bytes at most`);
  const copy = Buffer.from(model);
  copy.write(template.padEnd(length), lengthAt + 8, 'latin1');
  return copy;
}
