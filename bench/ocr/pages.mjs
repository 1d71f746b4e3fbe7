// Pages of print whose text is known: A4 at 110 dpi, black on white, lines of a few words and a number.
import sharp from 'sharp';

const WIDTH = 910;
const HEIGHT = 1286;
const LINES = 30;
const WORDS = `invoice order total amount account customer delivery payment address number street city country phone
  service support product quantity price tax discount date month year report market value office garden winter summer
  music paper water letter people house table window morning evening question answer`.split(/\s+/);

/** A small generator of numbers, so that every run reads the same pages. */
function* numbers(seed) {
  let state = seed;
  for (;;) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state / 2 ** 32;
  }
}

/** `count` pages: their PNG files and their lines. */
export function makePages(count) {
  return Promise.all(Array.from({ length: count }, (_, at) => makePage(at + 1)));
}

async function makePage(seed) {
  const random = numbers(seed);
  const next = (below) => Math.floor(random.next().value * below);
  const lines = Array.from({ length: LINES }, () => {
    const words = Array.from({ length: 4 + next(4) }, () => WORDS[next(WORDS.length)]);
    return `${words.join(' ')} ${1 + next(9999)}`;
  });
  const texts = lines.map((line, at) => `<text x="60" y="${80 + at * 39}" font-size="22">${line}</text>`).join('');
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" font-family="DejaVu Sans"><rect width="100%" height="100%" fill="#fff"/>${texts}</svg>`;
  return { lines, png: await sharp(Buffer.from(svg)).png().toBuffer() };
}

/** Edits that make the texts right, as a share of all characters. */
export function characterErrors(pages, texts) {
  let errors = 0;
  let characters = 0;
  for (const [at, { lines }] of pages.entries()) {
    const wanted = lines.join('\n');
    errors += distance(wanted, normalised(texts[at] ?? ''));
    characters += wanted.length;
  }
  return errors / characters;
}

function normalised(text) {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join('\n');
}

/** Levenshtein's edit distance. */
function distance(a, b) {
  let before = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const now = [i];
    for (let j = 1; j <= b.length; j++) {
      now[j] = Math.min(before[j] + 1, now[j - 1] + 1, before[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
    before = now;
  }
  return before[b.length];
}
