import type { VaeFacts } from '../model-plan.js';
import type { Size } from '../planes.js';
import type { Tiling } from './tiling.js';

/** Most memory that an autoencoder may take while it works; what would take more is worked on in tiles. */
export const VAE_BYTES = 1.25 * 1024 ** 3;
/**
 * Feature maps at the picture's own resolution that are alive at once: measured in the last level of Stable Diffusion's
 * decoder, 3.0 of 256 channels at 128 to 384 pixels.
 */
const LIVE_MAPS = 3;
const BYTES_PER_NUMBER = 4;
/** Least side of a tile in cells: below it, edges would be most of it. */
const LEAST_TILE = 32;
/** diffusers' share of a tile that its neighbour has, too. */
const OVERLAP = 0.25;

/** Bytes that decoding or encoding takes for each pixel. The widest layer at full resolution is the second's, upsampled. */
export function vaeBytesPerPixel({ widths }: VaeFacts): number {
  return LIVE_MAPS * BYTES_PER_NUMBER * Math.max(widths[0] ?? 0, widths[1] ?? 0);
}

/** The tile and overlap for a latent of some size, in cells: all of it if that is within {@link VAE_BYTES}. */
export function tilingFor(size: Size, facts: VaeFacts): Pick<Tiling, 'size' | 'tile' | 'overlap'> {
  const cells = VAE_BYTES / vaeBytesPerPixel(facts) / facts.factor ** 2;
  const isSmall = size.width * size.height <= cells;
  const tile = isSmall ? Math.max(size.width, size.height) : Math.max(LEAST_TILE, Math.floor(Math.sqrt(cells)));
  return { size, tile, overlap: Math.floor(tile * OVERLAP) };
}
