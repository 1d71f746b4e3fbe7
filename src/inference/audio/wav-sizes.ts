const RIFF_SIZE_AT = 4;
const DATA_SIZE_AT = 40;
const HEADER_BYTES = 44;
const MOST = 0xffffffff;

/** Bytes to be put over a file's own at a place. */
export interface Patch {
  readonly at: number;
  readonly bytes: Uint8Array;
}

/** The sizes in the header of a WAV of so many bytes, for a file of the streaming encoder that is whole now. */
export function wavSizes(fileBytes: number): Patch[] {
  return [
    { at: RIFF_SIZE_AT, bytes: uint32(fileBytes - 8) },
    { at: DATA_SIZE_AT, bytes: uint32(fileBytes - HEADER_BYTES) },
  ];
}

/** A file too large for the format keeps the size that says "to the end". */
function uint32(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(Math.min(value, MOST));
  return bytes;
}
