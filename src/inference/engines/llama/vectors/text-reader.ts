import { LlamaVocabularyType, type LlamaModel, type Token } from 'node-llama-cpp';
import type { Preparation } from '../../text/preparation/preparations.js';
import { readVocabulary, type Vocabulary } from '../vocabulary.js';

/** Texts as a model that makes vectors reads them: what looks like a special token in a text is text. */
export class TextReader {
  private readonly vocabulary: Vocabulary;
  private readonly first: Token | null;
  private readonly last: Token | null;

  constructor(model: LlamaModel) {
    this.vocabulary = readVocabulary(model);
    const { tokens, vocabularyType } = model;
    const { wpm, ugm } = LlamaVocabularyType;
    const appendsEos = vocabularyType === ugm || tokens.shouldAppendEosToken;
    this.first = vocabularyType === wpm || tokens.shouldPrependBosToken ? tokens.bos : null;
    this.last = vocabularyType === wpm ? tokens.sep : appendsEos ? tokens.eos : null;
  }

  /** Throws `TokenLimitError` for a long text of more than `limit` tokens. */
  async tokens(text: string, preparation: Preparation, limit = Infinity): Promise<Token[]> {
    const around = (token: Token | null): Token[] => (token === null ? [] : [token]);
    return [...around(this.first), ...(await this.plain(text, preparation, limit)), ...around(this.last)];
  }

  /** Tokens of the text alone. */
  plain(text: string, preparation: Preparation, limit = Infinity): Promise<Token[]> {
    return this.vocabulary.tokenizer.tokens([{ text, special: false }], preparation, limit);
  }
}
