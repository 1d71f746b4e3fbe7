export type PictureFormat = 'jpeg' | 'png' | 'webp' | 'bmp' | 'tiff';

/** As refusals list them: "neither …". */
export const FORMATS_READ = 'JPEG, PNG, BMP, TIFF nor WebP';

/** Bytes that {@link formatOf} needs of a file's beginning. */
export const SIGNATURE_BYTES = 12;

const SIGNATURES: readonly (readonly [PictureFormat, readonly (number | null)[]])[] = [
  ['jpeg', [0xff, 0xd8, 0xff]],
  ['png', [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
  ['webp', [0x52, 0x49, 0x46, 0x46, null, null, null, null, 0x57, 0x45, 0x42, 0x50]],
  // "BM", a size, four reserved bytes that are zero: two letters alone would take any text that begins so.
  ['bmp', [0x42, 0x4d, null, null, null, null, 0, 0, 0, 0]],
  ['tiff', [0x49, 0x49, 0x2a, 0x00]],
  ['tiff', [0x4d, 0x4d, 0x00, 0x2a]],
  // BigTIFF
  ['tiff', [0x49, 0x49, 0x2b, 0x00]],
  ['tiff', [0x4d, 0x4d, 0x00, 0x2b]],
];

/** What a file is by its first bytes; its name is never asked. Null: no picture that can be read. */
export function formatOf(bytes: Uint8Array): PictureFormat | null {
  for (const [format, signature] of SIGNATURES) {
    if (signature.every((byte, at) => byte === null || bytes[at] === byte)) return format;
  }
  return null;
}
