/** Seeded prompts of the world of shapes, with what they ask for. */
import { readFileSync } from 'node:fs';
import { choose } from './random.mjs';

const words = readFileSync(new URL('../world/words.py', import.meta.url), 'utf8');

export const SHAPES = words.match(/SHAPES = \((.*)\)/)[1].match(/\w+/g);
/** Name to [red, green, blue]. */
export const COLOURS = Object.fromEntries(
  [...words.matchAll(/"(\w+)": \((\d+), (\d+), (\d+)\)/g)].map(([, name, ...rgb]) => [name, rgb.map(Number)]),
);

const article = (noun) => (/^[aeiou]/.test(noun) ? 'an ' : 'a ') + noun;

/** `{ background, shapes: [{ colour, kind }] }`, shapes from left to right. */
export function makeScene(next, count) {
  const names = Object.keys(COLOURS);
  const background = choose(next, names);
  const others = names.filter((name) => name !== background);
  const shapes = Array.from({ length: count }, () => ({ colour: choose(next, others), kind: choose(next, SHAPES) }));
  return { background, shapes };
}

/** `a red circle and a blue star on a green background` */
export function phrase({ background, shapes }) {
  const nouns = shapes.map(({ colour, kind }) => article(`${colour} ${kind}`));
  const last = nouns.pop();
  const listed = nouns.length ? `${nouns.join(', ')} and ${last}` : last;
  return `${listed} on ${article(background)} background`;
}

/** Other ways of asking for one shape; the last two name no background. */
export function variants({ background, shapes: [{ colour, kind }] }) {
  return [
    `${article(colour)} ${kind} on ${article(background)} background.`.toUpperCase(),
    `Draw ${article(colour)} ${kind} on ${background}!`,
    `${colour} ${kind}, ${background} background`,
    `draw ${article(colour)} ${kind}`,
    `${colour} ${kind}`,
  ];
}
