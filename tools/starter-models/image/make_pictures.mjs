/**
 * Pictures of one shape by the exported model, with the captions it was given, for starter-vision's training. About one
 * in fifteen does not show what its caption says (see the README).
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

const SIZES = [64, 96, 128, 160, 192, 256];

const { values } = parseArgs({
  options: { count: { type: 'string' }, out: { type: 'string' }, seed: { type: 'string', default: '1' } },
});
mkdirSync(values.out, { recursive: true });
const next = uniform(Number(values.seed));
const captions = [];
for (let i = 0; i < Number(values.count); i++) {
  const scene = makeScene(next, 1); // the model does not draw several shapes
  const side = choose(next, SIZES);
  const { data, width, height } = await draw(phrase(scene), { width: side, height: side, seed: 100000 + i });
  const file = `${String(i).padStart(5, '0')}.png`;
  await sharp(data, { raw: { width, height, channels: 3 } }).toFile(join(values.out, file));
  captions.push({ file, width, height, caption: phrase(scene), ...scene });
}
writeFileSync(join(values.out, 'captions.json'), JSON.stringify(captions, null, 1) + '\n');
