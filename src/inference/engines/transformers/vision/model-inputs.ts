import { Tensor } from '@huggingface/transformers';

/** What `generate` reads: `input_ids` and `attention_mask`, [1, tokens] of int64, and what pictures became. */
export type ModelInputs = Readonly<Record<string, Tensor>>;

export function textInputs(tokens: readonly number[]): ModelInputs {
  const dims = [1, tokens.length];
  return {
    input_ids: new Tensor('int64', BigInt64Array.from(tokens, BigInt), dims),
    attention_mask: new Tensor('int64', new BigInt64Array(tokens.length).fill(1n), dims),
  };
}

/** The prompt, token by token. */
export function tokensOf(inputs: ModelInputs): number[] {
  return Array.from(inputs.input_ids?.data as BigInt64Array, Number);
}

export function tokensIn(inputs: ModelInputs): number {
  return inputs.input_ids?.dims.at(-1) ?? 0;
}
