import type { Mask } from '../chat-format/masked-json.js';

/** Non-characters, which no text holds, around text that must not be read as special tokens. */
export const OPEN = '\uFDD0';
export const CLOSE = '\uFDD1';
const BRACKETS = new RegExp(`[${OPEN}${CLOSE}]`, 'g');
const MARKS = new RegExp(OPEN, 'g');

/** Matches each of the texts, the longest first; null where there is none. */
export function patternOf(texts: readonly string[]): RegExp | null {
  const longestFirst = [...new Set(texts)].filter((text) => text !== '').sort((a, b) => b.length - a.length);
  return longestFirst.length === 0 ? null : new RegExp(longestFirst.map(escape).join('|'), 'g');
}

/** Puts each special text of a content into {@link OPEN} and {@link CLOSE}. */
export function bracketMask(pattern: RegExp | null): Mask {
  return (content) => {
    const clean = content.replace(BRACKETS, '');
    return pattern === null ? clean : clean.replace(pattern, (text) => OPEN + text + CLOSE);
  };
}

/**
 * Puts {@link OPEN} between all characters of each special text of a content, so that no overlapping one is left. For
 * prompts that a library searches for special texts before they are tokenised.
 */
export function spreadMask(pattern: RegExp | null): Mask {
  return (content) => {
    const clean = content.replace(MARKS, '');
    return pattern === null ? clean : clean.replace(pattern, (text) => OPEN + [...text].join(OPEN) + OPEN);
  };
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
