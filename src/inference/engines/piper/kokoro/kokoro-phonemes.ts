/** Where espeak-ng's phonemes are not those that Kokoro learned; as its authors' own kokoro.js changes them. */
const CHANGES: readonly (readonly [RegExp, string])[] = [
  [/ʲ/g, 'j'],
  [/r/g, 'ɹ'],
  [/x/g, 'k'],
  [/ɬ/g, 'l'],
  [/(?<=[a-zɹː])(?=hˈʌndɹɪd)/g, ' '],
  [/ z(?=[;:,.!? ]|$)/g, 'z'],
];

/** "ninety" as Americans say it. */
const AMERICAN: readonly (readonly [RegExp, string])[] = [[/(?<=nˈaɪn)ti(?!ː)/g, 'di']];

export function kokoroPhonemes(ipa: string, language: string): string {
  const changes = language.startsWith('en') ? [...CHANGES, ...(language === 'en-US' ? AMERICAN : [])] : [];
  return changes.reduce((phonemes, [from, to]) => phonemes.replace(from, to), ipa);
}

/** Phonemes in runs of at most `most`, cut at a space where there is one. */
export function inRuns(symbols: readonly number[], space: number | undefined, most: number): number[][] {
  if (symbols.length <= most) return [[...symbols]];
  const last = space === undefined ? -1 : symbols.lastIndexOf(space, most - 1);
  const end = last > 0 ? last + 1 : most;
  return [symbols.slice(0, end), ...inRuns(symbols.slice(end), space, most)];
}
