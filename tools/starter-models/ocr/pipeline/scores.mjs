/** Levenshtein distance in symbols. */
export function editDistance(read, printed) {
  const [a, b] = [Array.from(read), Array.from(printed)];
  let row = b.map((_, j) => j);
  row.push(b.length);
  a.forEach((symbol, i) => {
    const next = [i + 1];
    b.forEach((other, j) => {
      next.push(Math.min(row[j + 1] + 1, next[j] + 1, row[j] + (symbol === other ? 0 : 1)));
    });
    row = next;
  });
  return row[b.length];
}

/**
 * Which found line answers which expected one: each expected line takes the found line whose middle lies in its box, or
 * else the nearest of several. Returns `{ pairs: [expected, found | undefined][], extra }`, `extra` being found lines
 * that no expected line took: doubles, pieces and things that are no text.
 */
export function matchLines(expected, found) {
  const free = new Set(found);
  const pairs = expected.map((line) => {
    const middle = centre(line.quad);
    const inside = [...free].filter(({ quad }) => contains(line.quad, centre(quad)));
    const best = inside.sort((a, b) => far(centre(a.quad), middle) - far(centre(b.quad), middle))[0];
    free.delete(best);
    return [line, best];
  });
  return { pairs, extra: free.size };
}

/** Whether a found box covers a line: most of its length, neither half its height nor twice. */
export function covers(found, expected) {
  const [width, height] = sides(found);
  const [expectedWidth, expectedHeight] = sides(expected);
  return (
    width / expectedWidth > 0.8 &&
    width / expectedWidth < 1.25 &&
    height / expectedHeight > 0.5 &&
    height / expectedHeight < 1.6
  );
}

function sides([topLeft, topRight, , bottomLeft]) {
  return [far(topLeft, topRight), far(topLeft, bottomLeft)];
}

function centre(quad) {
  return [0, 1].map((axis) => quad.reduce((sum, corner) => sum + corner[axis], 0) / 4);
}

function far(a, b) {
  return Math.hypot(a[0] - b[0], a[1] - b[1]);
}

/** A convex quadrilateral, clockwise on a screen, contains a point if that is never left of an edge. */
function contains(quad, [x, y]) {
  return quad.every(([ax, ay], i) => {
    const [bx, by] = quad[(i + 1) % 4];
    return (bx - ax) * (y - ay) - (by - ay) * (x - ax) >= 0;
  });
}
