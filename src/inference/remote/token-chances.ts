import type { TokenChance, TokenLogprob } from '../answer-wishes.js';
import { isJsonObject, type JsonValue } from '../json-value.js';
import { isList, listAt, numberAt, objectAt, textAt } from './wire.js';

/** Servers say so of what cannot be; a logarithm of minus infinity has no JSON. */
const IMPOSSIBLE = -9999;

/**
 * The log probabilities of a piece's tokens, from the `logprobs` of a choice: as chats have them, or as completions have
 * them, in lists side by side. Empty where there are none.
 */
export function tokenLogprobs(choice: JsonValue): TokenLogprob[] {
  const logprobs = objectAt(choice, 'logprobs');
  if (logprobs === null) return [];
  const content = listAt(logprobs, 'content');
  if (content !== null) {
    return content.map((token) => ({ ...chanceOf(token), top: (listAt(token, 'top_logprobs') ?? []).map(chanceOf) }));
  }
  const values = listAt(logprobs, 'token_logprobs') ?? [];
  const tops = listAt(logprobs, 'top_logprobs') ?? [];
  return (listAt(logprobs, 'tokens') ?? []).map((token, at) => ({
    ...chance(typeof token === 'string' ? token : '', values[at]),
    top: likeliest(tops[at]),
  }));
}

function chanceOf(token: JsonValue): TokenChance {
  const text = textAt(token, 'token') ?? '';
  const bytes = listAt(token, 'bytes');
  const logprob = numberAt(token, 'logprob') ?? undefined;
  return { ...chance(text, logprob), ...(isByteList(bytes) && { bytes }) };
}

function isByteList(bytes: readonly JsonValue[] | null): bytes is readonly number[] {
  return isList(bytes ?? undefined) && bytes?.every((byte) => typeof byte === 'number') === true;
}

/** Text with a replacement character is but a part of one, whose bytes nobody knows. */
function chance(text: string, logprob: JsonValue | undefined): TokenChance {
  const bytes = text.includes('\uFFFD') ? null : [...Buffer.from(text, 'utf8')];
  return { text, bytes, logprob: typeof logprob === 'number' ? logprob : IMPOSSIBLE };
}

function likeliest(top: JsonValue | undefined): TokenChance[] {
  if (!isJsonObject(top)) return [];
  const chances = Object.entries(top).map(([text, logprob]) => chance(text, logprob));
  return chances.sort((a, b) => b.logprob - a.logprob);
}
