import type { Checkpoint } from '../checkpoint.js';
import type { Planes, Size } from '../planes.js';
import type { VaeDecoder } from '../vae/vae-decoder.js';
import { toPixels } from './pixels.js';
import { pngOf } from './png-file.js';

/** Pixels of a preview's longer side, at most. */
const LONGEST = 256;

/** A small PNG of what a latent looks like. A large one is shrunk before it is decoded, which costs little and shows enough. */
export async function previewOf(
  latent: Planes,
  decoder: VaeDecoder,
  factor: number,
  checkpoint: Checkpoint,
): Promise<Uint8Array> {
  const scale = Math.min(1, LONGEST / factor / Math.max(latent.width, latent.height));
  const side = (length: number): number => Math.max(1, Math.floor(length * scale));
  const small = averaged(latent, { width: side(latent.width), height: side(latent.height) });
  return pngOf(toPixels(await decoder.decode(small, checkpoint)));
}

/** Means of the cells that fall together. */
export function averaged(planes: Planes, { width, height }: Size): Planes {
  if (width === planes.width && height === planes.height) return planes;
  const data = new Float32Array(planes.channels * width * height);
  const edge = (index: number, from: number, to: number): number => Math.floor((index * from) / to);
  for (let channel = 0, to = 0; channel < planes.channels; channel++) {
    for (let y = 0; y < height; y++) {
      const rows = { from: edge(y, planes.height, height), to: edge(y + 1, planes.height, height) };
      for (let x = 0; x < width; x++, to++) {
        const columns = { from: edge(x, planes.width, width), to: edge(x + 1, planes.width, width) };
        data[to] = mean(planes, channel, rows, columns);
      }
    }
  }
  return { data, channels: planes.channels, width, height };
}

interface Range {
  readonly from: number;
  readonly to: number;
}

function mean({ data, width, height }: Planes, channel: number, rows: Range, columns: Range): number {
  let sum = 0;
  for (let y = rows.from; y < rows.to; y++) {
    for (let x = columns.from; x < columns.to; x++) sum += data[(channel * height + y) * width + x] ?? 0;
  }
  return sum / ((rows.to - rows.from) * (columns.to - columns.from));
}
