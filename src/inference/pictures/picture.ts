/** Pixels of an upright picture. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** sRGB, 3 bytes a pixel, row by row from the top left. */
  readonly pixels: Uint8Array;
}
