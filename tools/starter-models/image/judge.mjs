/** What a picture shows, by plain pixel statistics: no model is asked. */
import { COLOURS } from './prompts.mjs';
import { contains, TEMPLATES, turned } from './templates.mjs';

const SAMPLES = 40; // points across a bounding box when a mask is compared with a template
const ANGLES = [-0.24, -0.18, -0.12, -0.06, 0, 0.06, 0.12, 0.18, 0.24];
// Of mask and nearest template, as intersection over union.
const LEAST_OVERLAP = 0.6; // small stars are blunt
export const STRICT_OVERLAP = 0.72;
const ENOUGH = 256; // pixels of the shorter side; larger pictures are thinned out first
const LEAST_AREA = 0.003; // of the picture; what is smaller is a speck

/** `{ background, shapes: [{ colour, kind, overlap, box }] }` of RGB bytes, shapes from left to right. */
export function look(picture) {
  const { data, width, height } = thin(picture);
  const names = nameEachPixel(data);
  const background = mostCommon(borderOf(names, width, height));
  const away = Uint8Array.from({ length: names.length }, (_, i) => distance(data, i, COLOURS[background]) > 45 ? 1 : 0);
  const shapes = components(away, width, height)
    .filter((part) => part.pixels.length >= LEAST_AREA * names.length)
    .map((part) => describe(part, names, width))
    .sort((a, b) => middle(a) - middle(b));
  return { background, shapes };
}

/** Whether the picture shows the scene and nothing else. */
export function shows(seen, scene, overlap = LEAST_OVERLAP) {
  return (
    seen.background === scene.background &&
    seen.shapes.length === scene.shapes.length &&
    scene.shapes.every(({ colour, kind }, i) => {
      const shape = seen.shapes[i];
      return shape.colour === colour && shape.kind === kind && shape.overlap >= overlap;
    })
  );
}

/** Every nth pixel of every nth row. */
function thin({ data, width, height }) {
  const stride = Math.max(1, Math.floor(Math.min(width, height) / ENOUGH));
  const small = { width: Math.floor(width / stride), height: Math.floor(height / stride) };
  const thinned = new Uint8Array(small.width * small.height * 3);
  for (let i = 0; i < small.width * small.height; i++) {
    const from = Math.floor(i / small.width) * stride * width + (i % small.width) * stride;
    thinned.set(data.subarray(from * 3, from * 3 + 3), i * 3);
  }
  return { data: thinned, ...small };
}

function distance(data, pixel, [red, green, blue]) {
  return Math.hypot(data[pixel * 3] - red, data[pixel * 3 + 1] - green, data[pixel * 3 + 2] - blue);
}

/** The nearest colour's name for each pixel. */
function nameEachPixel(data) {
  const palette = Object.entries(COLOURS);
  return Array.from({ length: data.length / 3 }, (_, i) => {
    let best;
    let least = Infinity;
    for (const [name, rgb] of palette) {
      const far = distance(data, i, rgb);
      if (far < least) [best, least] = [name, far];
    }
    return best;
  });
}

function borderOf(names, width, height) {
  return names.filter((_, i) => {
    const x = i % width;
    const y = Math.floor(i / width);
    return x === 0 || y === 0 || x === width - 1 || y === height - 1;
  });
}

function mostCommon(list) {
  const counts = new Map();
  for (const item of list) counts.set(item, (counts.get(item) ?? 0) + 1);
  return [...counts].reduce((best, one) => (one[1] > best[1] ? one : best))[0];
}

/** Connected parts of a mask, each with its pixels' indices and its bounding box. */
function components(mask, width, height) {
  const left = Uint8Array.from(mask);
  const parts = [];
  for (let start = 0; start < left.length; start++) {
    if (!left[start]) continue;
    left[start] = 0;
    const pixels = [start];
    for (let next = 0; next < pixels.length; next++) {
      const x = pixels[next] % width;
      const y = Math.floor(pixels[next] / width);
      const visit = (nx, ny) => {
        const i = ny * width + nx;
        if (nx < 0 || ny < 0 || nx >= width || ny >= height || !left[i]) return;
        left[i] = 0;
        pixels.push(i);
      };
      visit(x - 1, y), visit(x + 1, y), visit(x, y - 1), visit(x, y + 1);
    }
    parts.push({ pixels, box: boxOf(pixels, width) });
  }
  return parts;
}

function boxOf(pixels, width) {
  const box = { left: Infinity, top: Infinity, right: -1, bottom: -1 };
  for (const i of pixels) {
    const x = i % width;
    const y = Math.floor(i / width);
    box.left = Math.min(box.left, x);
    box.right = Math.max(box.right, x + 1);
    box.top = Math.min(box.top, y);
    box.bottom = Math.max(box.bottom, y + 1);
  }
  return box;
}

const middle = ({ box }) => (box.left + box.right) / 2;

/** Colour, nearest template and how well it fits. */
function describe({ pixels, box }, names, width) {
  const colour = mostCommon(pixels.map((i) => names[i]));
  const inside = new Set(pixels);
  const filled = (u, v) => {
    const x = Math.floor(box.left + u * (box.right - box.left));
    const y = Math.floor(box.top + v * (box.bottom - box.top));
    return inside.has(y * width + x);
  };
  const fits = Object.entries(TEMPLATES).map(([kind, polygon]) => ({ kind, overlap: bestOverlap(filled, polygon) }));
  const best = fits.reduce((a, b) => (b.overlap > a.overlap ? b : a));
  return { colour, ...best, box };
}

/** Intersection over union with the polygon at its best angle, both stretched to their bounding boxes. */
function bestOverlap(filled, polygon) {
  return Math.max(...ANGLES.map((angle) => overlap(filled, turned(polygon, angle))));
}

function overlap(filled, polygon) {
  const xs = polygon.map(([x]) => x);
  const ys = polygon.map(([, y]) => y);
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  let both = 0;
  let either = 0;
  for (let row = 0; row < SAMPLES; row++) {
    for (let column = 0; column < SAMPLES; column++) {
      const u = (column + 0.5) / SAMPLES;
      const v = (row + 0.5) / SAMPLES;
      const a = filled(u, v);
      const b = contains(polygon, left + u * (right - left), top + v * (bottom - top));
      both += a && b ? 1 : 0;
      either += a || b ? 1 : 0;
    }
  }
  return both / either;
}
