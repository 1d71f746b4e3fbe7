import { ParleyError } from '../../inference/errors.js';

/** A model's tokens, asked for one text at a time. */
export interface TokenReader {
  /** Tokens of a text, with what the model puts around it or without. */
  tokensOf(text: string, specialTokens: boolean): Promise<readonly number[]>;
  /** Throws `invalid_request` for a token that the model does not have. */
  textOf(tokens: readonly number[]): Promise<string>;
}

/** What a model puts around each text. */
interface Frame {
  readonly before: readonly number[];
  readonly after: readonly number[];
}

/**
 * The texts that token ids stand for, for models that are given texts: what the model puts around each text may be among
 * the ids, and is left out. Throws `invalid_request` for ids that no text has: the model would read something else than
 * what was sent.
 */
export async function textsOfTokens(lists: readonly (readonly number[])[], reader: TokenReader): Promise<string[]> {
  const frame = await frameOf(reader);
  const texts: string[] = [];
  for (const [index, tokens] of lists.entries()) {
    const inner = unframed(tokens, frame);
    const text = inner.length === 0 ? '' : await readable(reader.textOf(inner), index);
    if (!equal(await reader.tokensOf(text, false), inner)) throw unreadable(index);
    if (text === '') throw empty(index);
    texts.push(text);
  }
  return texts;
}

async function frameOf(reader: TokenReader): Promise<Frame> {
  const bare = await reader.tokensOf('a', false);
  const whole = await reader.tokensOf('a', true);
  const start = whole.findIndex((_, at) => equal(whole.slice(at, at + bare.length), bare));
  return start === -1
    ? { before: [], after: [] }
    : { before: whole.slice(0, start), after: whole.slice(start + bare.length) };
}

function unframed(tokens: readonly number[], { before, after }: Frame): readonly number[] {
  const begun = before.length > 0 && equal(tokens.slice(0, before.length), before);
  const rest = begun ? tokens.slice(before.length) : tokens;
  const ended = after.length > 0 && rest.length >= after.length && equal(rest.slice(-after.length), after);
  return ended ? rest.slice(0, -after.length) : rest;
}

function equal(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, index) => value === b[index]);
}

async function readable(text: Promise<string>, index: number): Promise<string> {
  try {
    return await text;
  } catch (error) {
    throw error instanceof ParleyError && error.param === 'tokens' ? unreadable(index) : error;
  }
}

function unreadable(index: number): ParleyError {
  return new ParleyError(
    'invalid_request',
    `The token ids of input ${String(index)} are not what this model makes of any text: send the text itself, or ids from /tokenize with the same model.`,
    { param: 'input' },
  );
}

function empty(index: number): ParleyError {
  return new ParleyError('invalid_request', `Input ${String(index)} is empty.`, { param: 'input' });
}
