/**
 * Asks the exported model about unseen pictures: `node tools/starter-models/vision/evaluate.mjs`.
 * Answers count only when they are right word for word.
 */
import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { pairsOfPictures, plainPictures, secondTurns, streaming, withoutPicture } from './evaluation/chats.mjs';
import { drawnPictures } from './evaluation/drawn.mjs';
import { VisionModel } from './evaluation/model.mjs';
import { rendered } from './evaluation/pictures.mjs';

const CASES = JSON.parse(readFileSync(new URL('./evaluation/cases.json', import.meta.url)));
const GOAL = 97;

export async function evaluate() {
  const model = await VisionModel.load();
  try {
    const { answers, tokensPerSecond } = await askAll(model);
    const drawn = await drawnPictures(model, CASES);
    return [
      share('answers exact, all kinds', answers, GOAL),
      ...grouped(answers, ({ kind }) => kind),
      ...grouped(
        answers.filter(({ kind }) => kind === 'describe'),
        ({ shapes }) => `describe, shapes: ${shapes}`,
      ),
      share('second question of a chat', await secondTurns(model, CASES.slice(0, 42)), GOAL),
      share('two pictures described', await pairsOfPictures(model, CASES.slice(0, 42)), GOAL),
      share('plain pictures, down to 1 x 1', await plainPictures(model)),
      share('asked for a picture when there is none', await withoutPicture(model), GOAL),
      share('streaming and stopping', await streaming(model, CASES[0]), 100),
      ...grouped(drawn, ({ shapes }) => `drawn by starter-image, shapes: ${shapes}`, GOAL),
      row('speed', tokensPerSecond, 'tokens/s'),
    ];
  } finally {
    await model.dispose();
  }
}

async function askAll(model) {
  const answers = [];
  let [tokens, milliseconds] = [0, 0];
  for (const { svg, format, shapes, questions } of CASES) {
    const image = await rendered(svg, format);
    for (const { kind, question, answer } of questions) {
      const started = performance.now();
      const said = await model.answer([VisionModel.asks(question)], [image]);
      milliseconds += performance.now() - started;
      tokens += said.tokens;
      const right = said.text === answer;
      answers.push({ kind, shapes, right });
      if (!right && process.env.SHOW_WRONG) console.error(`${question} said ${said.text} not ${answer}`);
    }
  }
  return { answers, tokensPerSecond: (1000 * tokens) / milliseconds };
}

function grouped(answers, nameOf, goal = null) {
  const names = [...new Set(answers.map(nameOf))];
  return names.map((name) =>
    share(
      name,
      answers.filter((answer) => nameOf(answer) === name),
      goal,
    ),
  );
}

/** @param {(boolean | { right: boolean })[]} results */
function share(measure, results, goal = null) {
  const right = results.filter((result) => result.right ?? result).length;
  return row(`${measure} (${results.length})`, (100 * right) / results.length, '%', goal);
}

function row(measure, value, unit, goal = null) {
  return { model: 'starter-vision', measure, value, unit, goal, met: goal === null ? null : value >= goal };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const rows = await evaluate();
  console.table(rows.map((each) => ({ ...each, value: Number(each.value.toFixed(1)) })));
}
