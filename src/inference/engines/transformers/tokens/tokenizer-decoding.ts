import type { ModelTokens } from '../../text/tokens/model-tokens.js';

/** The parts of a transformers.js tokenizer that tell text and tokens apart. */
export interface TokenDecoder {
  decode(
    tokens: number[],
    options: { readonly skip_special_tokens: boolean; readonly clean_up_tokenization_spaces: boolean },
  ): string;
  get_vocab(): ReadonlyMap<string, number>;
}

/** What {@link ModelTokens} has of the tokenizer alone. */
export function decoding(tokenizer: TokenDecoder): Pick<ModelTokens, 'textOf' | 'has'> {
  const known = new Set(tokenizer.get_vocab().values());
  const options = { skip_special_tokens: false, clean_up_tokenization_spaces: false };
  return {
    textOf: (tokens) => (tokens.length === 0 ? '' : tokenizer.decode([...tokens], options)),
    has: (token) => known.has(token),
  };
}
