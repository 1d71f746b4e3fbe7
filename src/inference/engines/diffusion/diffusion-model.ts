import { OnnxGraph } from '../onnx/onnx-graph.js';
import { readOptionalConfig } from './config-file.js';
import { sizeLimits, type SizeLimits } from './canvas.js';
import { InitError } from '../engine.js';
import type { PartFiles } from './model-files.js';
import type { ModelPlan } from './model-plan.js';
import { PromptEncoder, type TextModel } from './text/prompt-encoder.js';
import { TextEncoder } from './text/text-encoder.js';
import { Unet } from './unet.js';
import { VaeDecoder } from './vae/vae-decoder.js';
import { VaeEncoder } from './vae/vae-encoder.js';

/** A model that is loaded. */
export interface DiffusionModel {
  readonly plan: ModelPlan;
  readonly prompts: PromptEncoder;
  readonly unet: Unet;
  readonly decoder: VaeDecoder;
  /** Null: it draws from words alone. */
  readonly encoder: VaeEncoder | null;
  readonly limits: SizeLimits;
}

/** Loads a model's graphs and runs each once, to see that they fit together. `onProgress` gets 0..1. Throws {@link InitError}. */
export async function loadModel(
  plan: ModelPlan,
  threads: number,
  onProgress: (fraction: number) => void,
): Promise<DiffusionModel> {
  const { folder, files, vae } = plan;
  const all = Object.values(files).reduce((sum, part) => sum + (part?.bytes ?? 0), 0);
  let loaded = 0;
  const open = async (part: PartFiles): Promise<OnnxGraph> => {
    const graph = await OnnxGraph.open(folder, part.graph, threads);
    loaded += part.bytes;
    onProgress(loaded / all);
    return graph;
  };
  const prompts = new PromptEncoder(await loadTextModels(plan, open), plan.zerosForEmpty);
  const configured = (await readOptionalConfig(folder, 'vae_decoder/config.json'))?.number('latent_channels') ?? null;
  const decoder = await VaeDecoder.create(await open(files.vae_decoder), vae, configured);
  const encoder =
    files.vae_encoder === null ? null : await VaeEncoder.create(await open(files.vae_encoder), vae, decoder.channels);
  const unet = await Unet.create(await open(files.unet), plan.unet.number('in_channels'), {
    textWidth: prompts.width,
    pooledWidth: prompts.pooledWidth,
    latentChannels: decoder.channels,
  });
  if (unet.isForInpainting && encoder === null) {
    throw new InitError('invalid-file', 'vae_encoder/model.onnx is missing from its folder, and inpainting needs it');
  }
  const granularity = unet.granularity * vae.factor;
  const limits = sizeLimits(vae.factor, granularity, plan.ownSize, plan.defaults.maxSize);
  return { plan, prompts, unet, decoder, encoder, limits };
}

async function loadTextModels(
  { files, tokenizers }: ModelPlan,
  open: (part: PartFiles) => Promise<OnnxGraph>,
): Promise<TextModel[]> {
  const isXl = files.text_encoder_2 !== null;
  const models: TextModel[] = [];
  for (const [index, part] of [files.text_encoder, files.text_encoder_2].entries()) {
    const tokenizer = tokenizers[index];
    if (part === null || tokenizer === undefined) continue;
    const kind = { layer: isXl ? ('penultimate' as const) : ('last' as const), pooled: index === 1 };
    models.push({ tokenizer, encoder: await TextEncoder.create(await open(part), tokenizer.input([], false), kind) });
  }
  return models;
}
