import { ParleyError } from '../../errors.js';
import { openPicture } from '../../pictures/picture-file.js';
import type { Picture } from '../../pictures/picture.js';
import type { ImageToImageTask } from '../../drawing-tasks.js';
import type { Canvas } from './canvas.js';
import type { Checkpoint } from './checkpoint.js';
import type { DiffusionModel } from './diffusion-model.js';
import { cellsOf, readMask, type Mask } from './picture/mask.js';
import { extended, stretched, toPlanes } from './picture/pixels.js';
import { stacked, type Planes, type Size } from './planes.js';
import type { VaeEncoder } from './vae/vae-encoder.js';

/** The picture that another is drawn over. */
export interface Source {
  /** As large as the finished picture. */
  readonly picture: Picture;
  readonly latent: Planes;
  /** Absent: all of it is drawn anew. */
  readonly mask?: Mask;
  /** Which latent cells the mask leaves to be drawn; absent without a mask. */
  readonly cells?: Float32Array;
}

/** Decodes the source's file. Throws `invalid_request`. */
export async function openSource(task: ImageToImageTask): Promise<Picture> {
  const file = await openPicture(task.image);
  return file.page(0);
}

/** Throws `invalid_request` for a model that cannot see. */
export function encoderOf({ encoder }: DiffusionModel): VaeEncoder {
  if (encoder !== null) return encoder;
  const message = 'This model draws from words alone: it lacks the vae_encoder that pictures need.';
  throw new ParleyError('invalid_request', message, { param: 'model' });
}

/** Makes latents of a source and its mask. */
export async function encodeSource(
  model: DiffusionModel,
  picture: Picture,
  task: ImageToImageTask,
  canvas: Canvas,
  checkpoint: Checkpoint,
): Promise<Source> {
  const drawn = extended(await stretched(picture, canvas.drawn), canvas.padded);
  const latent = await encoderOf(model).encode(toPlanes(drawn), checkpoint);
  const whole = await stretched(picture, canvas.picture);
  if (task.mask === undefined) return { picture: whole, latent };
  const cells = cellsOf(await readMask(task.mask, canvas.drawn), model.limits.unit, latent);
  return { picture: whole, latent, mask: await readMask(task.mask, canvas.picture), cells };
}

/**
 * What an inpainting UNet sees beside the latent: where new is drawn, and the latent of the source with grey there
 * (Rombach et al. 2022, 4.5). Without a source everything is grey.
 */
export async function inpaintingInput(
  model: DiffusionModel,
  source: Source | null,
  canvas: Canvas,
  checkpoint: Checkpoint,
): Promise<Float32Array | null> {
  if (!model.unet.isForInpainting) return null;
  const { padded } = canvas;
  const { width, height } = cellSize(padded, model.limits.unit);
  const cells = source?.cells ?? new Float32Array(width * height).fill(1);
  const seen = source === null ? null : toPlanes(extended(await stretched(source.picture, canvas.drawn), padded));
  const data = new Float32Array(3 * padded.width * padded.height);
  const area = padded.width * padded.height;
  for (let i = 0; i < data.length; i++) {
    const [x, y] = [i % padded.width, Math.floor((i % area) / padded.width)];
    const isDrawn = cells[Math.floor(y / model.limits.unit) * width + Math.floor(x / model.limits.unit)] === 1;
    data[i] = isDrawn ? 0 : (seen?.data[i] ?? 0);
  }
  const masked = await encoderOf(model).encode({ data, channels: 3, ...padded }, checkpoint);
  return stacked([cells, masked.data]);
}

export function cellSize({ width, height }: Size, unit: number): Size {
  return { width: width / unit, height: height / unit };
}
