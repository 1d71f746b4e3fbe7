import type { AnswerWishes, OutputFormat } from '../answer-wishes.js';
import type { RemoteSource } from '../catalogue/remote-source.js';
import type { ToolChoice, ToolUse } from '../chat-tools.js';
import { ParleyError } from '../errors.js';
import type { JsonObject } from '../json-value.js';
import type { ImageTextTask, TextGenerationTask } from '../text-tasks.js';
import { wireMessage, wirePictureMessages } from './chat-messages.js';
import { samplingFields } from './sampling-fields.js';

export type TextTask = TextGenerationTask | ImageTextTask;

/** A request for text, in OpenAI's form. */
export interface TextRequest {
  /** Below the base URL. */
  readonly path: 'chat/completions' | 'completions';
  readonly body: JsonObject;
}

/**
 * A task as its server is asked it: only what was set is sent. Throws `invalid_request` for what cannot be asked. `model` is
 * Parley's own name of it.
 */
export function textRequest(model: string, task: TextTask, source: RemoteSource): TextRequest {
  const common = commonFields(model, task, source);
  if (task.kind === 'text-generation' && task.prompt.kind === 'raw') {
    refuseChatWishes(task);
    const body = { ...common, prompt: task.prompt.text, ...lengthField('max_tokens', task), ...rawLogprobs(task) };
    return { path: 'completions', body };
  }
  const body = {
    ...common,
    messages: messagesOf(task),
    ...lengthField(source.maxTokensField, task),
    ...(task.output !== undefined && { response_format: responseFormat(task.output) }),
    ...(task.tools !== undefined && toolFields(task.tools)),
    ...(task.logprobs !== undefined && { logprobs: true, top_logprobs: task.logprobs }),
  };
  return { path: 'chat/completions', body };
}

export function messagesOf(task: TextTask): JsonObject[] {
  if (task.kind === 'image-text-to-text') return wirePictureMessages(task);
  return task.prompt.kind === 'messages' ? task.prompt.messages.map(wireMessage) : [];
}

function commonFields(model: string, task: TextTask, source: RemoteSource): JsonObject {
  const { stop, logitBias = [] } = task;
  return {
    model: source.model,
    stream: true,
    ...(!source.omit.includes('stream_options') && { stream_options: { include_usage: true } }),
    ...samplingFields(model, task.sampling, source),
    ...(stop.length > 0 && { stop }),
    ...(logitBias.length > 0 && {
      logit_bias: Object.fromEntries(logitBias.map(({ token, bias }) => [String(token), bias])),
    }),
  };
}

function lengthField(name: RemoteSource['maxTokensField'], { maxTokens }: AnswerWishes): JsonObject {
  return maxTokens === undefined ? {} : { [name]: maxTokens };
}

function rawLogprobs({ logprobs }: AnswerWishes): JsonObject {
  return logprobs === undefined ? {} : { logprobs };
}

/** Raw text has no chat to hold to a form, and many servers would pass over the wish. */
function refuseChatWishes({ output, tools }: AnswerWishes): void {
  const param = output !== undefined ? 'response_format' : tools === undefined ? null : 'tools';
  if (param === null) return;
  throw new ParleyError(
    'invalid_request',
    `"${param}" of a model on another server needs messages, not a raw prompt.`,
    {
      param,
    },
  );
}

function responseFormat(output: OutputFormat): JsonObject {
  if (output.kind === 'json-object') return { type: 'json_object' };
  const { name, schema } = output;
  return { type: 'json_schema', json_schema: { name, schema, strict: true } };
}

function toolFields({ tools, choice, parallel }: ToolUse): JsonObject {
  if (tools.length === 0) return {};
  return {
    tools: tools.map(({ name, description, parameters, strict }) => ({
      type: 'function',
      function: {
        name,
        ...(description !== undefined && { description }),
        ...(parameters !== undefined && { parameters }),
        ...(strict !== undefined && { strict }),
      },
    })),
    tool_choice: wireChoice(choice),
    ...(!parallel && { parallel_tool_calls: false }),
  };
}

function wireChoice(choice: ToolChoice): string | JsonObject {
  return typeof choice === 'string' ? choice : { type: 'function', function: { name: choice.name } };
}
