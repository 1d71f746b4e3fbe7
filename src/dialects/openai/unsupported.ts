import { ParleyError } from '../../inference/errors.js';
import type { OpenAiChatRequest } from './openai-chat.schema.js';
import type { OpenAiCompletionRequest } from './openai-completion.schema.js';

function refuse(param: string, why: string): never {
  throw new ParleyError('invalid_request', `"${param}" is not supported: ${why}.`, { param });
}

function typeOf(format: object): unknown {
  return 'type' in format ? format.type : undefined;
}

function refuseShared(body: OpenAiChatRequest | OpenAiCompletionRequest): void {
  if (Object.keys(body.logit_bias ?? {}).length > 0) refuse('logit_bias', 'leave it out');
}

/** Refuses by name what would change a chat answer and cannot be honoured. */
export function refuseUnsupportedChat(body: OpenAiChatRequest): void {
  refuseShared(body);
  if (body.response_format && typeOf(body.response_format) !== 'text')
    refuse('response_format', 'only {"type": "text"} is');
  if ((body.tools?.length ?? 0) > 0) refuse('tools', 'leave them out');
  if (body.tool_choice && body.tool_choice !== 'none' && body.tool_choice !== 'auto')
    refuse('tool_choice', 'there are no tools');
  if ((body.functions?.length ?? 0) > 0) refuse('functions', 'leave them out');
  if (body.function_call && body.function_call !== 'none' && body.function_call !== 'auto') {
    refuse('function_call', 'there are no functions');
  }
  if (body.logprobs === true) refuse('logprobs', 'leave it out');
  if ((body.top_logprobs ?? 0) !== 0) refuse('top_logprobs', 'leave it out');
  if (body.modalities?.some((modality) => modality !== 'text') === true) refuse('modalities', 'only ["text"] is');
}

/** Refuses by name what would change a completion and cannot be honoured. */
export function refuseUnsupportedCompletion(body: OpenAiCompletionRequest): void {
  refuseShared(body);
  if (body.suffix) refuse('suffix', 'the model cannot fill in');
  if (typeof body.logprobs === 'number') refuse('logprobs', 'leave it out');
  if (typeof body.best_of === 'number' && body.best_of !== (body.n ?? 1)) refuse('best_of', 'it may only equal n');
}
