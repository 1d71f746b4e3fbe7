/** Just enough of protobuf's wire format to read a message whose fields are known. */
export type Message = ReadonlyMap<number, readonly Field[]>;

/** Of a varint or fixed64 its value, else the bytes. */
type Field = bigint | Buffer;

export function message(bytes: Buffer): Message {
  const fields = new Map<number, Field[]>();
  let at = 0;
  const readVarint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes.readUInt8(at++);
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  const take = (length: number): Buffer => bytes.subarray(at, (at += length));
  const readField = (wireType: number): Field => {
    if (wireType === 0) return readVarint();
    if (wireType === 1) return take(8).readBigUInt64LE();
    if (wireType === 2) return take(Number(readVarint()));
    if (wireType === 5) return BigInt(take(4).readUInt32LE());
    throw new Error(`wire type ${String(wireType)}`);
  };
  while (at < bytes.length) {
    const tag = Number(readVarint());
    const field = readField(tag & 7);
    fields.set(tag >> 3, [...(fields.get(tag >> 3) ?? []), field]);
  }
  return fields;
}

/** Each message of a repeated field. */
export function messages(owner: Message, field: number): Message[] {
  return (owner.get(field) ?? []).map((value) => message(value as Buffer));
}

/** A field's message; an empty one where it is absent. */
export function first(owner: Message, field: number): Message {
  return messages(owner, field)[0] ?? new Map<number, Field[]>();
}

export function text(owner: Message, field: number, encoding: BufferEncoding = 'utf8'): string {
  const [value] = owner.get(field) ?? [];
  return Buffer.isBuffer(value) ? value.toString(encoding) : '';
}

export function varint(owner: Message, field: number): number {
  return Number(fixed64(owner, field));
}

export function fixed64(owner: Message, field: number): bigint {
  const [value] = owner.get(field) ?? [];
  return typeof value === 'bigint' ? value : 0n;
}
