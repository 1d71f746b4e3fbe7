/** Rectangles around points. A rectangle is `{ cx, cy, width, height, ux, uy }`: (ux, uy) is the unit vector along it. */

/** The smallest rectangle, at any angle, around points `[x, y]`; (ux, uy) lies within 45 degrees of the horizontal. */
export function minAreaRectangle(points) {
  const hull = convexHull(points);
  let best;
  hull.forEach((from, i) => {
    const to = hull[(i + 1) % hull.length];
    const length = Math.hypot(to[0] - from[0], to[1] - from[1]);
    if (length === 0) return;
    const candidate = boundsAlong(hull, (to[0] - from[0]) / length, (to[1] - from[1]) / length);
    if (!best || candidate.width * candidate.height < best.width * best.height) best = candidate;
  });
  return best && levelled(best);
}

/** Corners clockwise from the top left. */
export function corners({ cx, cy, width, height, ux, uy }) {
  const corner = (a, b) => [cx + (a * width * ux - b * height * uy) / 2, cy + (a * width * uy + b * height * ux) / 2];
  return [corner(-1, -1), corner(1, -1), corner(1, 1), corner(-1, 1)];
}

/** Andrew's monotone chain. */
function convexHull(points) {
  const sorted = [...points].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const turn = (o, a, b) => (a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0]);
  const half = (list) => {
    const chain = [];
    for (const point of list) {
      while (chain.length > 1 && turn(chain.at(-2), chain.at(-1), point) <= 0) chain.pop();
      chain.push(point);
    }
    return chain.slice(0, -1);
  };
  return [...half(sorted), ...half(sorted.reverse())];
}

function boundsAlong(points, ux, uy) {
  const along = points.map(([x, y]) => x * ux + y * uy);
  const across = points.map(([x, y]) => y * ux - x * uy);
  const [left, right, top, bottom] = [Math.min(...along), Math.max(...along), Math.min(...across), Math.max(...across)];
  const [a, b] = [(left + right) / 2, (top + bottom) / 2];
  return { cx: a * ux - b * uy, cy: a * uy + b * ux, width: right - left, height: bottom - top, ux, uy };
}

/** The same rectangle with its axis within 45 degrees of the horizontal, pointing right. */
function levelled({ cx, cy, width, height, ux, uy }) {
  if (Math.abs(uy) > Math.abs(ux)) return levelled({ cx, cy, width: height, height: width, ux: -uy, uy: ux });
  const sign = ux < 0 ? -1 : 1;
  return { cx, cy, width, height, ux: sign * ux, uy: sign * uy };
}
