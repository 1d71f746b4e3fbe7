import type { Llama, LlamaContextSequence, Token, TokenBias } from 'node-llama-cpp';

/**
 * What node-llama-cpp can do and does not publish. All of it is here, checked before it is used, so that another version
 * without it costs speed or is refused in words, and test/medium/llama-internals.test.ts tells when one changes.
 */

interface CopyingSequence {
  _copyStateFromOtherSequence(other: LlamaContextSequence, upToTokenIndex: number): Promise<boolean>;
}

/**
 * Puts the first `tokens` of another sequence's KV cache in the place of this one's. False where that cannot be: what
 * is in this sequence is then not known. Neither may be in an evaluation.
 */
export async function copyPrefix(
  from: LlamaContextSequence,
  to: LlamaContextSequence,
  tokens: number,
): Promise<boolean> {
  if (!('_copyStateFromOtherSequence' in to)) return false;
  return (to as unknown as CopyingSequence)._copyStateFromOtherSequence(from, tokens);
}

/** Biases a token that ends answers, which the published method passes over. False where that cannot be. */
export function biasEndToken(tokenBias: TokenBias, token: Token, logit: number): boolean {
  const biases: unknown = '_biases' in tokenBias ? tokenBias._biases : undefined;
  if (!(biases instanceof Map)) return false;
  biases.set(token, logit);
  return true;
}

interface ArchitectureBindings {
  getIsArchSupported(architecture: string): boolean;
}

/** True when llama.cpp knows an architecture, or the binding cannot say. */
export function supportsArchitecture(llama: Llama, architecture: string): boolean {
  const bindings: unknown = '_bindings' in llama ? llama._bindings : undefined;
  if (typeof bindings !== 'object' || bindings === null || !('getIsArchSupported' in bindings)) return true;
  return (bindings as ArchitectureBindings).getIsArchSupported(architecture);
}
