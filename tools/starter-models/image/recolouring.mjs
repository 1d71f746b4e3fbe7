/** Image-to-image: a scene is drawn, then its shape is asked for in other colours, with that picture as the start. */
import { draw } from './draw.mjs';
import { look, shows } from './judge.mjs';
import { makeScene, phrase } from './prompts.mjs';
import { uniform } from './random.mjs';

const SIDE = 128;
const FEW_STEPS = { steps: 4, guidance: 2 }; // one step alone would start from noise and not see the picture
const NEAR = 0.08; // of the picture's side, how far a shape's edges may move and still count as in place

/**
 * Whether each of `count` pictures came out right: with `much` noise laid on the start and a negative prompt that
 * describes it, and with `half` of it and no negative prompt, where the shape must stay where it was too.
 */
export async function recoloured(count) {
  const next = uniform(47);
  const results = { much: [], half: [] };
  for (let i = 0; i < count; i++) {
    const scene = makeScene(next, 1);
    const other = makeScene(next, 1);
    const wanted = { background: other.background, shapes: [{ ...scene.shapes[0], colour: other.shapes[0].colour }] };
    const size = { width: SIDE, height: SIDE };
    const before = await draw(phrase(scene), { ...size, seed: 7000 + i });
    const again = (options) =>
      draw(phrase(wanted), { ...size, ...FEW_STEPS, seed: 8000 + i, image: before.data, ...options });
    results.much.push(shows(look(await again({ strength: 0.8, negative: phrase(scene) })), wanted));
    const after = look(await again({ strength: 0.6 }));
    results.half.push(shows(after, wanted) && inPlace(look(before), after));
  }
  return results;
}

function inPlace({ shapes: [before] }, { shapes: [after] }) {
  if (!before) return false;
  return ['left', 'right', 'top', 'bottom'].every(
    (edge) => Math.abs(before.box[edge] - after.box[edge]) <= NEAR * SIDE,
  );
}
