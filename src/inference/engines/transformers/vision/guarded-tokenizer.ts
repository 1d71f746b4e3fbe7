import { isJson, textOf, type Json } from '../../onnx/json.js';

/** A non-character, which no text holds. */
const MARK = '\uFDD0';
const MARKS = new RegExp(MARK, 'g');

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
  private readonly pattern: RegExp | null;
  /** What the tokenizer puts before each text, mostly the token that begins all texts. */
  private readonly prefix: readonly number[];

  constructor(
    private readonly tokenizer: TextTokenizer,
    specialTexts: readonly string[],
  ) {
    const longestFirst = [...new Set(specialTexts)].filter((text) => text !== '').sort((a, b) => b.length - a.length);
    this.pattern = longestFirst.length === 0 ? null : new RegExp(longestFirst.map(escape).join('|'), 'g');
    this.prefix = prefixOf(tokenizer);
  }

  /** Marks special texts in a message's content: between all their characters, so that no overlapping one is left. */
  mask(content: string): string {
    const clean = content.replace(MARKS, '');
    return this.pattern === null ? clean : clean.replace(this.pattern, (text) => MARK + [...text].join(MARK) + MARK);
  }

  /** Tokens of a rendered prompt whose contents went through {@link mask}. */
  encode(prompt: string): number[] {
    const tokens = this.unmarked(prompt);
    const begun = this.prefix.every((token, index) => tokens[index] === token);
    return begun ? tokens : [...this.prefix, ...tokens];
  }

  /** Tokens of a text in which nothing is special, and nothing before it. */
  plain(text: string): number[] {
    return this.unmarked(this.mask(text));
  }

  /** The text of `tokens` where they follow `last`; an incomplete character at its end is one U+FFFD. */
  readonly decode = (tokens: readonly number[], last: readonly number[]): string =>
    this.textOf([...last, ...tokens])
      .slice(this.textOf(last).length)
      .replace(/\uFFFD+$/, '\uFFFD');

  private unmarked(text: string): number[] {
    const parts = text.split(MARK).filter((part) => part !== '');
    return parts.flatMap((part) => this.tokenizer.encode(part, { add_special_tokens: false }));
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

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
