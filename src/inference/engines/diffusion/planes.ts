/** Numbers on a grid, one plane after the other, row by row: a latent, or a picture's colours from -1 to 1. */
export interface Planes {
  readonly data: Float32Array;
  readonly channels: number;
  readonly width: number;
  readonly height: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export function planesOf(data: Float32Array, channels: number, { width, height }: Size): Planes {
  if (data.length !== channels * width * height) {
    const expected = [channels, height, width].join(' x ');
    throw new Error(`${String(data.length)} numbers are no ${expected}`);
  }
  return { data, channels, width, height };
}

/** One after the other in one array: channels of a model's input. */
export function stacked(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let position = 0;
  for (const part of parts) {
    whole.set(part, position);
    position += part.length;
  }
  return whole;
}

/** A part of a grid. */
export function cut(planes: Planes, left: number, top: number, { width, height }: Size): Planes {
  const data = new Float32Array(planes.channels * width * height);
  for (let channel = 0, to = 0; channel < planes.channels; channel++) {
    for (let row = top; row < top + height; row++, to += width) {
      const from = (channel * planes.height + row) * planes.width + left;
      data.set(planes.data.subarray(from, from + width), to);
    }
  }
  return { data, channels: planes.channels, width, height };
}
