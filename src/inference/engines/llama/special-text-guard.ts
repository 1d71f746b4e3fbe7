import { bracketMask, CLOSE, OPEN, patternOf } from '../text/preparation/special-text-mask.js';
import type { TextSegment } from '../text/preparation/sliced-tokenizer.js';

const MASKED = new RegExp(`${OPEN}([^${CLOSE}]*)${CLOSE}`);

/**
 * Keeps users from forging a turn: `<|im_end|>` inside a message is text, not the end of the message. Message contents
 * are masked before the template is rendered, and what was masked is tokenised as plain text afterwards.
 */
export class SpecialTextGuard {
  readonly pattern: RegExp | null;
  /** Marks special texts in a message's content. */
  readonly mask: (content: string) => string;

  constructor(readonly specialTexts: readonly string[]) {
    this.pattern = patternOf(specialTexts);
    this.mask = bracketMask(this.pattern);
  }

  /** Parts of a rendered prompt whose contents went through {@link mask}. */
  segments(rendered: string): TextSegment[] {
    if (!rendered.includes(OPEN)) return [{ text: rendered, special: true }];
    return rendered.split(MASKED).flatMap((text, index) => (text === '' ? [] : [{ text, special: index % 2 === 0 }]));
  }
}
