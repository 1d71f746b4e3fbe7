import { jsonOf, numberOf } from '../../onnx/json.js';

/** Most pixels that a family with pictures of any size is shown: 1,280 tokens of 28 × 28. */
const MOST_PIXELS = 1_003_520;
/** A picture takes at most this share of the context. */
const CONTEXT_SHARE = 0.5;

/** Settings of an image processor of transformers.js; each family has some of them. */
export interface PictureSettings {
  size?: unknown;
  max_image_size?: unknown;
  min_pixels?: unknown;
  max_pixels?: unknown;
  patch_size?: unknown;
  merge_size?: unknown;
}

/**
 * Bounds what one picture costs on a CPU.
 * - Qwen and its kin: the model's own limits, but at most {@link MOST_PIXELS} and half of the context.
 * - Idefics3, SmolVLM: a picture is not split into up to 17 tiles but seen as one square (see `do_image_splitting` in
 *   vision-processor.ts); it is made that square at once, where the library would first enlarge it to 2048 pixels.
 * - The others have pictures of one fixed size.
 */
export function boundPictures(settings: PictureSettings, contextSize: number): void {
  const tile = numberOf(jsonOf(settings.max_image_size).longest_edge);
  if (tile !== undefined && numberOf(jsonOf(settings.size).longest_edge) !== undefined) {
    settings.size = { height: tile, width: tile };
  }
  const patch = numberOf(settings.patch_size);
  const merge = numberOf(settings.merge_size);
  if (patch === undefined || merge === undefined) return;
  const token = (patch * merge) ** 2;
  const most = Math.max(token, Math.min(MOST_PIXELS, Math.floor(contextSize * CONTEXT_SHARE) * token));
  settings.max_pixels = Math.min(numberOf(settings.max_pixels) ?? most, most);
  settings.min_pixels = Math.min(numberOf(settings.min_pixels) ?? token, numberOf(settings.max_pixels) ?? most);
}
