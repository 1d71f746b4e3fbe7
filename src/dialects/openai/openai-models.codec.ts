import { answersInText, draws, readsPictures, speaks, type ModelEntry } from '../../inference/catalogue/model-entry.js';
import type { OpenAiModel } from './openai-models.schema.js';

/** Whether any route serves the model. */
export function isServed(entry: ModelEntry): boolean {
  return answersInText(entry) || readsPictures(entry) || draws(entry) || speaks(entry);
}

/** `base` is the URL of this dialect as the client reached it; only chatvlm has a route for what reads and cannot answer. */
export function toModel(entry: ModelEntry, base: string): OpenAiModel {
  return {
    id: entry.id,
    object: 'model',
    created: entry.created,
    owned_by: entry.hub?.repo.split('/')[0] ?? 'parley',
    model: entry.id,
    url: urlOf(entry, base),
  };
}

/** The route that serves a model. */
function urlOf(entry: ModelEntry, base: string): string {
  if (answersInText(entry)) return `${base}/v1/chat/completions`;
  if (draws(entry)) return `${base}/v1/images/generations`;
  if (speaks(entry)) return `${base}/v1/audio/speech`;
  return `${new URL(base).origin}/ocr`;
}
