import { LlamaVocabularyType, type LlamaModel, type Token } from 'node-llama-cpp';
import { SlicedTokenizer } from '../text/preparation/sliced-tokenizer.js';
import { patternOf } from '../text/preparation/special-text-mask.js';

/** A letter, as byte-level vocabularies write the bytes of one. */
const BYTE_LETTER = '[A-Za-z\\u00A1-\\u00FF\\u0122-\\u0143]';
const BYTE_LEVEL = {
  overWords: new RegExp(`${BYTE_LETTER}\\u0120`),
  overLines: new RegExp(`\\u010A${BYTE_LETTER}`),
};
const PLAIN = { overWords: /\p{L}[\u2581 ]/u, overLines: /\n\p{L}/u };

/** Facts of a model's vocabulary that tokenising long texts needs. */
export interface Vocabulary {
  /** Special tokens. */
  readonly special: readonly Token[];
  readonly specialTexts: readonly string[];
  /** Bytes of the longest token; null where a text may have fewer tokens than its bytes tell. */
  readonly longestToken: number | null;
  readonly tokenizer: SlicedTokenizer<Token>;
}

/** Reads the vocabulary once, which takes a pass over all tokens. */
export function readVocabulary(model: LlamaModel): Vocabulary {
  const special: Token[] = [];
  const specialTexts: string[] = [];
  const wholeTexts: string[] = [];
  for (const token of model.iterateAllTokens()) {
    const attributes = model.getTokenAttributes(token);
    const isSpecial = model.isSpecialToken(token);
    if (!isSpecial && !attributes.userDefined && !attributes.unknown) continue;
    const text = model.detokenize([token], true);
    if (text !== '') wholeTexts.push(text);
    if (!isSpecial) continue;
    special.push(token);
    specialTexts.push(text);
  }
  const tokens = model.fileInfo.metadata.tokenizer.ggml.tokens;
  const byteLevel = model.vocabularyType === LlamaVocabularyType.bpe;
  const { overWords, overLines } = byteLevel ? BYTE_LEVEL : PLAIN;
  const rules = {
    specials: patternOf(specialTexts),
    wholeTexts,
    beforeWords: !tokens.some((text) => overWords.test(text)) && !wholeTexts.some((text) => PLAIN.overWords.test(text)),
    afterLines: !tokens.some((text) => overLines.test(text)) && !wholeTexts.some((text) => PLAIN.overLines.test(text)),
  };
  const longestToken = byteLevel
    ? tokens.reduce((most, text) => Math.max(most, text.length), 1)
    : tokens.reduce((most, text) => Math.max(most, Buffer.byteLength(text.replaceAll('\u2581', ' '))), 1);
  const losesNothing = byteLevel || model.vocabularyType === LlamaVocabularyType.spm;
  return {
    special,
    specialTexts,
    longestToken: losesNothing ? longestToken : null,
    tokenizer: new SlicedTokenizer(sliceReader(model), rules),
  };
}

/**
 * Tokenises slices. Some vocabularies put a blank before each text: a slice that goes on with another is read after a
 * line's end, whose tokens are then left out.
 */
function sliceReader(model: LlamaModel): (text: string, special: boolean, continued: boolean) => Token[] {
  const lineEnd = model.tokenize('\n', false);
  const afterLineEnd = (text: string, special: boolean): Token[] | null => {
    const tokens = model.tokenize(`\n${text}`, special);
    return lineEnd.every((token, at) => tokens[at] === token) ? tokens.slice(lineEnd.length) : null;
  };
  const after = afterLineEnd('a b', false);
  const prefixes = after !== null && String(after) !== String(model.tokenize('a b', false));
  if (!prefixes) return (text, special) => model.tokenize(text, special);
  return (text, special, continued) =>
    (continued ? afterLineEnd(text, special) : null) ?? model.tokenize(text, special);
}
