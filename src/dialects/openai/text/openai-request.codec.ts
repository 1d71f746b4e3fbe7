import type { GenerateRequest } from '../../../domains/generate/generate.service.js';
import type { LogitBias, OutputFormat } from '../../../inference/answer-wishes.js';
import type { ToolChoice, ToolDefinition, ToolUse } from '../../../inference/chat-tools.js';
import { ParleyError } from '../../../inference/errors.js';
import type { Sampling } from '../../../inference/task-basics.js';
import type { OpenAiChatRequest } from './openai-chat.schema.js';
import type { OpenAiCompletionRequest } from './openai-completion.schema.js';
import { promptOf } from './openai-messages.codec.js';
import type { OpenAiSamplingRequest } from './openai-sampling.schema.js';
import type { OpenAiFunction, OpenAiResponseFormat } from './openai-tools.schema.js';

/** `images`: the files behind the links of the chat's pictures. */
export function toChatRequest(body: OpenAiChatRequest, images: readonly Uint8Array[]): GenerateRequest {
  return {
    ...shared(body),
    prompt: promptOf(body.messages, images),
    maxTokens: body.max_completion_tokens ?? body.max_tokens ?? undefined,
    output: outputOf(body.response_format),
    tools: toolsOf(body),
    logprobs: body.logprobs === true ? (body.top_logprobs ?? 0) : undefined,
    reasoning: 'separate',
  };
}

/** One request for each prompt. */
export function toCompletionRequests(body: OpenAiCompletionRequest): GenerateRequest[] {
  return [body.prompt].flat().map((text) => ({
    ...shared(body),
    prompt: { kind: 'raw', text },
    maxTokens: body.max_tokens ?? undefined,
    logprobs: body.logprobs ?? undefined,
  }));
}

function shared(body: OpenAiSamplingRequest): Pick<GenerateRequest, 'model' | 'sampling' | 'stop' | 'logitBias'> {
  return {
    model: body.model ?? undefined,
    sampling: samplingOf(body),
    stop: [body.stop ?? []].flat(),
    logitBias: biasOf(body),
  };
}

function samplingOf(body: OpenAiSamplingRequest): Partial<Sampling> {
  const pairs: [keyof Sampling, number | null | undefined][] = [
    ['temperature', body.temperature],
    ['topP', body.top_p],
    ['topK', body.top_k],
    ['minP', body.min_p],
    ['seed', body.seed],
    ['presencePenalty', body.presence_penalty],
    ['frequencyPenalty', body.frequency_penalty],
    ['repeatPenalty', body.repeat_penalty],
  ];
  return Object.fromEntries(pairs.filter(([, value]) => typeof value === 'number'));
}

function biasOf({ logit_bias: biases }: OpenAiSamplingRequest): LogitBias[] | undefined {
  const listed = Object.entries(biases ?? {}).map(([token, bias]) => ({ token: Number(token), bias }));
  return listed.length === 0 ? undefined : listed;
}

function outputOf(format: OpenAiResponseFormat | null | undefined): OutputFormat | undefined {
  if (format?.type === 'json_object') return { kind: 'json-object', param: 'response_format' };
  if (format?.type !== 'json_schema') return undefined;
  const { json_schema: wanted } = format;
  if (wanted !== undefined) {
    return { kind: 'json-schema', param: 'response_format', name: wanted.name, schema: wanted.schema };
  }
  throw new ParleyError('invalid_request', 'response_format needs a json_schema: {name, schema}.', {
    param: 'response_format.json_schema',
  });
}

function toolsOf(body: OpenAiChatRequest): ToolUse | undefined {
  const tools = (body.tools ?? []).map(({ function: declared }) => toDefinition(declared));
  const choice = choiceOf(body);
  const asked = typeof choice === 'object' || choice === 'required';
  if (asked && !tools.some(({ name }) => typeof choice === 'string' || choice.name === name)) {
    throw new ParleyError('invalid_request', 'tool_choice asks for a tool that is not in tools.', {
      param: 'tool_choice',
    });
  }
  refuseTwins(tools);
  if (tools.length === 0) return undefined;
  return { tools, choice, parallel: body.parallel_tool_calls !== false };
}

function choiceOf({ tool_choice: choice }: OpenAiChatRequest): ToolChoice {
  const wanted = choice ?? 'auto'; // a client may send null for what it leaves open
  return typeof wanted === 'object' ? { name: wanted.function.name } : wanted;
}

function toDefinition({ name, description, parameters, strict }: OpenAiFunction): ToolDefinition {
  return {
    name,
    ...(typeof description === 'string' && { description }),
    ...(parameters !== undefined && { parameters }),
    ...(typeof strict === 'boolean' && { strict }),
  };
}

function refuseTwins(tools: readonly ToolDefinition[]): void {
  const twin = tools.find(({ name }, index) => tools.findIndex((tool) => tool.name === name) !== index);
  if (twin === undefined) return;
  throw new ParleyError('invalid_request', `tools has two functions named "${twin.name}".`, { param: 'tools' });
}
