import type { ModelEntry } from '../../inference/catalogue/model-entry.js';
import type { OpenAiModel } from './openai-models.schema.js';

export function toModel(entry: ModelEntry, base: string): OpenAiModel {
  return {
    id: entry.id,
    object: 'model',
    created: entry.created,
    owned_by: entry.hub?.repo.split('/')[0] ?? 'parley',
    model: entry.id,
    url: `${base}/v1/chat/completions`,
  };
}
