import { ParleyError } from '../../errors.js';

const LISTED = 10;
/** Every voice answers to it. */
const DEFAULT = 'default';

/**
 * Finds who is meant by name or number. `names` are in the order of their numbers; a model without any has one speaker.
 * Null stands for that one.
 */
export function findSpeaker(names: readonly string[], wanted: string | undefined): string | null {
  if (wanted === undefined || wanted === DEFAULT) return names[0] ?? null;
  const byName = names.find((name) => name === wanted) ?? names.find((name) => sameName(name, wanted));
  if (byName !== undefined) return byName;
  const byNumber = /^\d{1,6}$/.test(wanted) ? names[Number(wanted)] : undefined;
  if (byNumber !== undefined) return byNumber;
  if (names.length === 0 && wanted === '0') return null;
  throw new ParleyError('invalid_request', `This model has no voice "${wanted}". It has: ${listed(names)}.`, {
    param: 'voice',
  });
}

function sameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

function listed(names: readonly string[]): string {
  if (names.length === 0) return DEFAULT;
  const more = names.length - LISTED;
  return names.slice(0, LISTED).join(', ') + (more > 0 ? ` and ${String(more)} more` : '');
}
