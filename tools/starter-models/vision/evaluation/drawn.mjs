/** How starter-vision describes what starter-image draws, where that model is there. */
import { existsSync } from 'node:fs';
import { VisionModel } from './model.mjs';
import { fromRgb } from './pictures.mjs';

const MODEL = new URL('../../../../models/starter/starter-image/', import.meta.url);
const DRAW = new URL('../../image/draw.mjs', import.meta.url);
const PICTURES = 42;

/** Whether each drawn picture is described as it was asked for, or nothing without starter-image. */
export async function drawnPictures(model, cases) {
  if (!existsSync(MODEL) || !existsSync(DRAW)) return [];
  const { draw } = await import(DRAW);
  const answers = [];
  for (const [seed, { shapes, questions }] of cases.slice(0, PICTURES).entries()) {
    const sentence = questions[0].answer;
    const picture = await draw(asPrompt(sentence), { width: 128, height: 128, seed });
    const { text } = await model.answer([VisionModel.asks('Describe this image.')], [fromRgb(picture)]);
    answers.push({ shapes, right: text === sentence });
  }
  return answers;
}

/** `A red circle on a blue background.` to `a red circle on a blue background` */
function asPrompt(sentence) {
  return sentence[0].toLowerCase() + sentence.slice(1, -1);
}
