import type { PreTrainedTokenizer } from '@huggingface/transformers';
import type { ModelFolder } from '../model-folder.js';
import { GuardedTokenizer, specialTexts } from '../vision/guarded-tokenizer.js';
import type { Preparation } from '../../text/preparation/preparations.js';
import { LONG_TEXT } from '../../text/preparation/sliced-tokenizer.js';
import { rawText, type ModelTokens } from '../../text/tokens/model-tokens.js';
import { LongTexts } from './long-texts.js';
import { decoding } from './tokenizer-decoding.js';

/** Texts as a model reads them that answers none. */
export interface EncoderTexts {
  readonly tokens: ModelTokens;
  /** Throws `TokenLimitError` for a long text that has more than `limit` tokens. */
  refuseLong(text: string, preparation: Preparation, limit: number): Promise<void>;
}

export function encoderTexts(tokenizer: PreTrainedTokenizer, folder: ModelFolder): EncoderTexts {
  const special = specialTexts(folder.json('tokenizer.json'));
  const guarded = new GuardedTokenizer(tokenizer, special);
  const texts = new LongTexts((text) => tokenizer.encode(text, { add_special_tokens: false }), special);
  const [before, after] = frameOf(tokenizer);
  return {
    tokens: {
      ...decoding(tokenizer),
      plain: (text, preparation) => guarded.plain(text, preparation),
      of: async (prompt, preparation) => {
        const text = rawText(prompt);
        if (text.length <= LONG_TEXT) return tokenizer.encode(text);
        return [...before, ...(await texts.read([text], preparation)), ...after];
      },
    },
    refuseLong: (text, preparation, limit) => texts.refuseLong(text, preparation, limit),
  };
}

/** Tokens that the tokenizer puts before and after each text. */
function frameOf(tokenizer: PreTrainedTokenizer): readonly [readonly number[], readonly number[]] {
  const bare = tokenizer.encode('a', { add_special_tokens: false });
  const whole = tokenizer.encode('a');
  const start = whole.findIndex((_, index) => bare.every((token, at) => whole[index + at] === token));
  return start === -1 ? [[], []] : [whole.slice(0, start), whole.slice(start + bare.length)];
}

/** What fills the shorter texts of a batch: nothing looks at it, but it must be a token. */
export function paddingOf({ pad_token_id: padding }: Pick<PreTrainedTokenizer, 'pad_token_id'>): number {
  return Number.isInteger(padding) ? padding : 0;
}
