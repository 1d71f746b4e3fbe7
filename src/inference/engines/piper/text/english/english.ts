import { abbreviationWords } from './abbreviations.js';
import { acronymWords } from './acronyms.js';
import { dateWords } from './dates.js';
import { figureWords, fractionWords } from './figures.js';
import { moneyWords } from './money.js';
import { arithmeticWords, plainMarks, symbolWords, tidy } from './symbols.js';
import { timeWords } from './times.js';
import { unitWords } from './units.js';
import { webWords } from './web.js';

/** In this order: each leaves alone what it does not know, and what is left has fewer meanings. */
const STEPS: readonly ((text: string) => string)[] = [
  webWords,
  plainMarks,
  abbreviationWords,
  dateWords,
  timeWords,
  moneyWords,
  unitWords,
  fractionWords,
  arithmeticWords,
  figureWords,
  acronymWords,
  symbolWords,
  tidy,
];

/** An English sentence as it is read aloud: figures, signs and abbreviations as words. */
export function englishWords(sentence: string): string {
  const words = STEPS.reduce((text, step) => step(text), sentence);
  // The dot of an abbreviation that ends its sentence was the sentence's, too.
  return /\.["')\]]*$/.test(sentence) && !/[.!?]["')\]]*$/.test(words) ? `${words}.` : words;
}
