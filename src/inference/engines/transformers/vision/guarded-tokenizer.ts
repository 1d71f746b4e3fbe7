import { isJson, textOf, type Json } from '../../onnx/json.js';
import type { Mask } from '../../text/chat-format/masked-json.js';
import type { Preparation } from '../../text/preparation/preparations.js';
import { OPEN as MARK, patternOf, spreadMask } from '../../text/preparation/special-text-mask.js';
import { LongTexts } from '../tokens/long-texts.js';

/** The parts of a transformers.js tokenizer that are needed. */
export interface TextTokenizer {
  encode(text: string, options?: { readonly add_special_tokens?: boolean }): number[];
  decode(
    tokens: number[],
    options: { readonly skip_special_tokens: boolean; readonly clean_up_tokenization_spaces: boolean },
  ): string;
}

/**
 * Keeps users from forging a turn or a picture: `<|im_end|>` or `<image>` inside a message is text. Message contents are
 * marked before the template is rendered, so that neither processor nor tokenizer finds a special text in them; the
 * marks are left out when the prompt is tokenised.
 */
export class GuardedTokenizer {
  /** Marks special texts in a message's content: between all their characters, so that no overlapping one is left. */
  readonly mask: Mask;
  /** What the tokenizer puts before each text, mostly the token that begins all texts. */
  private readonly prefix: readonly number[];
  private readonly texts: LongTexts;

  constructor(
    private readonly tokenizer: TextTokenizer,
    readonly specialTexts: readonly string[],
  ) {
    this.mask = spreadMask(patternOf(specialTexts));
    this.prefix = prefixOf(tokenizer);
    this.texts = new LongTexts((text) => tokenizer.encode(text, { add_special_tokens: false }), specialTexts);
  }

  /** Tokens of a rendered prompt whose contents went through {@link mask}. */
  encode(prompt: string): number[] {
    return this.begun(this.partsOf(prompt).flatMap((part) => this.texts.encode(part)));
  }

  /**
   * As {@link encode}, and lets the event loop turn while it reads a long prompt. Throws `cancelled`, and
   * `TokenLimitError` for a long prompt of more than `limit` tokens.
   */
  async read(prompt: string, preparation: Preparation, limit = Infinity): Promise<number[]> {
    return this.begun(await this.texts.read(this.partsOf(prompt), preparation, limit));
  }

  /** Tokens of a text in which nothing is special, and nothing before it. */
  plain(text: string, preparation: Preparation): Promise<number[]> {
    return this.texts.read(this.partsOf(this.mask(text)), preparation);
  }

  /** The text of `tokens` where they follow `last`; an incomplete character at its end is one U+FFFD. */
  readonly decode = (tokens: readonly number[], last: readonly number[]): string =>
    this.textOf([...last, ...tokens])
      .slice(this.textOf(last).length)
      .replace(/\uFFFD+$/, '\uFFFD');

  private partsOf(text: string): string[] {
    return text.split(MARK).filter((part) => part !== '');
  }

  private begun(tokens: number[]): number[] {
    const begun = this.prefix.every((token, index) => tokens[index] === token);
    return begun ? tokens : [...this.prefix, ...tokens];
  }

  private textOf(tokens: readonly number[]): string {
    if (tokens.length === 0) return '';
    // Cleaned-up spaces would change text that was sent already.
    const options = { skip_special_tokens: true, clean_up_tokenization_spaces: false };
    return this.tokenizer.decode([...tokens], options);
  }
}

/** The texts that tokenizer.json calls special. */
export function specialTexts(tokenizerJson: Json): string[] {
  const added = Array.isArray(tokenizerJson.added_tokens) ? tokenizerJson.added_tokens.filter(isJson) : [];
  return added.flatMap(({ special, content }) => (special === true ? [textOf(content) ?? ''] : []));
}

function prefixOf(tokenizer: TextTokenizer): number[] {
  const bare = tokenizer.encode('a', { add_special_tokens: false });
  const whole = tokenizer.encode('a');
  const start = whole.findIndex((_, index) => bare.every((token, at) => whole[index + at] === token));
  return start === -1 ? [] : whole.slice(0, start);
}
