import type { AnswerWishes } from '../../../answer-wishes.js';
import { ParleyError } from '../../../errors.js';

/** Throws `invalid_request` for what would change an answer and cannot be had of a model that sees. */
export function refuseWishes({ output, tools, logprobs, logitBias }: AnswerWishes): void {
  if (output !== undefined) refuse(output.param, 'this model is not held to a form');
  if (tools !== undefined && tools.choice !== 'none' && tools.tools.length > 0) {
    refuse('tools', 'this model calls none');
  }
  if (logprobs !== undefined) refuse('logprobs', 'this model tells none');
  if ((logitBias?.length ?? 0) > 0) refuse('logit_bias', 'this model takes none');
}

function refuse(param: string, why: string): never {
  throw new ParleyError('invalid_request', `"${param}" is not supported: ${why}.`, { param });
}
