/** `en_US`, `eng` or `fr-fr` as BCP 47 has it; what cannot be understood counts as English. */
export function languageTag(name: string): string {
  try {
    return Intl.getCanonicalLocales(name.replaceAll('_', '-'))[0] ?? 'en';
  } catch {
    return 'en';
  }
}

/** "English" for `en-US`. */
export function languageName(tag: string): string {
  const [base = tag] = tag.split('-');
  return new Intl.DisplayNames(['en'], { type: 'language' }).of(base) ?? tag;
}

export function isEnglish(tag: string): boolean {
  return /^en(?:-|$)/.test(tag);
}

/** Scripts that several others are written in together. */
const MIXED: Readonly<Record<string, readonly string[]>> = {
  Jpan: ['Han', 'Hira', 'Kana'],
  Kore: ['Hang', 'Han'],
  Hans: ['Han', 'Bopo'],
  Hant: ['Han', 'Bopo'],
};

/** Finds letters that belong to a language's script. */
export function scriptOf(tag: string): RegExp {
  const script = new Intl.Locale(tag).maximize().script ?? 'Latn';
  const names = (MIXED[script] ?? [script]).map((name) => `\\p{Script=${name === 'Han' ? 'Hani' : name}}`);
  return new RegExp(`[${names.join('')}\\p{Script=Zinh}]`, 'u');
}
