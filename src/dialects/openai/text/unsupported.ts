import { ParleyError } from '../../../inference/errors.js';
import type { OpenAiChatRequest } from './openai-chat.schema.js';
import type { OpenAiCompletionRequest } from './openai-completion.schema.js';

/** Prompts times `n`. */
const MAX_COMPLETIONS = 512;

function refuse(param: string, why: string): never {
  throw new ParleyError('invalid_request', `"${param}" is not supported: ${why}.`, { param });
}

/** Refuses by name what would change a chat answer and cannot be honoured. */
export function refuseUnsupportedChat(body: OpenAiChatRequest): void {
  if ((body.functions?.length ?? 0) > 0) refuse('functions', 'use tools');
  if (body.function_call && body.function_call !== 'none' && body.function_call !== 'auto') {
    refuse('function_call', 'use tool_choice');
  }
  if ((body.top_logprobs ?? 0) > 0 && body.logprobs !== true) refuse('top_logprobs', 'it needs logprobs: true');
  if (body.modalities?.some((modality) => modality !== 'text') === true) refuse('modalities', 'only ["text"] is');
  if (body.audio) refuse('audio', '/v1/audio/speech speaks');
  if (body.web_search_options) refuse('web_search_options', 'there is no web search');
  if (body.reasoning_effort && body.reasoning_effort !== 'none') refuse('reasoning_effort', 'leave it out');
  if (body.verbosity && body.verbosity !== 'medium') refuse('verbosity', 'leave it out');
  if (body.store === true) refuse('store', 'only /v1/responses keeps answers');
}

/** Refuses by name what would change a completion and cannot be honoured. */
export function refuseUnsupportedCompletion(body: OpenAiCompletionRequest): void {
  const prompts = Array.isArray(body.prompt) ? body.prompt.length : 1;
  if (prompts * (body.n ?? 1) > MAX_COMPLETIONS) {
    throw new ParleyError(
      'invalid_request',
      `One request makes at most ${String(MAX_COMPLETIONS)} completions: send fewer prompts, or a lower n.`,
      { param: 'prompt' },
    );
  }
  if (body.suffix) refuse('suffix', 'the model cannot fill in');
  if (typeof body.logprobs === 'number' && body.echo === true) {
    refuse('logprobs', 'those of the prompt are not known, leave out echo');
  }
  if (typeof body.best_of === 'number' && body.best_of !== (body.n ?? 1)) refuse('best_of', 'it may only equal n');
}
