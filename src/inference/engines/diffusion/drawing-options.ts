import { ParleyError } from '../../errors.js';
import type { ImageToImageTask, TextToImageTask } from '../../drawing-tasks.js';
import type { GenerationDefaults } from './generation-defaults.js';

export type DrawingTask = TextToImageTask | ImageToImageTask;

/** A request's numbers, with the model's own where it leaves them open. */
export interface DrawingOptions {
  /** Of the whole schedule; with a source only the last of them are taken. */
  readonly steps: number;
  readonly guidanceScale: number;
  readonly seed: number;
  /** How far from the source; 1 without one. */
  readonly strength: number;
  /** Null: no previews. */
  readonly previewEvery: number | null;
  /** Steps that are left out: a source is noised only as much as the first one that is taken expects. */
  readonly firstStep: number;
}

const MAX_STEPS = 200;
const MAX_GUIDANCE = 50;
const MAX_SEED = 2 ** 32 - 1;

/** Throws `invalid_request` that names the field. @param trainSteps Steps of the model's training: no more can be taken. */
export function drawingOptions(task: DrawingTask, defaults: GenerationDefaults, trainSteps: number): DrawingOptions {
  const fromImage = task.kind === 'image-to-image';
  const recipe = fromImage ? defaults.fromImage : defaults.fromText;
  const steps = task.steps ?? recipe.steps;
  const guidanceScale = task.guidanceScale ?? recipe.guidanceScale;
  const strength = fromImage ? (task.strength ?? ownStrength(task, defaults)) : 1;
  whole('steps', steps, 1, Math.min(MAX_STEPS, trainSteps));
  whole('seed', task.seed, 0, MAX_SEED);
  if (!(guidanceScale >= 0 && guidanceScale <= MAX_GUIDANCE)) {
    throw refused('guidance_scale', `from 0 to ${String(MAX_GUIDANCE)}`, guidanceScale);
  }
  if (!(strength > 0 && strength <= 1)) throw refused('strength', 'above 0 and at most 1', strength);
  if (task.previewEvery !== undefined) whole('preview_every', task.previewEvery, 1, Infinity);
  // Products like 10 · 0.7 may fall short of a whole number by a rounding error.
  const taken = Math.max(1, Math.floor(steps * strength + 1e-6));
  const firstStep = fromImage ? steps - taken : 0;
  return { steps, guidanceScale, seed: task.seed, strength, previewEvery: task.previewEvery ?? null, firstStep };
}

/** What a mask leaves open is often blank in the source, and nothing to go by. */
function ownStrength({ mask }: ImageToImageTask, { fromImage }: GenerationDefaults): number {
  return mask === undefined ? fromImage.strength : 1;
}

function whole(param: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  const range = most === Infinity ? `from ${String(least)}` : `from ${String(least)} to ${String(most)}`;
  throw refused(param, `a whole number ${range}`, value);
}

function refused(param: string, allowed: string, value: number): ParleyError {
  return new ParleyError('invalid_request', `"${param}" must be ${allowed}, not ${String(value)}.`, { param });
}
