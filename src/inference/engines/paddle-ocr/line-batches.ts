/** Lines that are recognised together, in pictures of one width. */
export interface LineBatch {
  /** Which of the lines, by their place in the list that was given. */
  readonly lines: readonly number[];
  /** Pixels: that of the widest of them. */
  readonly width: number;
}

export interface BatchLimits {
  readonly lines: number;
  /** Pixels of width, all lines together, their padding included. */
  readonly totalWidth: number;
  /** How many times as wide as the narrowest the widest may be: the rest of its picture is computed for nothing. */
  readonly ratio: number;
}

/** Lines of similar widths together, narrow ones first. */
export function batchesOf(widths: readonly number[], limits: BatchLimits): LineBatch[] {
  const order = widths.map((_, line) => line).toSorted((a, b) => (widths[a] ?? 0) - (widths[b] ?? 0));
  const batches: { lines: number[]; width: number; narrowest: number }[] = [];
  for (const line of order) {
    const width = widths[line] ?? 0;
    const batch = batches.at(-1);
    const fits =
      batch !== undefined &&
      batch.lines.length < limits.lines &&
      (batch.lines.length + 1) * width <= limits.totalWidth &&
      width <= batch.narrowest * limits.ratio;
    if (!fits) batches.push({ lines: [line], width, narrowest: width });
    else {
      batch.lines.push(line);
      batch.width = width;
    }
  }
  return batches.map((batch) => ({ lines: batch.lines, width: batch.width }));
}
