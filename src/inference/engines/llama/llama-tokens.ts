import type { LlamaModel, Token } from 'node-llama-cpp';
import type { Prompt } from '../../text-tasks.js';
import type { ModelTokens } from '../text/tokens/model-tokens.js';

/** Whether a number is a token of the model. llama.cpp ends the whole process for one that is none. */
export function isTokenOf(model: LlamaModel, token: number): token is Token {
  return Number.isInteger(token) && token >= 0 && token < model.fileInfo.metadata.tokenizer.ggml.tokens.length;
}

/** @param render The tokens that the model would be given for a prompt. */
export function llamaTokens(model: LlamaModel, render: (prompt: Prompt) => readonly Token[]): ModelTokens {
  return {
    of: (prompt) => (prompt.kind === 'raw' && prompt.text === '' ? [] : render(prompt)),
    plain: (text) => model.tokenize(text, false),
    textOf: (tokens) => {
      const known = tokens.filter((token) => isTokenOf(model, token));
      // One alone is told as it is within a text: at its beginning some vocabularies leave out the leading blank.
      return model.detokenize(known, true, known.length === 1 ? known : []);
    },
    has: (token) => isTokenOf(model, token),
  };
}
