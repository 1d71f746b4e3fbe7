import type { LlamaModel, Token } from 'node-llama-cpp';

/** Non-characters, which no text holds, that stand around text which must not be read as special tokens. */
const OPEN = '\uFDD0';
const CLOSE = '\uFDD1';
const MARKS = new RegExp(`[${OPEN}${CLOSE}]`, 'g');
const MASKED = new RegExp(`${OPEN}([^${CLOSE}]*)${CLOSE}`);

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/**
 * Keeps users from forging a turn: `<|im_end|>` inside a message is text, not the end of the message. Message contents
 * are masked before the template is rendered, and what was masked is tokenised as plain text afterwards.
 */
export class SpecialTextGuard {
  private readonly pattern: RegExp | null;

  constructor(
    specialTexts: readonly string[],
    private readonly tokenizeText: (text: string, special: boolean) => Token[],
  ) {
    const longestFirst = [...new Set(specialTexts)].filter((text) => text !== '').sort((a, b) => b.length - a.length);
    this.pattern = longestFirst.length === 0 ? null : new RegExp(longestFirst.map(escape).join('|'), 'g');
  }

  static of(model: LlamaModel): SpecialTextGuard {
    const texts: string[] = [];
    for (const token of model.iterateAllTokens()) {
      if (model.isSpecialToken(token)) texts.push(model.detokenize([token], true));
    }
    return new SpecialTextGuard(texts, (text, special) => model.tokenize(text, special));
  }

  /** Marks special texts in a message's content. */
  mask(content: string): string {
    const clean = content.replace(MARKS, '');
    return this.pattern === null ? clean : clean.replace(this.pattern, (text) => OPEN + text + CLOSE);
  }

  /** Tokens of a rendered prompt whose contents went through {@link mask}. */
  tokenize(rendered: string): Token[] {
    if (!rendered.includes(OPEN)) return this.tokenizeText(rendered, true);
    return rendered
      .split(MASKED)
      .flatMap((part, index) => (part === '' ? [] : this.tokenizeText(part, index % 2 === 0)));
  }
}
