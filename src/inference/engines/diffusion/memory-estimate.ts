import { sizeLimits } from './canvas.js';
import { PARTS, type PartFiles } from './model-files.js';
import type { ModelPlan } from './model-plan.js';
import { VAE_BYTES, vaeBytesPerPixel } from './vae/vae-memory.js';

const MIB = 1024 ** 2;
/** Node with onnxruntime, sharp and the tokenizer, before any model: measured. */
const RUNTIME_BYTES = 90 * MIB;
/** Memory for each byte of weights on disk; half precision is widened as it is loaded, since CPUs calculate in single. */
const WEIGHT_FACTOR = 1.3;
const HALF_WEIGHT_FACTOR = 2.4;
const BYTES_PER_NUMBER = 4;
/** Attention's weights before and after the softmax. */
const ATTENTION_COPIES = 2;
/** Feature maps of the UNet's widest level that are alive at once, those kept for its way up included. */
const UNET_MAPS = 16;
const SD_WIDTH = 320;

/** Bytes that a model takes with the largest picture that it draws. */
export function estimateMemory(plan: ModelPlan): number {
  const weights = PARTS.map((part) => plan.files[part]).reduce((sum, files) => sum + weightBytes(files), 0);
  const { drawnPixels } = sizeLimits(plan.vae.factor, 1, plan.ownSize, plan.defaults.maxSize);
  const decoding = Math.min(VAE_BYTES, vaeBytesPerPixel(plan.vae) * drawnPixels);
  // One after the other, never both.
  return Math.round(RUNTIME_BYTES + weights + Math.max(decoding, unetBytes(plan, drawnPixels / plan.vae.factor ** 2)));
}

function weightBytes(files: PartFiles | null): number {
  if (files === null) return 0;
  return files.bytes * (/fp16/i.test(files.graph) ? HALF_WEIGHT_FACTOR : WEIGHT_FACTOR);
}

/** @param cells Of the largest latent, which is run for one prompt at a time: see {@link Denoiser}. */
function unetBytes({ unet }: ModelPlan, cells: number): number {
  const [width = SD_WIDTH] = unet.numbers('block_out_channels') ?? [];
  const maps = UNET_MAPS * width * cells * BYTES_PER_NUMBER;
  const blocks = unet.list('down_block_types');
  const level = blocks.findIndex((block) => typeof block === 'string' && block.includes('CrossAttn'));
  if (level < 0) return maps;
  // In diffusers' configurations `attention_head_dim` is, by a mistake that was kept, the number of heads.
  const heads = unet.numbers('attention_head_dim')?.[level] ?? unet.number('attention_head_dim') ?? 8;
  return maps + ATTENTION_COPIES * heads * (cells / 4 ** level) ** 2 * BYTES_PER_NUMBER;
}
