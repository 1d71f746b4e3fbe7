import type { Sampling } from '../../../task-basics.js';
import { numberOf, type Json } from '../../onnx/json.js';

/** What Python's transformers samples with where a model's generation_config.json is silent. */
const LIBRARY = { temperature: 1, topP: 1, topK: 50, minP: 0, repeatPenalty: 1 };

/** How a model's own generation_config.json wants it to be sampled; greedily unless it says `do_sample`. */
export function samplingDefaults(generationConfig: Json): Sampling {
  const samples = generationConfig.do_sample === true;
  return {
    temperature: samples ? (numberOf(generationConfig.temperature) ?? LIBRARY.temperature) : 0,
    topP: numberOf(generationConfig.top_p) ?? LIBRARY.topP,
    topK: numberOf(generationConfig.top_k) ?? LIBRARY.topK,
    minP: numberOf(generationConfig.min_p) ?? LIBRARY.minP,
    repeatPenalty: numberOf(generationConfig.repetition_penalty) ?? LIBRARY.repeatPenalty,
    presencePenalty: 0,
    frequencyPenalty: 0,
  };
}
