/** Behaviour other than answering one question about one picture; each check says whether the answer was right. */
import { plain, rendered } from './pictures.mjs';
import { VisionModel } from './model.mjs';

const NO_PICTURE = 'Please send me a picture of simple shapes.';
const assistant = (content) => ({ role: 'assistant', content });

/** Chats without a picture: the share that get the polite answer. */
export async function withoutPicture(model) {
  const questions = ['Hello!', 'Describe this image.', 'What is the capital of France?', 'how many shapes are there?'];
  const right = [];
  for (const question of questions) {
    const { text } = await model.answer([{ role: 'user', content: question }]);
    right.push(text === NO_PICTURE);
  }
  return right;
}

/** A question, its answer and another question about the same picture. */
export async function secondTurns(model, cases) {
  const right = [];
  for (const { svg, format, questions } of cases) {
    const [first, , , last] = questions;
    const chat = [VisionModel.asks(first.question), assistant(first.answer), VisionModel.asks(last.question, 0)];
    const { text } = await model.answer(chat, [await rendered(svg, format)]);
    right.push(text === last.answer);
  }
  return right;
}

/** Two pictures in one message. */
export async function pairsOfPictures(model, cases) {
  const right = [];
  for (let i = 0; i + 1 < cases.length; i += 2) {
    const pair = cases.slice(i, i + 2);
    const images = await Promise.all(pair.map(({ svg, format }) => rendered(svg, format)));
    const { text } = await model.answer([VisionModel.asks('Describe these images.', 2)], images);
    const [first, second] = pair.map(({ questions }) => questions[0].answer);
    right.push(text === `First: ${first} Second: ${second}`);
  }
  return right;
}

/** Pictures of one colour, down to a single pixel. */
export async function plainPictures(model) {
  const right = [];
  for (const [side, rgb, colour] of [
    [1, '#dc1e23', 'red'],
    [64, '#1e46d2', 'blue'],
    [2000, '#f5f5f5', 'white'],
  ]) {
    const { text } = await model.answer([VisionModel.asks('Describe this image.')], [await plain(side, side, rgb)]);
    right.push(text === `A plain ${colour} background.`);
  }
  return right;
}

/** What is streamed is the answer, and stopping after three tokens stops there. */
export async function streaming(model, { svg, format }) {
  const image = await rendered(svg, format);
  const chat = [VisionModel.asks('Describe this image.')];
  const whole = await model.answer(chat, [image]);
  const stopped = await model.answer(chat, [image], { stopAfter: 3 });
  return [whole.streamed === whole.text, stopped.tokens === 3 && whole.text.startsWith(stopped.text)];
}
