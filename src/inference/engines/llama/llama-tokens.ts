import type { LlamaModel, Token } from 'node-llama-cpp';
import type { Prompt } from '../../text-tasks.js';
import type { Preparation } from '../text/preparation/preparations.js';
import type { ModelTokens } from '../text/tokens/model-tokens.js';

/** Whether a number is a token of the model. llama.cpp ends the whole process for one that is none. */
export function isTokenOf(model: LlamaModel, token: number): token is Token {
  return Number.isInteger(token) && token >= 0 && token < model.fileInfo.metadata.tokenizer.ggml.tokens.length;
}

/** Tokenises texts slice by slice. */
export interface TokenReaders {
  /** The tokens that the model would be given for a prompt. */
  render(prompt: Prompt, preparation: Preparation): Promise<readonly Token[]>;
  plain(text: string, preparation: Preparation): Promise<readonly Token[]>;
}

export function llamaTokens(model: LlamaModel, readers: TokenReaders): ModelTokens {
  return {
    of: (prompt, preparation) =>
      prompt.kind === 'raw' && prompt.text === '' ? Promise.resolve([]) : readers.render(prompt, preparation),
    plain: (text, preparation) => readers.plain(text, preparation),
    textOf: (tokens) => {
      const known = tokens.filter((token) => isTokenOf(model, token));
      // One alone is told as it is within a text: at its beginning some vocabularies leave out the leading blank.
      return model.detokenize(known, true, known.length === 1 ? known : []);
    },
    has: (token) => isTokenOf(model, token),
  };
}
