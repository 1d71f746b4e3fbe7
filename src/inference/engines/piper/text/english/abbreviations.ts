/** Written → said, where a dot always follows. */
const WORDS: Readonly<Record<string, string>> = {
  'e.g': 'for example',
  'i.e': 'that is',
  etc: 'et cetera',
  vs: 'versus',
  cf: 'compare',
  'et al': 'and others',
  approx: 'approximately',
  dept: 'department',
  Dept: 'Department',
  Inc: 'Incorporated',
  Ltd: 'Limited',
  Corp: 'Corporation',
  Co: 'Company',
  Ave: 'Avenue',
  Blvd: 'Boulevard',
  Rd: 'Road',
  Mt: 'Mount',
  Jr: 'Junior',
  Sr: 'Senior',
  Gen: 'General',
  Col: 'Colonel',
  Lt: 'Lieutenant',
  Sgt: 'Sergeant',
  Capt: 'Captain',
  Rev: 'Reverend',
  Gov: 'Governor',
  Sen: 'Senator',
  Rep: 'Representative',
  Jan: 'January',
  Feb: 'February',
  Aug: 'August',
  Sept: 'September',
  Sep: 'September',
  Oct: 'October',
  Nov: 'November',
  Dec: 'December',
};
const TITLES: Readonly<Record<string, string>> = {
  Dr: 'Doctor',
  Mr: 'Mister',
  Mrs: 'Missus',
  Ms: 'Miz',
  Prof: 'Professor',
};
const BEFORE_NUMBERS: Readonly<Record<string, string>> = {
  No: 'Number',
  Nos: 'Numbers',
  no: 'number',
  Fig: 'Figure',
  fig: 'figure',
  Figs: 'Figures',
  Eq: 'Equation',
  Vol: 'Volume',
  vol: 'volume',
  Ch: 'Chapter',
  pp: 'pages',
  p: 'page',
};

const WORD = anyOf(WORDS, String.raw`\.`);
const TITLE = anyOf(TITLES, String.raw`(?:\.|(?=\s+\p{Lu}))`);
const BEFORE_NUMBER = anyOf(BEFORE_NUMBERS, String.raw`\.(?=\s?\d)`);

/** Abbreviations as the words they stand for. */
export function abbreviationWords(text: string): string {
  return text
    .replace(/(?<![\p{L}\d])w\/o(?=\s)/gu, 'without')
    .replace(/(?<![\p{L}\d])w\/(?=\s)/gu, 'with')
    .replace(/\ba\.k\.a\./gi, 'also known as')
    .replace(/\bPh\.?\s?D\b\.?/g, 'P H D')
    .replace(TITLE, (_all, short: string) => TITLES[short] ?? short)
    .replace(BEFORE_NUMBER, (_all, short: string) => BEFORE_NUMBERS[short] ?? short)
    .replace(/\bSt\.(?=\s+\p{Lu})/gu, 'Saint')
    .replace(/\bSt\./g, 'Street')
    .replace(WORD, (_all, short: string) => WORDS[short] ?? short);
}

function anyOf(words: Readonly<Record<string, string>>, after: string): RegExp {
  const all = Object.keys(words)
    .sort((a, b) => b.length - a.length)
    .map((word) => word.replaceAll('.', String.raw`\.`));
  return new RegExp(String.raw`(?<![\p{L}\d.])(${all.join('|')})${after}`, 'gu');
}
