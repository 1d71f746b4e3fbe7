import sharp from 'sharp';

/** Colours as the starter models were taught them. */
const COLOURS = { red: '#dc1e23', blue: '#1e46d2', green: '#1e9637', yellow: '#fae128', white: '#f5f5f5' } as const;

type Colour = keyof typeof COLOURS;

const SHAPES = {
  circle: '<circle cx="64" cy="64" r="40"/>',
  square: '<rect x="32" y="32" width="64" height="64"/>',
  triangle: '<polygon points="64,20 104,92 24,92"/>',
} as const;

/** A picture of one plain shape, as PNG. */
export function pictureOf(shape: keyof typeof SHAPES, colour: Colour, background: Colour, size = 256): Promise<Buffer> {
  const sides = `width="${String(size)}" height="${String(size)}" viewBox="0 0 128 128"`;
  const body = `<rect width="128" height="128" fill="${COLOURS[background]}"/><g fill="${COLOURS[colour]}">${SHAPES[shape]}</g>`;
  return sharp(Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" ${sides}>${body}</svg>`))
    .removeAlpha()
    .png()
    .toBuffer();
}
