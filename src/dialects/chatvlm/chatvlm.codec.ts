import { ParleyError } from '../../inference/errors.js';
import { formatOf } from '../../inference/pictures/picture-format.js';
import type { ModelEntry } from '../../inference/catalogue/model-entry.js';
import type { PageRead } from '../../inference/tasks.js';
import type { BatchOcrResult } from '../../jobs/kinds/kinds.js';
import type { Reading } from '../../domains/ocr/ocr.service.js';
import type { FormLimits } from '../../http/body/multipart.js';
import type { ChatvlmOcrForm } from './chatvlm-forms.schema.js';
import type {
  ChatvlmBatchItem,
  ChatvlmBatchResponse,
  ChatvlmModel,
  ChatvlmOcrResponse,
  ChatvlmPage,
} from './chatvlm.schema.js';

export const DEFAULT_PROMPT = 'Describe this image';

export const MAX_BATCH_FILES = 10;
const MAX_FILE_BYTES = 10 * 1024 ** 2;
export const TOO_LARGE = 'The file is larger than 10 MB.';
export const NO_PICTURE = 'The file is neither JPEG, PNG, BMP nor TIFF.';

export const SEVERAL_FILES: FormLimits = {
  fileFields: ['files'],
  maxFileBytes: MAX_FILE_BYTES,
  maxFiles: MAX_BATCH_FILES,
};

export const ONE_FILE: FormLimits = { fileFields: ['file'], maxFileBytes: MAX_FILE_BYTES, maxFiles: 1 };

/** Whether a file begins as a picture of this dialect does, whatever it is called. */
export function isPicture(beginning: Uint8Array): boolean {
  const format = formatOf(beginning);
  return format !== null && format !== 'webp';
}

/** Throws `unsupported_media` for what is no picture of this dialect. */
export function pictureOf(file: Uint8Array): Uint8Array {
  if (isPicture(file)) return file;
  throw new ParleyError('unsupported_media', NO_PICTURE, { param: 'file' });
}

export function toOcrResponse(reading: Reading, form: ChatvlmOcrForm, seconds: number): ChatvlmOcrResponse {
  const { text, model, width, height, pages } = reading;
  return {
    text,
    model,
    processing_time: rounded(seconds, 3),
    image_size: [width, height],
    language: form.language ?? null,
    ...(form.details === 'true' && { pages: pages?.map((page) => toPage(page)) ?? null }),
  };
}

export function toBatchResponse({ results }: BatchOcrResult): ChatvlmBatchResponse {
  const items = results.map((outcome): ChatvlmBatchItem => {
    const { name: filename } = outcome;
    if ('error' in outcome) return { filename, error: outcome.error, status: 'error' };
    return { filename, text: outcome.text, processing_time: rounded(outcome.seconds, 3), status: 'success' };
  });
  const successful = items.filter(({ status }) => status === 'success').length;
  return { results: items, total: items.length, successful, failed: items.length - successful };
}

export function toModel({ id, title, params }: ModelEntry): ChatvlmModel {
  return { id, name: title, params };
}

export function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

function toPage({ width, height, lines }: PageRead): ChatvlmPage {
  return {
    image_size: [width, height],
    lines: lines.map(({ text, confidence, box }) => ({
      text,
      confidence: rounded(confidence, 4),
      box: box.map(([x, y]) => [Math.round(x), Math.round(y)]),
    })),
  };
}
