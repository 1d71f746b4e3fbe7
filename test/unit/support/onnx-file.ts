const MODEL_IR_VERSION = 1;
const MODEL_GRAPH = 7;
const MODEL_METADATA = 14;

/** A file laid out as an ONNX model, with a graph of no sense and this metadata. */
export function onnxFile(metadata: Readonly<Record<string, string>> = {}): Uint8Array {
  const entries = Object.entries(metadata).map(([key, value]) =>
    bytesField(MODEL_METADATA, Buffer.concat([bytesField(1, Buffer.from(key)), bytesField(2, Buffer.from(value))])),
  );
  return Buffer.concat([
    Buffer.from([MODEL_IR_VERSION << 3, 8]),
    bytesField(MODEL_GRAPH, Buffer.alloc(5000, 0x72)),
    ...entries,
  ]);
}

function bytesField(number: number, content: Uint8Array): Buffer {
  return Buffer.concat([varint(number * 8 + 2), varint(content.length), content]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (; value > 127; value = Math.floor(value / 128)) bytes.push((value % 128) | 128);
  return Buffer.from([...bytes, value]);
}
