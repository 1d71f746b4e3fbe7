import type { PreTrainedTokenizer } from '@huggingface/transformers';
import type { ModelFolder } from '../model-folder.js';
import { GuardedTokenizer, specialTexts } from '../vision/guarded-tokenizer.js';
import { rawText, type ModelTokens } from '../../text/tokens/model-tokens.js';
import { decoding } from './tokenizer-decoding.js';

/** The tokens of a model that reads texts and answers none. */
export function encoderTokens(tokenizer: PreTrainedTokenizer, folder: ModelFolder): ModelTokens {
  const guarded = new GuardedTokenizer(tokenizer, specialTexts(folder.json('tokenizer.json')));
  return {
    ...decoding(tokenizer),
    plain: (text) => guarded.plain(text),
    of: (prompt) => tokenizer.encode(rawText(prompt)),
  };
}

/** What fills the shorter texts of a batch: nothing looks at it, but it must be a token. */
export function paddingOf({ pad_token_id: padding }: Pick<PreTrainedTokenizer, 'pad_token_id'>): number {
  return Number.isInteger(padding) ? padding : 0;
}
