/** Pages drawn by another renderer than the training data's: librsvg, through sharp. */
import sharp from 'sharp';

const FACES = ['DejaVu Sans', 'PT Serif', 'Inter', 'JetBrains Mono'];
const TEXTS = [
  ['Invoice No. 2024-117', 36],
  ['Сумма к оплате: 1 250,00 руб.', 30],
  ['Total amount due: $1,234.56', 28],
  ['Été à Noël : où êtes-vous, garçon ?', 26],
  ['The quick brown fox jumps over the lazy dog.', 24],
  ['Съешь же ещё этих мягких французских булок', 24],
  ['Portez ce vieux whisky au juge blond qui fume', 20],
  ['info@example.com https://example.com/a?b=1', 20],
  ['small print at the bottom of the page, 16 px', 16],
];
const [WIDTH, HEIGHT, LEFT, FIRST, PITCH] = [960, 720, 60, 90, 70];

/** `{ input, lines: [{ text, quad }] }` for each face. */
export function drawSvgPages() {
  return Promise.all(FACES.map(drawPage));
}

async function drawPage(face) {
  const texts = TEXTS.map(
    ([text, size], i) =>
      `<text x="${LEFT}" y="${FIRST + i * PITCH}" font-family="${face}" font-size="${size}" fill="#111">${escape(text)}</text>`,
  );
  const lines = TEXTS.map(async ([text, size], i) => {
    const [left, width] = await inkSpan(texts[i]);
    const [right, top, bottom] = [left + width, FIRST + i * PITCH - 0.95 * size, FIRST + i * PITCH + 0.25 * size];
    return { text, quad: [[left, top], [right, top], [right, bottom], [left, bottom]] }; // prettier-ignore
  });
  return { input: sheet(texts.join('')), lines: await Promise.all(lines) };
}

/** Only the renderer knows how wide its letters are: left edge and width of a text drawn alone. */
async function inkSpan(element) {
  const { info } = await sharp(sheet(element)).trim().toBuffer({ resolveWithObject: true });
  return [-info.trimOffsetLeft, info.width];
}

function sheet(content) {
  const head = `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}">`;
  return Buffer.from(`${head}<rect width="100%" height="100%" fill="#fff"/>${content}</svg>`);
}

function escape(text) {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;');
}
