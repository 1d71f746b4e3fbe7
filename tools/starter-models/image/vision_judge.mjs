/** What starter-vision says a picture shows: a judge that knows nothing of how the pixel statistics work. */
import { existsSync } from 'node:fs';
import { phrase } from './prompts.mjs';

const MODEL = new URL('../../../models/starter/starter-vision/', import.meta.url);

/** `(picture, scene) => boolean`, or null without starter-vision. */
export async function loadVisionJudge() {
  if (!existsSync(MODEL)) return null;
  const { VisionModel } = await import('../vision/evaluation/model.mjs');
  const { fromRgb } = await import('../vision/evaluation/pictures.mjs');
  const model = await VisionModel.load();
  const question = [VisionModel.asks('Describe this image.')];
  return async (picture, scene) => (await model.answer(question, [fromRgb(picture)])).text === sentence(scene);
}

/** `A red circle on a blue background.`, the answer that starter-vision was taught. */
function sentence(scene) {
  const text = phrase(scene);
  return `${text[0].toUpperCase()}${text.slice(1)}.`;
}
