import type { Sampling } from '../../../inference/task-basics.js';
import type { JsonObject } from '../../../inference/json-value.js';
import type { ModelResponse, ResponseRequest, ResponseUsage } from '../../../domains/responses/model-response.js';
import type { Item } from '../../../domains/responses/response-items.js';
import type { ShownError } from '../../../http/errors/to-parley-error.js';
import { toItems } from './openai-response-input.codec.js';
import { toWireItem, type WireItem } from './openai-response-items.codec.js';
import { logprobsOf, refuseUnsupported } from './openai-response-refusals.js';
import { toOutputFormat, toToolUse } from './openai-response-tools.codec.js';
import type {
  OpenAiResponse,
  OpenAiResponseItemList,
  OpenAiResponseSettings,
  OpenAiResponseUsage,
} from './openai-response.schema.js';
import type { OpenAiInputItemsQuery, OpenAiResponseRequest } from './openai-responses.schema.js';
import { wrong } from './wrong-field.js';

export const SUCCESS = { code: 0, message: 'success' } as const;

/** Throws `invalid_request` that names the field for what is wrong or would change the answer and cannot be honoured. */
export function toResponseRequest(body: OpenAiResponseRequest): ResponseRequest {
  refuseUnsupported(body);
  const tools = toToolUse(body);
  const output = toOutputFormat(body.text);
  const logprobs = logprobsOf(body);
  return {
    ...(typeof body.model === 'string' && { model: body.model }),
    instructions: body.instructions ?? null,
    previousId: body.previous_response_id ?? null,
    input: toItems(body.input),
    keep: body.store ?? true,
    wishes: {
      sampling: samplingOf(body),
      maxTokens: body.max_output_tokens ?? undefined,
      overflow: body.truncation === 'auto' ? 'drop-oldest' : 'refuse',
      ...(output !== undefined && { output }),
      ...(tools.tools.length > 0 && { tools }),
      ...(logprobs !== undefined && { logprobs }),
    },
    settings: settingsOf(body),
  };
}

function samplingOf({ temperature, top_p: topP }: OpenAiResponseRequest): Partial<Sampling> {
  return {
    ...(typeof temperature === 'number' && { temperature }),
    ...(typeof topP === 'number' && { topP }),
  };
}

/** The request's settings as its response tells them. */
function settingsOf(body: OpenAiResponseRequest): JsonObject {
  const told: OpenAiResponseSettings = {
    metadata: body.metadata ?? {},
    temperature: body.temperature ?? null,
    top_p: body.top_p ?? null,
    top_logprobs: body.top_logprobs ?? 0,
    max_output_tokens: body.max_output_tokens ?? null,
    max_tool_calls: body.max_tool_calls ?? null,
    tools: (body.tools ?? []).map((tool) => ({ description: null, parameters: null, strict: true, ...tool })),
    tool_choice: body.tool_choice ?? 'auto',
    parallel_tool_calls: body.parallel_tool_calls ?? true,
    text: { format: body.text?.format ?? { type: 'text' }, verbosity: 'medium' },
    truncation: body.truncation ?? 'disabled',
    ...textsOf(body, ['user', 'safety_identifier', 'prompt_cache_key', 'prompt_cache_retention']),
  };
  // As JSON, which it came from: what the store gives back later is the same.
  return JSON.parse(JSON.stringify(told)) as JsonObject;
}

type TextField = 'user' | 'safety_identifier' | 'prompt_cache_key' | 'prompt_cache_retention';

function textsOf(body: OpenAiResponseRequest, fields: readonly TextField[]): Partial<Record<TextField, string>> {
  const given = fields.map((field) => [field, body[field]] as const);
  return Object.fromEntries(given.filter(([, text]) => typeof text === 'string'));
}

/** `trouble`: what made it fail. */
export function toWireResponse(response: ModelResponse, trouble: ShownError | null = null): OpenAiResponse {
  const { state, settings } = response;
  // They were made by `settingsOf`, which the domain keeps as they are.
  const told = settings as unknown as OpenAiResponseSettings;
  return {
    id: response.id,
    object: 'response',
    created_at: response.createdAt,
    completed_at: response.completedAt,
    status: trouble !== null ? 'failed' : state === 'in-progress' ? 'in_progress' : state,
    error: trouble === null ? null : { code: failureOf(trouble), message: trouble.error.message },
    incomplete_details: state === 'incomplete' ? { reason: 'max_output_tokens' } : null,
    instructions: response.instructions,
    model: response.model,
    output: response.output.map(toWireItem),
    previous_response_id: response.previousId,
    store: response.kept,
    background: false,
    reasoning: null,
    service_tier: 'default',
    ...told,
    usage: response.usage === null ? null : toUsage(response.usage),
    ...(trouble === null ? SUCCESS : { code: trouble.status, message: trouble.error.message }),
  };
}

/** OpenAI's kinds of failure. */
function failureOf({ status }: ShownError): string {
  if (status === 429 || status === 503) return 'rate_limit_exceeded';
  return status < 500 ? 'invalid_prompt' : 'server_error';
}

function toUsage({
  promptTokens,
  cachedTokens,
  completionTokens,
  reasoningTokens,
}: ResponseUsage): OpenAiResponseUsage {
  return {
    input_tokens: promptTokens,
    input_tokens_details: { cached_tokens: cachedTokens },
    output_tokens: completionTokens,
    output_tokens_details: { reasoning_tokens: reasoningTokens },
    total_tokens: promptTokens + completionTokens,
  };
}

/** A page of items, which come oldest first. Throws `invalid_request` where `after` is none of them. */
export function toItemList(
  items: readonly Item[],
  { after, limit, order }: OpenAiInputItemsQuery,
): OpenAiResponseItemList {
  const all = order === 'asc' ? items : items.toReversed();
  const cursor = (after ?? null) === null ? -1 : all.findIndex(({ id }) => id === after);
  if (cursor === -1 && (after ?? null) !== null) throw wrong('after', 'is none of the items');
  const rest = all.slice(cursor + 1);
  const data: WireItem[] = rest.slice(0, limit ?? 20).map(toWireItem);
  return {
    object: 'list',
    data,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
    has_more: data.length < rest.length,
    ...SUCCESS,
  };
}
