import { AnswerParts, type AnswerPart } from './answer-parts.js';
import { CallFinder, type CallBegin } from './call-finder.js';
import { newCallId } from './call-ids.js';
import { syntaxOf } from './call-syntax.js';
import { thoughtsToExpect, type ChatFormat, type ThoughtMarks } from './chat-format.js';
import { ThoughtFinder } from './thought-finder.js';

export type { AnswerPart };

/** What began the answer's first call, and where: from here on a grammar can hold the answer. */
export type CallTrigger = CallBegin & {
  /** UTF-16 units of the answer up to and including what began the call. */
  readonly end: number;
};

export interface AnswerParserOptions {
  readonly format: ChatFormat;
  /** The functions that may be called; none: nothing is taken for a call. */
  readonly toolNames: readonly string[];
  /**
   * Whether a grammar holds the calls, from the start or from {@link AnswerParser.trigger} on. Then arguments are told as
   * they are written, else once the call is whole, since one that is malformed becomes text.
   */
  readonly constrained: boolean;
  /** Thoughts as parts of their own; otherwise they are text, marks included. */
  readonly separateThoughts: boolean;
  /** The thought that the prompt has begun for the model; see `openedThought`. */
  readonly openedThought: ThoughtMarks | null;
  readonly newId?: () => string;
}

/**
 * Makes parts out of the text of an answer, special tokens' text included. What may still become a mark is held back, and
 * so are blanks around calls and thoughts. Parts do not depend on how the text is cut into pieces.
 */
export class AnswerParser {
  private readonly parts: AnswerParts;
  private readonly calls: CallFinder | null;
  private readonly thoughts: ThoughtFinder;
  /** Neither calls nor thoughts are looked for: text passes as it comes. */
  private readonly plain: boolean;
  private length = 0;
  private begun: CallTrigger | null = null;

  constructor(options: AnswerParserOptions) {
    const { format, toolNames, constrained, separateThoughts, openedThought } = options;
    const parts = new AnswerParts(options.newId ?? newCallId);
    const calls =
      toolNames.length === 0 ? null : new CallFinder(syntaxOf(format), new Set(toolNames), constrained, parts);
    this.parts = parts;
    this.calls = calls;
    this.plain = calls === null && !separateThoughts;
    this.thoughts = new ThoughtFinder(thoughtsToExpect(format), openedThought, separateThoughts, {
      thought: (text) => parts.add(separateThoughts ? 'reasoning' : 'text', text),
      answer: (char) => (calls === null ? parts.add('text', char) : calls.accept(char)),
    });
  }

  /** Null until a call has begun. */
  get trigger(): CallTrigger | null {
    return this.begun;
  }

  /** Whether what comes next belongs to the model's thoughts; false while that cannot be known yet. */
  get inThought(): boolean {
    return !this.plain && this.thoughts.inThought;
  }

  push(text: string): AnswerPart[] {
    if (this.plain) return text === '' ? [] : [{ type: 'text', text }];
    for (const char of text) {
      this.length += char.length;
      this.thoughts.accept(char);
      if (this.begun === null) this.noteTrigger();
    }
    return this.parts.take();
  }

  /** What was held back, once no more text will come. */
  flush(): AnswerPart[] {
    this.thoughts.flush();
    this.calls?.flush();
    return this.parts.take();
  }

  private noteTrigger(): void {
    const begin = this.calls?.begin ?? null;
    if (begin !== null) this.begun = { ...begin, end: this.length };
  }
}
