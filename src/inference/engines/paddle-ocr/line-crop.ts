import type { Picture } from '../../pictures/picture.js';
import { sidesOf, type Quad } from './geometry.js';
import type { Size } from './text-boxes.js';

/** No recogniser sees more: a line's picture is at most this many pixels high, however large the page. */
const MAX_HEIGHT = 192;
const MAX_WIDTH = 64 * MAX_HEIGHT;

/** Pixels of what {@link cropLine} gives. */
export function cropSize(box: Quad): Size {
  const { width, height } = sidesOf(box);
  const scale = Math.min(1, MAX_HEIGHT / height, MAX_WIDTH / width);
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/** What lies inside a box, straightened, so that its text runs to the right. */
export function cropLine(page: Picture, box: Quad): Picture {
  const { width, height } = cropSize(box);
  const pixels = new Uint8Array(width * height * 3);
  const project = projectionOnto(box);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 3) {
      const [px, py] = project((x + 0.5) / width, (y + 0.5) / height);
      sample(page, px - 0.5, py - 0.5, pixels, at);
    }
  }
  return { width, height, pixels };
}

/** Maps the unit square onto a quadrilateral, straight lines to straight lines (Heckbert's square-to-quad mapping). */
function projectionOnto(quad: Quad): (u: number, v: number) => [x: number, y: number] {
  const [[x0, y0], [x1, y1], [x2, y2], [x3, y3]] = quad;
  const [ax, ay, bx, by] = [x1 - x2, y1 - y2, x3 - x2, y3 - y2];
  const [sx, sy] = [x0 - x1 + x2 - x3, y0 - y1 + y2 - y3];
  const determinant = ax * by - bx * ay || 1;
  const g = (sx * by - bx * sy) / determinant;
  const h = (ax * sy - sx * ay) / determinant;
  const [xu, xv, yu, yv] = [x1 - x0 + g * x1, x3 - x0 + h * x3, y1 - y0 + g * y1, y3 - y0 + h * y3];
  return (u, v) => {
    const depth = g * u + h * v + 1;
    return [(xu * u + xv * v + x0) / depth, (yu * u + yv * v + y0) / depth];
  };
}

/** Bilinear; what lies outside the page looks like its edge. */
function sample({ width, height, pixels }: Picture, x: number, y: number, target: Uint8Array, at: number): void {
  const cx = Math.min(Math.max(x, 0), width - 1);
  const cy = Math.min(Math.max(y, 0), height - 1);
  const [left, top] = [Math.floor(cx), Math.floor(cy)];
  const [fx, fy] = [cx - left, cy - top];
  const upper = (top * width + left) * 3;
  const right = left + 1 < width ? 3 : 0;
  const lower = upper + (top + 1 < height ? width * 3 : 0);
  for (let channel = 0; channel < 3; channel++) {
    const a = pixels[upper + channel] ?? 0;
    const b = pixels[upper + right + channel] ?? 0;
    const c = pixels[lower + channel] ?? 0;
    const d = pixels[lower + right + channel] ?? 0;
    target[at + channel] = Math.round((a + (b - a) * fx) * (1 - fy) + (c + (d - c) * fx) * fy);
  }
}
