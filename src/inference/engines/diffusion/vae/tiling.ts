import { cut, type Planes, type Size } from '../planes.js';

/** How something is worked on in parts. All in latent cells. */
export interface Tiling {
  /** Of the whole. */
  readonly size: Size;
  /** Side of a tile. */
  readonly tile: number;
  /** Least that neighbours have in common. */
  readonly overlap: number;
  /** Numbers along one side that a cell has in what comes in, and in what comes out. */
  readonly inputScale: number;
  readonly outputScale: number;
}

/** A stretch along one axis, in cells. */
interface Stretch {
  readonly start: number;
  readonly length: number;
}

/**
 * Runs a network of limited reach tile by tile, so that memory is bounded by the tile. Where tiles overlap, one fades into
 * the other, which hides that each is a little different at its edge.
 */
export async function tiled(input: Planes, tiling: Tiling, run: (tile: Planes) => Promise<Planes>): Promise<Planes> {
  const { size, inputScale, outputScale } = tiling;
  const [columns, rows] = [stretches(size.width, tiling), stretches(size.height, tiling)];
  const [across, down] = [fades(columns, size.width, outputScale), fades(rows, size.height, outputScale)];
  let output: Planes | undefined;
  for (const [y, row] of rows.entries()) {
    for (const [x, column] of columns.entries()) {
      const area = { width: column.length * inputScale, height: row.length * inputScale };
      const tile = await run(cut(input, column.start * inputScale, row.start * inputScale, area));
      output ??= blank(tile.channels, { width: size.width * outputScale, height: size.height * outputScale });
      const [left, top] = [column.start * outputScale, row.start * outputScale];
      addFaded(output, tile, { left, top, across: across[x] ?? [], down: down[y] ?? [] });
    }
  }
  if (output === undefined) throw new RangeError('nothing to work on');
  return output;
}

/** Tiles along one axis, evenly spread, so that neighbours have at least the overlap in common. */
export function stretches(whole: number, { tile, overlap }: Pick<Tiling, 'tile' | 'overlap'>): Stretch[] {
  if (whole <= tile) return [{ start: 0, length: whole }];
  const count = Math.ceil((whole - overlap) / (tile - overlap));
  return Array.from({ length: count }, (_, i) => {
    return { start: Math.round((i * (whole - tile)) / (count - 1)), length: tile };
  });
}

/** Weights of each tile's numbers along one axis: a ramp where it overlaps a neighbour; together they are 1 everywhere. */
export function fades(parts: readonly Stretch[], whole: number, scale: number): Float32Array[] {
  const total = new Float32Array(whole * scale);
  const ramps = parts.map(({ start, length }, index) => {
    const [before, after] = [parts[index - 1], parts[index + 1]];
    const fromBefore = before === undefined ? 0 : (before.start + before.length - start) * scale;
    const intoAfter = after === undefined ? 0 : (start + length - after.start) * scale;
    const ramp = Float32Array.from({ length: length * scale }, (_, i) => {
      const rise = fromBefore === 0 ? 1 : (i + 0.5) / fromBefore;
      const fall = intoAfter === 0 ? 1 : (length * scale - i - 0.5) / intoAfter;
      return Math.min(1, rise, fall);
    });
    ramp.forEach((weight, i) => (total[start * scale + i] = (total[start * scale + i] ?? 0) + weight));
    return ramp;
  });
  return ramps.map((ramp, index) => {
    const from = (parts[index]?.start ?? 0) * scale;
    return ramp.map((weight, i) => weight / (total[from + i] ?? 1));
  });
}

interface Faded {
  readonly left: number;
  readonly top: number;
  readonly across: ArrayLike<number>;
  readonly down: ArrayLike<number>;
}

function addFaded(output: Planes, tile: Planes, { left, top, across, down }: Faded): void {
  for (let channel = 0, from = 0; channel < tile.channels; channel++) {
    for (let y = 0; y < tile.height; y++) {
      const row = (channel * output.height + top + y) * output.width + left;
      for (let x = 0; x < tile.width; x++, from++) {
        const weight = (across[x] ?? 0) * (down[y] ?? 0);
        output.data[row + x] = (output.data[row + x] ?? 0) + weight * (tile.data[from] ?? 0);
      }
    }
  }
}

function blank(channels: number, { width, height }: Size): Planes {
  return { data: new Float32Array(channels * width * height), channels, width, height };
}
