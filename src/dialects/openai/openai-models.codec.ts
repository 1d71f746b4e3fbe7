import type { Capability, ModelEntry } from '../../inference/catalogue/model-entry.js';
import type { OpenAiModel } from './openai-models.schema.js';

const ANSWERS: readonly Capability[] = ['text-generation', 'image-text-to-text'];

function can(entry: ModelEntry, tasks: readonly Capability[]): boolean {
  return entry.tasks.some((task) => tasks.includes(task));
}

/** Whether any route serves the model. */
export function isServed(entry: ModelEntry): boolean {
  return can(entry, ANSWERS) || can(entry, ['image-to-text']);
}

/** `base` is the URL of this dialect as the client reached it; only chatvlm has a route for what reads and cannot answer. */
export function toModel(entry: ModelEntry, base: string): OpenAiModel {
  return {
    id: entry.id,
    object: 'model',
    created: entry.created,
    owned_by: entry.hub?.repo.split('/')[0] ?? 'parley',
    model: entry.id,
    url: can(entry, ANSWERS) ? `${base}/v1/chat/completions` : `${new URL(base).origin}/ocr`,
  };
}
