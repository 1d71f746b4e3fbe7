import { InitError } from '../engine.js';
import type { ConfigFile } from './config-file.js';
import type { SchedulerConfig } from './schedulers/scheduler-config.js';

/** What a picture is made with where a request leaves it open. */
export interface Recipe {
  readonly steps: number;
  readonly guidanceScale: number;
}

export interface GenerationDefaults {
  readonly fromText: Recipe;
  readonly fromImage: Recipe & { readonly strength: number };
  /** Pixels of the model's own size; null: as it was trained. */
  readonly width: number | null;
  readonly height: number | null;
  /** Longest side in pixels that it draws; null: not said. */
  readonly maxSize: number | null;
}

/** Optional, beside `model_index.json`; every field may be left out. docs: the interface {@link GenerationDefaults}. */
export const DEFAULTS_FILE = 'generation_config.json';

const STRENGTH = 0.75;

/**
 * By the model's kind, which its scheduler tells, and what {@link DEFAULTS_FILE} says instead:
 * `{num_inference_steps, guidance_scale, strength, image_to_image: {the same}, width, height, max_size}`.
 * @param guidanceIsInput Whether the UNet is told the guidance, so that it costs nothing.
 */
export function generationDefaults(
  scheduler: SchedulerConfig,
  guidanceIsInput: boolean,
  file: ConfigFile | null,
): GenerationDefaults {
  const known = defaultsOf(scheduler, guidanceIsInput);
  if (file === null) return { ...known, width: null, height: null, maxSize: null };
  const ofImage = file.object('image_to_image');
  const fromText = recipe(file, known.fromText);
  return {
    fromText,
    fromImage: {
      ...recipe(ofImage, hasRecipe(file) && !hasRecipe(ofImage) ? fromText : known.fromImage),
      strength: within(ofImage, 'strength', 0, 1) ?? within(file, 'strength', 0, 1) ?? known.fromImage.strength,
    },
    width: within(file, 'width', 64, 4096),
    height: within(file, 'height', 64, 4096),
    maxSize: within(file, 'max_size', 64, 4096),
  };
}

function defaultsOf(
  { kind, spacing }: SchedulerConfig,
  guidanceIsInput: boolean,
): Pick<GenerationDefaults, 'fromText' | 'fromImage'> {
  // Luo et al. 2023: four steps; 8 is the guidance that the published models were shown with.
  if (kind === 'lcm') return recipes({ steps: 4, guidanceScale: guidanceIsInput ? 8 : 1 }, STRENGTH);
  // SD-Turbo and SDXL-Turbo alone are published with Euler on trailing timesteps; a strength of a half of two steps is one.
  if ((kind === 'euler' || kind === 'euler-ancestral') && spacing === 'trailing') {
    const turbo = { steps: 1, guidanceScale: 1 };
    return { fromText: turbo, fromImage: { steps: 2, guidanceScale: 1, strength: 0.5 } };
  }
  return recipes({ steps: 25, guidanceScale: 7.5 }, STRENGTH);
}

function recipes(recipe: Recipe, strength: number): Pick<GenerationDefaults, 'fromText' | 'fromImage'> {
  return { fromText: recipe, fromImage: { ...recipe, strength } };
}

function recipe(file: ConfigFile, otherwise: Recipe): Recipe {
  return {
    steps: within(file, 'num_inference_steps', 1, 200) ?? otherwise.steps,
    guidanceScale: within(file, 'guidance_scale', 0, 50) ?? otherwise.guidanceScale,
  };
}

function hasRecipe(file: ConfigFile): boolean {
  return file.number('num_inference_steps') !== null || file.number('guidance_scale') !== null;
}

function within(config: ConfigFile, name: string, least: number, most: number): number | null {
  const value = config.number(name);
  if (value !== null && (value < least || value > most)) {
    const range = `${String(least)} to ${String(most)}`;
    throw new InitError('invalid-file', `${config.file} has a ${name} that is not from ${range}`);
  }
  return value;
}
