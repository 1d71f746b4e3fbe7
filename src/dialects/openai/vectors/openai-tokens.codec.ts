import type { TokenizeRequest, TokensOfText } from '../../../domains/embeddings/token.service.js';
import { ParleyError } from '../../../inference/errors.js';
import type { Prompt } from '../../../inference/text-tasks.js';
import type { OpenAiMessage } from '../text/openai-chat.schema.js';
import { promptOf } from '../text/openai-messages.codec.js';
import type { OpenAiTokenizeRequest, OpenAiTokenizeResponse } from './openai-tokens.schema.js';

/** Throws `invalid_request` for what would change the tokens and cannot be honoured. */
export function toTokenizeRequest(body: OpenAiTokenizeRequest): TokenizeRequest {
  refuseUnsupported(body);
  return { model: body.model ?? undefined, prompt: textOrChat(body), specialTokens: specialTokensOf(body) };
}

export function toTokenizeResponse(
  body: OpenAiTokenizeRequest,
  { tokens, pieces, contextSize }: TokensOfText,
): OpenAiTokenizeResponse {
  const withPieces = body.with_pieces === true;
  return {
    count: tokens.length,
    max_model_len: contextSize,
    tokens: withPieces ? tokens.map((id, at) => ({ id, piece: pieces[at] ?? '' })) : tokens,
    token_strs: body.return_token_strs === true ? pieces : null,
  };
}

function textOrChat({ prompt, content, messages }: OpenAiTokenizeRequest): Prompt {
  const [text, ...more] = [prompt, content].filter((one) => typeof one === 'string');
  if (Array.isArray(messages) && text === undefined) return chatPrompt(messages);
  if (!Array.isArray(messages) && text !== undefined && more.length === 0) return { kind: 'raw', text };
  throw new ParleyError('invalid_request', 'Send one of "prompt", "messages" and "content".', { param: 'prompt' });
}

/** As a chat would put them. */
function chatPrompt(messages: OpenAiMessage[]): Prompt {
  const prompt = promptOf(messages, []);
  const shows = messages.some(
    ({ content }) => Array.isArray(content) && content.some(({ type }) => type === 'image_url'),
  );
  if (!shows && prompt.kind !== 'pictures') return prompt;
  refuse('messages', 'what a picture takes depends on the picture', 'image_url');
}

function specialTokensOf({ content, add_special, add_special_tokens }: OpenAiTokenizeRequest): boolean {
  return typeof content === 'string' ? (add_special ?? false) : (add_special_tokens ?? true);
}

function refuseUnsupported(body: OpenAiTokenizeRequest): void {
  if ((body.tools?.length ?? 0) > 0) refuse('tools', 'leave them out');
  if (body.add_generation_prompt === false) refuse('add_generation_prompt', 'it may only be true');
  if (body.continue_final_message === true) refuse('continue_final_message', 'it may only be false');
  if (body.chat_template) refuse('chat_template', "the template is the model's own");
  if (typeof body.parse_special === 'boolean' && body.parse_special !== specialTokensOf(body)) {
    refuse('parse_special', 'it may only equal "add_special"');
  }
}

function refuse(param: string, why: string, what = param): never {
  throw new ParleyError('invalid_request', `"${what}" is not supported: ${why}.`, { param });
}
