/**
 * Pictures of one to three shapes by the exported model, with the captions it was given, for starter-vision's training.
 * A few do not show what their caption says (see the README).
 *
 *     node tools/starter-models/image/make_pictures.mjs --count 2000 --out data/pictures [--seed 1]
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { draw } from './draw.mjs';
import { makeScene, phrase } from './prompts.mjs';
import { choose, uniform } from './random.mjs';

const COUNTS = [1, 1, 2, 3];
// By how many shapes there are: several are too small to be told apart on fewer pixels.
const SIZES = { 1: [64, 96, 128, 160, 192, 256], 2: [128, 160, 192, 256], 3: [192, 256, 320] };

const { values } = parseArgs({
  options: { count: { type: 'string' }, out: { type: 'string' }, seed: { type: 'string', default: '1' } },
});
mkdirSync(values.out, { recursive: true });
const next = uniform(Number(values.seed));
const captions = [];
for (let i = 0; i < Number(values.count); i++) {
  const scene = makeScene(next, choose(next, COUNTS));
  const side = choose(next, SIZES[scene.shapes.length]);
  const { data, width, height } = await draw(phrase(scene), { width: side, height: side, seed: 100000 + i });
  const file = `${String(i).padStart(5, '0')}.png`;
  await sharp(data, { raw: { width, height, channels: 3 } }).toFile(join(values.out, file));
  captions.push({ file, width, height, caption: phrase(scene), ...scene });
}
writeFileSync(join(values.out, 'captions.json'), JSON.stringify(captions, null, 1) + '\n');
