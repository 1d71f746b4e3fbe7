import { TokenBias, type LlamaModel, type Token } from 'node-llama-cpp';
import type { LogitBias } from '../../answer-wishes.js';
import { ParleyError } from '../../errors.js';
import { isTokenOf } from './llama-tokens.js';
import { biasEndToken } from './binding-internals.js';

/**
 * The biases of a request for the native sampler. Throws `invalid_request` for a token that is not the model's.
 * @param barred Tokens that may not come.
 */
export function tokenBiasOf(
  model: LlamaModel,
  wanted: readonly LogitBias[],
  barred: readonly Token[],
): TokenBias | undefined {
  if (wanted.length === 0 && barred.length === 0) return undefined;
  const tokenBias = TokenBias.for(model);
  for (const token of barred) tokenBias.set(token, 'never');
  for (const { token, bias } of wanted) {
    const known = knownToken(model, token);
    if (!model.isEogToken(known)) tokenBias.set(known, { logit: bias });
    else if (!biasEndToken(tokenBias, known, bias)) throw refusal(`token ${String(token)} ends answers`);
  }
  return tokenBias;
}

function knownToken(model: LlamaModel, token: number): Token {
  if (isTokenOf(model, token)) return token;
  throw refusal(`the model has no token ${String(token)}`);
}

function refusal(why: string): ParleyError {
  return new ParleyError('invalid_request', `"logit_bias" cannot be honoured: ${why}.`, { param: 'logit_bias' });
}
