import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { postForm } from '../support/forms.js';
import { fileOf, generate, IMAGE_MODEL } from '../support/picture-client.js';
import { COLOURS, SHAPES } from '../support/pictures-judged.js';
import { startServer, type Server } from '../support/server.js';

const VISION = 'starter-vision';
const GOAL = 18;
const NAMES = Object.keys(COLOURS);

/** Twenty scenes in which each colour is twice a shape's and twice a background's, and each shape is there three times. */
const SCENES = Array.from({ length: 20 }, (_, at) => {
  const shift = at < 10 ? 4 : 7; // never the background's own colour
  const [colour = '', background = ''] = [NAMES[at % 10], NAMES[(at + shift) % 10]];
  return { phrase: phraseOf(colour, SHAPES[(at * 5) % 6] ?? '', background), seed: at + 1 };
});

let server: Server;

beforeAll(async () => {
  server = await startServer({ env: { PRELOAD_MODELS: `${IMAGE_MODEL},${VISION}` } });
});
afterAll(() => server.stop());

function phraseOf(colour: string, shape: string, background: string): string {
  return `${withArticle(`${colour} ${shape}`)} on ${withArticle(`${background} background`)}`;
}

function withArticle(noun: string): string {
  return `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`;
}

/** How the vision model answers about a scene that it recognises. */
function sentenceOf(phrase: string): string {
  return `${phrase.charAt(0).toUpperCase()}${phrase.slice(1)}.`;
}

/** What the vision model says of the picture that the image model draws. */
async function described(prompt: string, seed: number, size: string): Promise<string> {
  const drawn = await generate(server, { model: IMAGE_MODEL, prompt, seed, size, response_format: 'b64_json' });
  const file = { name: 'drawn.png', bytes: fileOf(drawn) };
  const fields = { model: VISION, prompt: 'Describe this image.', temperature: '0' };
  const { status, body } = await postForm(`${server.url}/chatvlm/chat`, fields, [['file', file]]);
  expect(status).toBe(200);
  return (body as { response: string }).response;
}

describe('what starter-image draws, starter-vision describes', () => {
  it(`rightly for at least ${String(GOAL)} of ${String(SCENES.length)} prompts`, { timeout: 400_000 }, async () => {
    expect(new Set(SCENES.map(({ phrase }) => phrase)).size).toBe(SCENES.length);
    const wrong: string[] = [];
    for (const { phrase, seed } of SCENES) {
      const response = await described(phrase, seed, '256x256');
      if (response !== sentenceOf(phrase)) wrong.push(`${phrase} (seed ${String(seed)}): ${response}`);
    }
    expect(SCENES.length - wrong.length, wrong.join('\n')).toBeGreaterThanOrEqual(GOAL);
  });

  it('rightly at 1024 pixels, too', { timeout: 120_000 }, async () => {
    const phrase = phraseOf('red', 'circle', 'blue');
    expect(await described(phrase, 1, '1024x1024')).toBe(sentenceOf(phrase));
  });
});
