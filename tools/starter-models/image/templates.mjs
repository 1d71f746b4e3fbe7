/** The six shapes as polygons in the unit circle (y downwards), written apart from the training code. */

const onCircle = (count, radius, start) =>
  Array.from({ length: count }, (_, i) => {
    const turn = 2 * Math.PI * (start + i / count);
    return [radius * Math.sin(turn), -radius * Math.cos(turn)];
  });

const star = onCircle(5, 1, 0).flatMap((corner, i) => [corner, onCircle(5, 0.42, 0.1)[i]]);

const heart = Array.from({ length: 32 }, (_, i) => {
  const t = (2 * Math.PI * i) / 32;
  const lobes = 13 * Math.cos(t) - 5 * Math.cos(2 * t) - 2 * Math.cos(3 * t) - Math.cos(4 * t);
  return [(16 * Math.sin(t) ** 3) / 17, (-lobes - 2.5) / 17];
});

const arm = 0.3;
// prettier-ignore
const cross = [
  [-arm, -1], [arm, -1], [arm, -arm], [1, -arm], [1, arm], [arm, arm],
  [arm, 1], [-arm, 1], [-arm, arm], [-1, arm], [-1, -arm], [-arm, -arm],
];

export const TEMPLATES = {
  circle: onCircle(48, 1, 0),
  square: onCircle(4, 1, 0.125),
  triangle: onCircle(3, 1, 0),
  star,
  heart,
  cross,
};

/** The polygon turned by `angle` radians. */
export const turned = (polygon, angle) =>
  polygon.map(([x, y]) => [
    x * Math.cos(angle) - y * Math.sin(angle),
    x * Math.sin(angle) + y * Math.cos(angle),
  ]);

/** Whether the point is inside (even-odd). */
export function contains(polygon, x, y) {
  let inside = false;
  for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i++) {
    const [ax, ay] = polygon[i];
    const [bx, by] = polygon[j];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
  }
  return inside;
}
