import { answersInText, readsPictures, type ModelEntry } from '../../inference/catalogue/model-entry.js';
import type { OpenAiModel } from './openai-models.schema.js';

/** Whether any route serves the model. */
export function isServed(entry: ModelEntry): boolean {
  return answersInText(entry) || readsPictures(entry);
}

/** `base` is the URL of this dialect as the client reached it; only chatvlm has a route for what reads and cannot answer. */
export function toModel(entry: ModelEntry, base: string): OpenAiModel {
  return {
    id: entry.id,
    object: 'model',
    created: entry.created,
    owned_by: entry.hub?.repo.split('/')[0] ?? 'parley',
    model: entry.id,
    url: answersInText(entry) ? `${base}/v1/chat/completions` : `${new URL(base).origin}/ocr`,
  };
}
