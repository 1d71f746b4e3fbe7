/** Measures the exported model: are the pictures what was asked for, and how long do they take? */
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { draw, loadPipeline } from './draw.mjs';
import { look, shows, STRICT_OVERLAP } from './judge.mjs';
import { makeScene, phrase, variants } from './prompts.mjs';
import { uniform } from './random.mjs';
import { recoloured } from './recolouring.mjs';
import { loadVisionJudge } from './vision_judge.mjs';

const MODEL = 'starter-image';
// [width, height, pictures]
const SIZES = [
  [64, 64, 8],
  [96, 64, 4],
  [128, 128, 12],
  [200, 152, 6],
  [256, 256, 12],
  [256, 512, 4],
  [512, 512, 6],
  [640, 384, 2],
  [1024, 1024, 4],
  [1024, 576, 2],
];
// What clients of an image service send by habit. This model wants one step and no guidance.
const HABITS = [
  { steps: 4, guidance: 1 },
  { steps: 8, guidance: 2 },
  { steps: 20, guidance: 3 },
  { steps: 20, guidance: 7.5 },
];
const SHARE_GOAL = 95;
const RECOLOURED_GOAL = 90;

export async function evaluate() {
  await loadPipeline();
  const bySight = await loadVisionJudge();
  const rows = [];
  const add = (measure, value, unit, goal = null, met = null) =>
    rows.push({ model: MODEL, measure, value: Number(value.toFixed(2)), unit, goal, met });
  const share = (measure, results, goal = null) => {
    const value = (100 * results.filter(Boolean).length) / results.length;
    add(`${measure} (${results.length})`, value, '%', goal, goal === null ? null : value >= goal);
  };
  for (const { name, asked } of groups()) {
    const judged = await drawAndJudge(asked, bySight);
    const goal = name.startsWith('one') ? SHARE_GOAL : null;
    const by = (judge) => judged.map((one) => one[judge]);
    share(`${name}: pixel statistics`, by('pixels'), goal);
    share(`${name}: the same, outlines by ${STRICT_OVERLAP}`, by('strictly'));
    if (bySight) share(`${name}: starter-vision`, by('sight'), goal);
  }
  share('one shape, worded otherwise, 128 px', await otherWords());
  for (const habit of HABITS) {
    const judged = await drawAndJudge(scenes(1, 24, 48, 128), null, habit);
    share(`one shape, 128 px, ${habit.steps} steps, guidance ${habit.guidance}`, judged.map(({ pixels }) => pixels));
  }
  const edits = await recoloured(20);
  share('image-to-image gives the colours asked for, 128 px', edits.much, RECOLOURED_GOAL);
  share('image-to-image, strength 0.6, also keeps the place', edits.half, RECOLOURED_GOAL);
  for (const [size, goal] of [[64, null], [512, null], [1024, 6]]) {
    const seconds = await secondsFor(size);
    add(`${size} x ${size}, one thread`, seconds, 's', goal, goal === null ? null : seconds < goal);
  }
  return rows;
}

function groups() {
  return [
    { name: 'one shape, 64 to 1024 px', asked: oneShape() },
    { name: 'two shapes, 256 px', asked: scenes(2, 20, 44, 256) },
    { name: 'three shapes, 256 px', asked: scenes(3, 12, 45, 256) },
  ];
}

function oneShape() {
  const next = uniform(41);
  return SIZES.flatMap(([width, height, count]) =>
    Array.from({ length: count }, () => ({ scene: makeScene(next, 1), width, height })),
  );
}

function scenes(shapes, count, seed, side) {
  const next = uniform(seed);
  return Array.from({ length: count }, () => ({ scene: makeScene(next, shapes), width: side, height: side }));
}

/** Whether each picture shows its scene, as each judge sees it. */
async function drawAndJudge(asked, bySight, settings = {}) {
  const judged = [];
  for (const [i, { scene, width, height }] of asked.entries()) {
    const picture = await draw(phrase(scene), { width, height, seed: 5000 + i, ...settings });
    const seen = look(picture);
    judged.push({
      pixels: shows(seen, scene),
      strictly: shows(seen, scene, STRICT_OVERLAP),
      sight: bySight ? await bySight(picture, scene) : null,
    });
  }
  return judged;
}

/** The prompts that name no background may have any but the shape's colour. */
async function otherWords() {
  const next = uniform(42);
  const right = [];
  for (let i = 0; i < 5; i++) {
    const scene = makeScene(next, 1);
    for (const prompt of variants(scene)) {
      const seen = look(await draw(prompt, { width: 128, height: 128, seed: 6000 + right.length }));
      const background = prompt.toLowerCase().includes(scene.background) ? scene.background : seen.background;
      right.push(shows(seen, { ...scene, background }));
    }
  }
  return right;
}

async function secondsFor(size) {
  const started = performance.now();
  await draw('a red circle on a blue background', { width: size, height: size, seed: 9 });
  return (performance.now() - started) / 1000;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.table(await evaluate());
