import { Tensor } from '@huggingface/transformers';

/** Whole numbers row by row, [texts, tokens]. */
export type Rows = readonly (readonly number[])[];

/** Texts of different lengths as one batch, padded at their ends. */
export interface PaddedBatch {
  /** 1 for a token, 0 for padding. */
  readonly mask: Rows;
  /** Rows of the texts' own lengths, as the model takes them. */
  readonly tensor: (rows: Rows, padding: number) => Tensor;
}

export function paddedBatch(texts: readonly { readonly tokens: readonly number[] }[]): PaddedBatch {
  const width = Math.max(...texts.map(({ tokens }) => tokens.length));
  const filled = (row: readonly number[], padding: number): number[] => [
    ...row,
    ...new Array<number>(width - row.length).fill(padding),
  ];
  return {
    mask: texts.map(({ tokens }) => filled(new Array<number>(tokens.length).fill(1), 0)),
    tensor: (rows, padding) =>
      new Tensor(
        'int64',
        BigInt64Array.from(
          rows.flatMap((row) => filled(row, padding)),
          BigInt,
        ),
        [rows.length, width],
      ),
  };
}
