/** Abbreviations that are followed by more of their sentence, by language. Those that may end one, like "etc.", are not here. */
const ABBREVIATIONS: Readonly<Record<string, string>> = {
  en: 'Dr|Mr|Mrs|Ms|Prof|St|No|Nos|vs|e\\.g|i\\.e|cf|Fig|Figs|Eq|Gen|Col|Lt|Sgt|Capt|Cmdr|Rev|Hon|Gov|Sen|Rep|Pres|Mt|Ft|approx|ca|al|Vol|vol|pp|p|Jan|Feb|Aug|Sep|Sept|Oct|Nov|Dec',
  fr: 'M|MM|Mme|Mlle|Dr|Pr|Me|St|Ste|cf|env|p\\.\\s?ex|art|chap|vol|p|n°|av|apr',
  de: 'Dr|Prof|Hr|Fr|Nr|St|Str|z\\.\\s?B|d\\.\\s?h|u\\.\\s?a|bzw|ca|vgl|Abb|Bd|Jh|geb|\\d{1,2}',
  es: 'Sr|Sra|Srta|Dr|Dra|Prof|Ud|Uds|p\\.\\s?ej|núm|pág|art|cap|vol|Av',
  it: 'Sig|Sigg|Dott|Prof|Avv|Ing|S|es|pag|art|cap|vol|n',
  pt: 'Sr|Sra|Dr|Dra|Prof|Exmo|pág|art|cap|vol|Av|n',
  ru: 'г|гг|ул|д|кв|им|см|стр|рис|т|т\\.\\s?е|т\\.\\s?к|проф|акад|руб|тыс|ст|гл|ч|напр',
  uk: 'м|вул|ім|див|рис|т|проф|акад|грн|тис|ст|гл',
};
/** Letters that stand for a word, as in "J. R. R. Tolkien" and "z. B.". "I." ends a sentence. */
const INITIAL = /(?:^|[\s.(])(?!I\.)\p{L}\.$/u;
const CLOSING = /^[»”’)\]]+(?=\s|$)/u;

/** Cuts a block of text into its sentences, as the language does it. */
export function sentencesOf(text: string, language: string): string[] {
  const segments = [...new Intl.Segmenter(language, { granularity: 'sentence' }).segment(text)];
  const abbreviation = abbreviationOf(language);
  const sentences: string[] = [];
  for (const { segment } of segments) {
    const [closing = ''] = CLOSING.exec(segment) ?? [];
    const before = sentences.at(-1);
    const goesOn =
      before !== undefined && (abbreviation.test(before) || INITIAL.test(before) || /^\p{Ll}/u.test(segment));
    if (before === undefined) sentences.push(segment.trim());
    else if (goesOn) sentences.splice(-1, 1, `${before} ${segment.trim()}`);
    else {
      if (closing !== '') sentences.splice(-1, 1, `${before} ${closing}`);
      const rest = segment.slice(closing.length).trim();
      if (rest !== '') sentences.push(rest);
    }
  }
  return sentences.filter((sentence) => sentence !== '');
}

function abbreviationOf(language: string): RegExp {
  const [base = ''] = language.split('-');
  const known = ABBREVIATIONS[base];
  return known === undefined ? /$^/ : new RegExp(`(?:^|[\\s("'«“])(?:${known})\\.$`, 'u');
}
