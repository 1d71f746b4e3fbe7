import { open, type FileHandle } from 'node:fs/promises';

/** Field of `ModelProto` that holds a `StringStringEntryProto` of the model's metadata. */
const METADATA_FIELD = 14;
const KEY_FIELD = 1;
const VALUE_FIELD = 2;
/** A field's number and length take two varints of at most ten bytes. */
const HEAD_BYTES = 20;

/**
 * The metadata of an ONNX file, which onnxruntime-node does not give. Only the heads of the top-level fields are read:
 * the graph, nearly all of the file, is stepped over. Empty for a file that is no ONNX model.
 */
export async function readOnnxMetadata(path: string): Promise<ReadonlyMap<string, string>> {
  const metadata = new Map<string, string>();
  const file = await open(path);
  try {
    const { size } = await file.stat();
    let position = 0;
    while (position < size) {
      const field = readField(await readAt(file, position, Math.min(HEAD_BYTES, size - position)), 0);
      if (field === null) break;
      if (field.number === METADATA_FIELD && position + field.end <= size) {
        const [key, value] = readEntry(await readAt(file, position + field.start, field.end - field.start));
        metadata.set(key, value);
      }
      position += field.end;
    }
  } finally {
    await file.close();
  }
  return metadata;
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}

function readEntry(bytes: Buffer): [key: string, value: string] {
  let [key, value] = ['', ''];
  for (let at = 0; at < bytes.length;) {
    const field = readField(bytes, at);
    if (field === null) break;
    const text = bytes.toString('utf8', field.start, field.end);
    if (field.number === KEY_FIELD) key = text;
    else if (field.number === VALUE_FIELD) value = text;
    at = field.end;
  }
  return [key, value];
}

/** A protobuf field; its content lies from `start` to `end`, which may be past the bytes at hand. */
interface Field {
  readonly number: number;
  readonly start: number;
  readonly end: number;
}

/** Null for what protobuf does not have: the file is something else. */
function readField(bytes: Buffer, at: number): Field | null {
  const tag = readVarint(bytes, at);
  if (tag === null || tag.value < 8) return null;
  const number = Math.floor(tag.value / 8);
  const follows = readVarint(bytes, tag.end);
  switch (tag.value % 8) {
    case 0:
      return follows === null ? null : { number, start: tag.end, end: follows.end };
    case 1:
      return { number, start: tag.end, end: tag.end + 8 };
    case 2:
      return follows === null ? null : { number, start: follows.end, end: follows.end + follows.value };
    case 5:
      return { number, start: tag.end, end: tag.end + 4 };
    default:
      return null;
  }
}

function readVarint(bytes: Buffer, at: number): { value: number; end: number } | null {
  let value = 0;
  for (let index = 0; index < 10; index++) {
    const byte = bytes[at + index];
    if (byte === undefined) return null;
    value += (byte & 127) * 2 ** (7 * index);
    if (byte < 128) return { value, end: at + index + 1 };
  }
  return null;
}
