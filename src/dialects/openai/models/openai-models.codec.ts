import {
  answersInText,
  draws,
  embeds,
  ranks,
  readsPictures,
  speaks,
  type Capability,
  type ModelEntry,
} from '../../../inference/catalogue/model-entry.js';
import type { ResidentInfo } from '../../../inference/residency/resident.js';
import { MODEL_CAPABILITIES, type ModelCapability, type ModelState, type OpenAiModel } from './openai-models.schema.js';

/** What each task is good for: a vision model also reads text off pictures, and vectors can be compared. */
const WORDS: Readonly<Record<Capability, readonly ModelCapability[]>> = {
  'text-generation': ['completion', 'chat'],
  'image-text-to-text': ['completion', 'chat', 'vision', 'ocr'],
  'image-to-text': ['ocr'],
  'text-to-image': ['images'],
  'image-to-image': ['image-edits'],
  'text-to-speech': ['speech'],
  'feature-extraction': ['embeddings', 'rerank'],
  'text-ranking': ['rerank'],
};

/** Whether any route serves the model. */
export function isServed(entry: ModelEntry): boolean {
  return [answersInText, readsPictures, draws, speaks, embeds, ranks].some((does) => does(entry));
}

/**
 * `base` is the URL of this dialect as the client reached it; only chatvlm has a route for what reads and cannot answer.
 * `resident`: what is known of the model in memory, if it is there.
 */
export function toModel(entry: ModelEntry, base: string, resident: ResidentInfo | undefined): OpenAiModel {
  const contextLength = contextOf(entry, resident);
  return {
    id: entry.id,
    object: 'model',
    created: entry.created,
    owned_by: entry.hub?.repo.split('/')[0] ?? 'parley',
    model: entry.id,
    url: urlOf(entry, base),
    capabilities: capabilitiesOf(entry),
    context_length: contextLength,
    max_model_len: contextLength,
    state: stateOf(resident),
  };
}

function capabilitiesOf({ tasks }: ModelEntry): ModelCapability[] {
  const words = new Set(tasks.flatMap((task) => WORDS[task]));
  return MODEL_CAPABILITIES.filter((word) => words.has(word));
}

/** What a model was loaded with is what it takes; the catalogue's is what it would be loaded with. */
function contextOf(entry: ModelEntry, resident: ResidentInfo | undefined): number | null {
  if (resident?.facts != null) return resident.facts.context?.size ?? null;
  return entry.contextSize;
}

function stateOf(resident: ResidentInfo | undefined): ModelState {
  if (resident?.state === 'ready') return 'loaded';
  return resident?.state === 'loading' ? 'loading' : 'unloaded';
}

/** The route that serves a model. */
function urlOf(entry: ModelEntry, base: string): string {
  if (answersInText(entry)) return `${base}/v1/chat/completions`;
  if (draws(entry)) return `${base}/v1/images/generations`;
  if (speaks(entry)) return `${base}/v1/audio/speech`;
  if (embeds(entry)) return `${base}/v1/embeddings`;
  if (ranks(entry)) return `${base}/v1/rerank`;
  return `${new URL(base).origin}/ocr`;
}
