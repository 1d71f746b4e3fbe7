import { MAX_PICTURE_BYTES } from '../../../egress/picture-links.js';
import { ParleyError } from '../../../inference/errors.js';
import type { ImageRequest } from '../../../jobs/kinds/image-jobs.js';
import type { FormLimits } from '../../../http/body/multipart.js';
import type { OpenAiImageRequest } from './openai-images.schema.js';

/** Sizes are counted in cells of this many pixels a side. */
const CELL = 8;
const LEAST_SIDE = 64;

export const EDIT_FILES: FormLimits = {
  fileFields: ['image', 'image[]', 'mask'],
  maxFileBytes: MAX_PICTURE_BYTES,
  maxFiles: 2,
};

/** Throws `invalid_request` for what would change the picture and cannot be honoured. */
export function toImageRequest(body: OpenAiImageRequest): ImageRequest {
  refuseUnsupported(body);
  return {
    model: body.model ?? undefined,
    prompt: body.prompt,
    negativePrompt: body.negative_prompt ?? undefined,
    size: sizeOf(body.size ?? 'auto'),
    steps: body.steps ?? undefined,
    guidanceScale: body.guidance_scale ?? undefined,
    seed: body.seed ?? undefined,
    count: body.n ?? undefined,
    encoding: { type: body.output_format ?? 'png', quality: body.output_compression ?? null },
    previewEvery: body.preview_every ?? undefined,
    dialect: 'openai',
  };
}

function sizeOf(size: string): ImageRequest['size'] {
  if (size === 'auto') return undefined;
  const [width = 0, height = 0] = size.split('x').map(Number);
  if ([width, height].every((side) => side >= LEAST_SIDE && side % CELL === 0)) return { width, height };
  throw refusal('size', `takes multiples of ${String(CELL)} from ${String(LEAST_SIDE)}, not ${size}`);
}

function refuseUnsupported({ quality, style, background, stream, ...body }: OpenAiImageRequest): void {
  if (quality && !['auto', 'standard'].includes(quality)) throw refusal('quality', 'takes "auto" or "standard"');
  if (style) throw refusal('style', 'is not supported: say it in the prompt');
  if (background && !['auto', 'opaque'].includes(background)) throw refusal('background', 'takes "auto" or "opaque"');
  // Forms have words alone.
  if (String(stream ?? false) !== 'false') {
    throw refusal('stream', 'is not supported: follow /jobs/{id}/events of Prefer: respond-async');
  }
  if (typeof body.output_compression === 'number' && (body.output_format ?? 'png') === 'png') {
    throw refusal('output_compression', 'is for jpeg and webp');
  }
}

function refusal(param: string, why: string): ParleyError {
  return new ParleyError('invalid_request', `"${param}" ${why}.`, { param });
}
