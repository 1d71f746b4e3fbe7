import { ParleyError } from '../../../errors.js';
import { englishWords } from './english/english.js';
import { isEnglish, languageName } from './language.js';
import { blocksOf } from './markup.js';
import { numberReader } from './number-languages.js';
import { piecesOf } from './pieces.js';
import { sentencesOf } from './sentences.js';

/** How much silence follows: least after a part of a sentence, most after a paragraph. */
export type Pause = 'clause' | 'sentence' | 'paragraph';

/** What is spoken in one go. */
export interface Utterance {
  readonly text: string;
  readonly pause: Pause;
}

/** What a text has to be made ready for. */
export interface Reader {
  /** BCP 47. */
  readonly language: string;
  /** Whether figures have to be words for it. */
  readonly spells: boolean;
  /** Whether it can say a letter. */
  knows(letter: string): boolean;
}

/** Characters of one utterance: melody is learned on sentences, and the next one waits while this one is made. */
const MOST = 250;
/** The first one is what the listener waits for. */
const MOST_AT_FIRST = 120;
const EXCERPT = 30;

/** A text as what is spoken one after the other. Throws for a text that holds nothing to be said, or another language. */
export async function utterancesOf(text: string, reader: Reader): Promise<Utterance[]> {
  const words = await wordsFor(reader);
  const utterances: Utterance[] = [];
  for (const { text: block, endsParagraph } of blocksOf(text)) {
    const sentences = sentencesOf(block, reader.language).filter((sentence) => /[\p{L}\p{N}]/u.test(sentence));
    sentences.forEach((sentence, index) => {
      checkLanguage(sentence, reader);
      const pieces = piecesOf(words(sentence), utterances.length === 0 ? MOST_AT_FIRST : MOST);
      const pause = endsParagraph && index === sentences.length - 1 ? 'paragraph' : 'sentence';
      pieces.forEach((piece, part) => {
        utterances.push({ text: piece, pause: part === pieces.length - 1 ? pause : 'clause' });
      });
    });
  }
  if (utterances.length === 0) {
    throw new ParleyError('invalid_request', 'There is nothing to say: the text has neither letters nor figures.', {
      param: 'input',
    });
  }
  return utterances;
}

async function wordsFor({ language, spells }: Reader): Promise<(sentence: string) => string> {
  if (isEnglish(language)) return englishWords;
  return spells ? numberReader(language) : (sentence) => sentence;
}

function checkLanguage(sentence: string, reader: Reader): void {
  const letters = sentence.match(/\p{L}/gu) ?? [];
  const unknown = letters.filter((letter) => !reader.knows(letter));
  if (2 * unknown.length <= letters.length) return;
  const excerpt = sentence.length > EXCERPT ? `${[...sentence].slice(0, EXCERPT).join('')}…` : sentence;
  throw new ParleyError(
    'invalid_request',
    `This voice speaks ${languageName(reader.language)} only: it cannot read "${excerpt}".`,
    { param: 'input' },
  );
}
