import { ParleyError } from '../errors.js';
import type { JsonObject, JsonValue } from '../json-value.js';
import type { DetokenizeTask, TextOfTokens, TokenizeTask, TokensFound } from '../vector-tasks.js';
import { wireMessage } from './chat-messages.js';
import type { Upstream } from './upstream.js';
import { nonsense, UpstreamError } from './upstream-errors.js';
import { textsOfVocabulary } from './vocabulary-text.js';
import { countAt, isList, listAt, textAt } from './wire.js';

/** vLLM's `/tokenize` and `/detokenize`, which lie beside `/v1`. Throw `invalid_request` where the server has none. */

export async function tokensOf(upstream: Upstream, task: TokenizeTask, signal: AbortSignal): Promise<TokensFound> {
  const { prompt, specialTokens } = task;
  const asked =
    prompt.kind === 'raw'
      ? { prompt: prompt.text, add_special_tokens: specialTokens }
      : { messages: prompt.messages.map(wireMessage), add_generation_prompt: true };
  const answer = await post(upstream, 'tokenize', { ...asked, return_token_strs: true }, signal);
  const tokens = answer === null ? null : tokensIn(answer);
  if (answer === null || tokens === null) throw cannot(upstream, 'tokenize');
  const names = (listAt(answer, 'token_strs') ?? []).filter((name) => typeof name === 'string');
  if (names.length !== tokens.length) throw nonsense(upstream.model, 'told tokens without their texts');
  return { type: 'tokens', tokens, pieces: textsOfVocabulary(names) };
}

export async function textOfTokens(
  upstream: Upstream,
  { tokens }: DetokenizeTask,
  signal: AbortSignal,
): Promise<TextOfTokens> {
  const answer = await post(upstream, 'detokenize', { tokens }, signal);
  const text = answer === null ? null : textAt(answer, 'prompt');
  if (text === null) throw cannot(upstream, 'detokenize');
  return { type: 'detokenized', text };
}

/** Tokens of a chat in the model's own template; null where the server does not count. */
export async function countTokens(
  upstream: Upstream,
  messages: readonly JsonObject[],
  signal: AbortSignal,
): Promise<number | null> {
  const answer = await post(upstream, 'tokenize', { messages, add_generation_prompt: true }, signal);
  if (answer === null || tokensIn(answer) === null) return null;
  return countAt(answer, 'count');
}

/** Null: there is no such route. */
async function post(
  upstream: Upstream,
  route: 'tokenize' | 'detokenize',
  body: JsonObject,
  signal: AbortSignal,
): Promise<JsonValue | null> {
  const question = {
    method: 'POST',
    path: upstream.rootPath(route),
    body: { model: upstream.source.model, ...body },
  } as const;
  try {
    return await upstream.ask(question, signal);
  } catch (error) {
    if (error instanceof UpstreamError && error.code === 'model_load_failed') return null;
    throw error;
  }
}

/** Null where the answer is of another kind: llama-server has a route of this name that wants other fields. */
function tokensIn(answer: JsonValue): readonly number[] | null {
  const tokens = listAt(answer, 'tokens') ?? undefined;
  return isTokens(tokens) && countAt(answer, 'count') === tokens.length ? tokens : null;
}

function isTokens(tokens: readonly JsonValue[] | undefined): tokens is readonly number[] {
  return isList(tokens) && tokens.every((token) => Number.isInteger(token));
}

function cannot({ model }: Upstream, what: string): ParleyError {
  return new ParleyError('invalid_request', `The server that has "${model}" cannot ${what}.`, { param: 'model' });
}
