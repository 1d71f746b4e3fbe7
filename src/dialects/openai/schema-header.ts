/** Longest value: proxies refuse much longer headers. */
const MOST_CHARACTERS = 2000;

/** Tells clients how their schema was narrowed. Percent-encoded where a header could not hold it. */
export function narrowedHeaders(narrowed: readonly string[]): Record<string, string> {
  if (narrowed.length === 0) return {};
  const value = narrowed.join('; ').replace(/[^\x20-\x7e]/gu, (character) => encodeURIComponent(character));
  const fits = value.length <= MOST_CHARACTERS;
  return { 'X-Schema-Narrowed': fits ? value : `${value.slice(0, MOST_CHARACTERS)}...` };
}
