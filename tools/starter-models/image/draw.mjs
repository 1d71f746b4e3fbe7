/** Pictures of the exported model for other folders' evaluations. */
import { fileURLToPath } from 'node:url';
import { Pipeline } from './pipeline.mjs';

const MODEL = fileURLToPath(new URL('../../../models/starter/starter-image', import.meta.url));
let loading;

export const loadPipeline = () => (loading ??= Pipeline.load(MODEL));

/** `{ data: Uint8Array of RGB, width, height }` of a prompt; `others` are options of `Pipeline.generate`. */
export async function draw(prompt, { width = 256, height = 256, seed = 1, ...others } = {}) {
  return (await loadPipeline()).generate(prompt, { width, height, seed, ...others });
}

/** The same for several prompts of one size; each has a seed of its own. */
export async function drawPictures(prompts, size, seed) {
  const pictures = [];
  for (const [i, prompt] of prompts.entries()) {
    pictures.push(await draw(prompt, { width: size, height: size, seed: seed + i }));
  }
  return pictures;
}
