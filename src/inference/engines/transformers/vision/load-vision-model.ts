import { AutoModelForImageTextToText } from '@huggingface/transformers';
import { InitError } from '../../engine.js';
import { jsonOf, numberOf, type Json } from '../../onnx/json.js';
import type { LoadOptions } from '../load-options.js';
import type { ModelPlan } from '../model-plan.js';
import { RunControl } from '../../onnx/run-control.js';
import { samplingDefaults } from '../sampling/sampling-defaults.js';
import { TokenChooser } from '../sampling/token-chooser.js';
import { ChatTemplate } from './chat-template.js';
import { textInputs } from './model-inputs.js';
import { readTemplate } from './template-source.js';
import { TokenSource } from './token-source.js';
import { VisionModel } from './vision-model.js';
import { VisionProcessor } from './vision-processor.js';

/** @param onStep See {@link TokenSource}. Throws {@link InitError} and what transformers.js throws. */
export async function loadVisionModel(plan: ModelPlan, options: LoadOptions, onStep: () => void): Promise<VisionModel> {
  const { folder, config, context } = plan;
  const processor = await VisionProcessor.load(plan, options);
  const template = new ChatTemplate(readTemplate(folder), processor.placeholder, processor.tokenizer.specialTexts);
  const generation = folder.optionalJson('generation_config.json');
  const model = await AutoModelForImageTextToText.from_pretrained(folder.path, options);
  const sampling = samplingDefaults(generation);
  const imageToken = numberOf(config.image_token_id) ?? numberOf(config.image_token_index);
  const parts = { processor, template, context, sampling, imageToken, endTokens: endTokens(generation, config) };
  const source = new TokenSource(model, onStep);
  await tryOut(source, processor);
  return new VisionModel({ ...parts, source });
}

/** Tokens that end an answer: those of generation_config.json, else of config.json. */
function endTokens(generation: Json, config: Json): ReadonlySet<number> {
  for (const { eos_token_id: ids } of [generation, jsonOf(config.text_config), config]) {
    const known = (Array.isArray(ids) ? ids : [ids]).map(numberOf).filter((id) => id !== undefined);
    if (known.length > 0) return new Set(known);
  }
  return new Set();
}

/** One token of a short prompt: shows graphs that do not fit together while the model is loaded, not at each request. */
async function tryOut(source: TokenSource, processor: VisionProcessor): Promise<void> {
  const sampling = {
    temperature: 0,
    topP: 1,
    topK: 0,
    minP: 0,
    repeatPenalty: 1,
    presencePenalty: 0,
    frequencyPenalty: 0,
  };
  const options = {
    maxTokens: 1,
    endTokens: new Set<number>(),
    chooser: new TokenChooser(sampling, () => 0),
    control: new RunControl(),
  };
  try {
    const tokens = processor.tokenizer.encode('a');
    await source.generate(textInputs(tokens), options, { put: () => undefined, end: () => undefined });
  } catch (error) {
    console.error(error);
    throw new InitError('invalid-file', 'its ONNX graphs fit neither each other nor its config.json');
  }
}
