const BETWEEN_NUMBERS: readonly (readonly [RegExp, string])[] = [
  [/(?<=\d\s?)[×*x](?=\s?\d)/g, ' times '],
  [/(?<=\d\s?)÷(?=\s?\d)/g, ' divided by '],
  [/(?<=\d)\s-\s(?=\d)/g, ' minus '],
  [/\b24\/7\b/g, '24 7'],
  [/(?<=\d\s?)\/(?=\s?\d)/g, ' over '],
  [/(?<=\d):(?=\d)/g, ' to '],
  [/#(?=\d)/g, 'number '],
  [/[~≈](?=\s?[\d$€£])/gu, 'about '],
  [/\+(?=\d)/g, ' plus '],
  [/(?<=\d)\+(?!\S)/g, ' plus '],
];

const ANYWHERE: readonly (readonly [RegExp, string])[] = [
  [/&/g, ' and '],
  [/@/g, ' at '],
  [/\+/g, ' plus '],
  [/=/g, ' equals '],
  [/≠/g, ' does not equal '],
  [/±/g, ' plus or minus '],
  [/[≤⩽]/gu, ' at most '],
  [/[≥⩾]/gu, ' at least '],
  [/</g, ' less than '],
  [/>/g, ' greater than '],
  [/§/g, ' section '],
  [/[→⇒➜]/gu, ' to '],
  [/°/g, ' degrees '],
  [/%/g, ' percent '],
  [/\$/g, ' dollars '],
  [/€/g, ' euros '],
  [/£/g, ' pounds '],
];

/** Signs between numbers, while these are still figures. */
export function arithmeticWords(text: string): string {
  return BETWEEN_NUMBERS.reduce((words, [sign, said]) => words.replace(sign, said), text);
}

/** Signs that have a name, then none but letters, figures and marks. */
export function symbolWords(text: string): string {
  return ANYWHERE.reduce((words, [sign, said]) => words.replace(sign, said), text)
    .replace(/(?<=[a-z\d])\.(?=[a-z])/g, ' dot ')
    .replace(/[/\\_]/g, ' ')
    .replace(/[*#^~`|{}]/g, ' ');
}

/** Marks as voices know them: straight quotes, commas for dashes and for dots in the middle. */
export function plainMarks(text: string): string {
  return text
    .replace(/[‘’‚]/g, "'")
    .replace(/[“”„«»]/g, '"')
    .replace(/\s*[—―]\s*|(?<!\d)\s+[–-]+\s+|\s+[–-]+\s+(?!\d)|\s*--+\s*/gu, ', ')
    .replace(/(?:…|\.{2,})(?=["')]*\s*$)/gu, '.')
    .replace(/\s*(?:…|\.{2,})(?!\d)/gu, ',')
    .replace(/([!?])[!?]+/g, (marks) => (marks.includes('?') ? '?' : '!'));
}

/** No space before a mark, one after it, no mark twice. */
export function tidy(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/ (?=[.,;:!?)])/g, '')
    .replace(/([,;:])[,;:]+/g, '$1')
    .replace(/,(?=[.!?])/g, '')
    .replace(/\(\s*\)|\[\s*\]/g, '')
    .replace(/^[\s,;:.]+/, '')
    .trim();
}
