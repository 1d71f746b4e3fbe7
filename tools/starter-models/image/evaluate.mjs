/** Measures the exported model: are the pictures what was asked for, and how long do they take? */
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { draw, loadPipeline } from './draw.mjs';
import { look, shows } from './judge.mjs';
import { makeScene, phrase, variants } from './prompts.mjs';
import { uniform } from './random.mjs';

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
const SHARE_GOAL = 95;

export async function evaluate() {
  await loadPipeline();
  const rows = [];
  const add = (measure, value, unit, goal = null, met = null) =>
    rows.push({ model: MODEL, measure, value: Number(value.toFixed(2)), unit, goal, met });
  const share = (measure, value, goal = null) => add(measure, value, '%', goal, goal === null ? null : value >= goal);
  share('one shape right, 64 to 1024 px (pixel statistics)', await oneShape(), SHARE_GOAL);
  share('one shape, worded otherwise, 128 px', await otherWords());
  share('two shapes, 256 px', await severalShapes(2, 20));
  share('three shapes, 256 px', await severalShapes(3, 12));
  share('image-to-image gives the colour asked for, 128 px', await recoloured());
  for (const [size, goal] of [[64, null], [512, null], [1024, 6]]) {
    const seconds = await secondsFor(size);
    add(`${size} x ${size}, one thread`, seconds, 's', goal, goal === null ? null : seconds < goal);
  }
  return rows;
}

/** Percent of (prompt, scene, size) whose picture shows the scene. */
async function percentRight(asked) {
  let right = 0;
  for (const [i, { prompt, scene, width, height }] of asked.entries()) {
    right += shows(look(await draw(prompt, { width, height, seed: 5000 + i })), scene) ? 1 : 0;
  }
  return (100 * right) / asked.length;
}

function oneShape() {
  const next = uniform(41);
  const asked = SIZES.flatMap(([width, height, count]) =>
    Array.from({ length: count }, () => {
      const scene = makeScene(next, 1);
      return { prompt: phrase(scene), scene, width, height };
    }),
  );
  return percentRight(asked);
}

/** The prompts that name no background may have any but the shape's colour. */
async function otherWords() {
  const next = uniform(42);
  let right = 0;
  let total = 0;
  for (let i = 0; i < 5; i++) {
    const scene = makeScene(next, 1);
    for (const prompt of variants(scene)) {
      const seen = look(await draw(prompt, { width: 128, height: 128, seed: 6000 + total++ }));
      const background = prompt.toLowerCase().includes(scene.background) ? scene.background : seen.background;
      right += shows(seen, { ...scene, background }) ? 1 : 0;
    }
  }
  return (100 * right) / total;
}

function severalShapes(count, pictures) {
  const next = uniform(42 + count);
  const asked = Array.from({ length: pictures }, () => {
    const scene = makeScene(next, count);
    return { prompt: phrase(scene), scene, width: 256, height: 256 };
  });
  return percentRight(asked);
}

/** Draws one scene, then asks for the same shape in another colour with that picture as the start. */
async function recoloured() {
  const next = uniform(47);
  const pipeline = await loadPipeline();
  const size = { width: 128, height: 128 };
  let right = 0;
  const count = 10;
  for (let i = 0; i < count; i++) {
    const scene = makeScene(next, 1);
    const other = makeScene(next, 1);
    const wanted = { background: other.background, shapes: [{ ...scene.shapes[0], colour: other.shapes[0].colour }] };
    const { data: image } = await draw(phrase(scene), { ...size, seed: 7000 + i });
    const steps = { steps: 4, guidance: 2 }; // one step alone would start from noise and not see the picture
    const options = { ...size, ...steps, seed: 8000 + i, image, strength: 0.8, negative: phrase(scene) };
    right += shows(look(await pipeline.generate(phrase(wanted), options)), wanted) ? 1 : 0;
  }
  return (100 * right) / count;
}

async function secondsFor(size) {
  const started = performance.now();
  await draw('a red circle on a blue background', { width: size, height: size, seed: 9 });
  return (performance.now() - started) / 1000;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.table(await evaluate());
