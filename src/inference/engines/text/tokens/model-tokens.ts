import { ParleyError } from '../../../errors.js';
import type { Prompt } from '../../../text-tasks.js';
import type { Preparation } from '../preparation/preparations.js';

/** How a model reads texts as tokens, and tokens as text. */
export interface ModelTokens {
  /** What the model would be given for a prompt. Throws `invalid_request`. */
  of(prompt: Prompt, preparation: Preparation): Promise<readonly number[]>;
  /** Of a text in which nothing is special, with nothing around it. */
  plain(text: string, preparation: Preparation): Promise<readonly number[]>;
  /** Special tokens are part of it; what is not sound UTF-8 is U+FFFD. */
  textOf(tokens: readonly number[]): string;
  has(token: number): boolean;
}

/** The text of a prompt for a model that is only given texts. Throws `invalid_request` for messages. */
export function rawText(prompt: Prompt): string {
  if (prompt.kind === 'raw') return prompt.text;
  throw new ParleyError('invalid_request', 'This model takes no messages: send a text.', { param: 'messages' });
}
