import type { Picture } from '../../pictures/picture.js';

/** How bytes become the numbers a model was trained with: `(value / 255 - mean) / std` for each of its channels. */
export interface Normalisation {
  readonly mean: readonly number[];
  readonly std: readonly number[];
  /** The order of the model's channels. PaddleOCR's models see blue first. */
  readonly channels: 'BGR' | 'RGB';
}

/** Part of a batch: where one picture goes, and how wide the rows of the batch are. */
export interface Place {
  readonly offset: number;
  readonly rowWidth: number;
}

/** Writes a picture as three planes; what is right of it in the rows stays as it is. */
export function writePlanes(picture: Picture, normalisation: Normalisation, target: Float32Array, place: Place): void {
  const { width, height, pixels } = picture;
  for (let plane = 0; plane < 3; plane++) {
    const channel = normalisation.channels === 'BGR' ? 2 - plane : plane;
    const table = tableOf(normalisation.mean[plane] ?? 0, normalisation.std[plane] ?? 1);
    for (let y = 0; y < height; y++) {
      let to = place.offset + (plane * height + y) * place.rowWidth;
      let from = y * width * 3 + channel;
      for (let x = 0; x < width; x++, to++, from += 3) target[to] = table[pixels[from] ?? 0] ?? 0;
    }
  }
}

function tableOf(mean: number, std: number): Float32Array {
  return Float32Array.from({ length: 256 }, (_, value) => (value / 255 - mean) / std);
}
