import { ParleyError } from '../../../errors.js';
import type { Prompt } from '../../../text-tasks.js';

/** How a model reads texts as tokens, and tokens as text. */
export interface ModelTokens {
  /** What the model would be given for a prompt. Throws `invalid_request`. */
  of(prompt: Prompt): number[];
  /** Of a text in which nothing is special, with nothing around it. */
  plain(text: string): number[];
  /** Special tokens are part of it; what is not sound UTF-8 is U+FFFD. */
  textOf(tokens: readonly number[]): string;
  has(token: number): boolean;
}

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

/** The text of a prompt for a model that is only given texts. Throws `invalid_request` for messages. */
export function rawText(prompt: Prompt): string {
  if (prompt.kind === 'raw') return prompt.text;
  throw new ParleyError('invalid_request', 'This model takes no messages: send a text.', { param: 'messages' });
}
