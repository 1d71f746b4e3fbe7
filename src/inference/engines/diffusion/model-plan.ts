import { InitError } from '../engine.js';
import { readConfig, readOptionalConfig, ConfigFile } from './config-file.js';
import { DEFAULTS_FILE, generationDefaults, type GenerationDefaults } from './generation-defaults.js';
import { findParts, type ModelFiles } from './model-files.js';
import { schedulerConfig, type SchedulerConfig } from './schedulers/scheduler-config.js';
import { PromptTokenizer } from './text/prompt-tokenizer.js';

/** What is known of a model before any of its graphs is loaded. */
export interface ModelPlan {
  readonly folder: string;
  readonly files: ModelFiles;
  readonly scheduler: SchedulerConfig;
  readonly defaults: GenerationDefaults;
  readonly tokenizers: readonly PromptTokenizer[];
  /** Empty where the export has none: then the graphs say what they can. */
  readonly unet: ConfigFile;
  readonly vae: VaeFacts;
  /** Pixels of one side that the model was trained on. */
  readonly ownSize: number;
  /** Whether SDXL wants zeros instead of an empty negative prompt's states. */
  readonly zerosForEmpty: boolean;
}

export interface VaeFacts {
  /** Pixels of one side that a latent cell stands for. */
  readonly factor: number;
  /** What a latent is multiplied with to have about unit variance, and what is taken off before. */
  readonly scaling: number;
  readonly shift: number;
  /** Channels of its layers, from the pixels inwards. */
  readonly widths: readonly number[];
}

/** Stable Diffusion's autoencoder: Rombach et al. 2022; the scaling of SDXL's is another. */
const SD_WIDTHS = [128, 256, 512, 512];
const SD_SCALING = 0.18215;
const SDXL_SCALING = 0.13025;
const SD_SAMPLE_SIZE = 64;
const SDXL_SAMPLE_SIZE = 128;

/** Finds the parts of a model and reads its settings. Throws {@link InitError}. */
export async function planModel(folder: string, listed: readonly string[] | undefined): Promise<ModelPlan> {
  const index = await readOptionalConfig(folder, 'model_index.json');
  const files = await findParts(folder, index, listed);
  const scheduler = schedulerConfig(await readConfig(folder, 'scheduler/scheduler_config.json'));
  const unet = (await readOptionalConfig(folder, 'unet/config.json')) ?? new ConfigFile('unet/config.json', {});
  const isXl = files.text_encoder_2 !== null;
  const vae = await vaeFacts(folder, isXl);
  const guidanceIsInput = (unet.number('time_cond_proj_dim') ?? 0) > 0;
  const defaults = generationDefaults(scheduler, guidanceIsInput, await readOptionalConfig(folder, DEFAULTS_FILE));
  const tokenizers = [await PromptTokenizer.read(folder, 'tokenizer')];
  if (isXl) tokenizers.push(await PromptTokenizer.read(folder, 'tokenizer_2'));
  const sampleSize = unet.number('sample_size') ?? (isXl ? SDXL_SAMPLE_SIZE : SD_SAMPLE_SIZE);
  const zerosForEmpty = isXl && index?.flag('force_zeros_for_empty_prompt') !== false;
  return { folder, files, scheduler, defaults, tokenizers, unet, vae, ownSize: sampleSize * vae.factor, zerosForEmpty };
}

async function vaeFacts(folder: string, isXl: boolean): Promise<VaeFacts> {
  const file = 'vae_decoder/config.json';
  const config = (await readOptionalConfig(folder, file)) ?? new ConfigFile(file, {});
  const widths = config.numbers('block_out_channels') ?? SD_WIDTHS;
  const scaling = config.number('scaling_factor') ?? (isXl ? SDXL_SCALING : SD_SCALING);
  if (scaling <= 0) throw new InitError('invalid-file', `${file} has a scaling_factor that is not above 0`);
  return { factor: 2 ** (widths.length - 1), scaling, shift: config.number('shift_factor') ?? 0, widths };
}
