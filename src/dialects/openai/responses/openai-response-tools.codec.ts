import type { OutputFormat } from '../../../inference/answer-wishes.js';
import type { ToolChoice, ToolDefinition, ToolUse } from '../../../inference/chat-tools.js';
import { isJsonObject, type JsonObject } from '../../../inference/json-value.js';
import type { OpenAiResponseText, OpenAiResponseWishes } from './openai-responses.schema.js';
import { wrong } from './wrong-field.js';

const NAME = /^[\w-]{1,64}$/;

/** What the model may call. Throws `invalid_request` that names the field for what is wrong or not supported. */
export function toToolUse(body: Pick<OpenAiResponseWishes, 'tools' | 'tool_choice' | 'parallel_tool_calls'>): ToolUse {
  const tools = (body.tools ?? []).map((tool: unknown, index) => toTool(tool, `tools.${String(index)}`));
  if (new Set(tools.map(({ name }) => name)).size < tools.length) throw wrong('tools', 'must have different names');
  const parallel = body.parallel_tool_calls ?? true;
  const { tool_choice: choice } = body;
  if (isJsonObject(choice) && choice.type === 'allowed_tools') {
    return { tools: allowedOf(tools, choice), choice: modeOf(choice), parallel };
  }
  return { tools, choice: toChoice(choice, tools), parallel };
}

function toTool(tool: unknown, path: string): ToolDefinition {
  if (!isJsonObject(tool)) throw wrong(path, 'must be an object');
  const { type, name, description, parameters, strict } = tool;
  if (type !== 'function') throw wrong(`${path}.type`, `must be "function": others are not supported`);
  if (typeof name !== 'string' || !NAME.test(name)) {
    throw wrong(`${path}.name`, 'must have 1 to 64 letters, digits, _ or -');
  }
  if ((description ?? null) !== null && typeof description !== 'string') {
    throw wrong(`${path}.description`, 'must be a text');
  }
  if ((parameters ?? null) !== null && !isJsonObject(parameters)) {
    throw wrong(`${path}.parameters`, 'must be a JSON schema');
  }
  if ((strict ?? null) !== null && typeof strict !== 'boolean') throw wrong(`${path}.strict`, 'must be true or false');
  return {
    name,
    ...(typeof description === 'string' && { description }),
    ...(isJsonObject(parameters) && { parameters }),
    strict: strict !== false,
  };
}

function toChoice(choice: unknown, tools: readonly ToolDefinition[]): ToolChoice {
  if (choice === undefined || choice === null || choice === 'auto' || choice === 'none') return choice ?? 'auto';
  if (choice === 'required') {
    if (tools.length === 0) throw wrong('tool_choice', 'asks for a call, but there are no tools');
    return choice;
  }
  if (!isJsonObject(choice)) throw wrong('tool_choice', 'must be auto, none, required, or an object');
  if (choice.type !== 'function') {
    throw wrong('tool_choice.type', 'must be "function" or "allowed_tools": others are not supported');
  }
  return { name: nameOf(choice, tools, 'tool_choice') };
}

function nameOf({ name }: JsonObject, tools: readonly ToolDefinition[], path: string): string {
  const known = tools.find((tool) => tool.name === name);
  if (known === undefined) throw wrong(`${path}.name`, 'names none of the tools');
  return known.name;
}

function modeOf({ mode }: JsonObject): 'auto' | 'required' {
  if (mode === 'auto' || mode === 'required') return mode;
  throw wrong('tool_choice.mode', 'must be auto or required');
}

/** The model is told of these tools alone. */
function allowedOf(tools: readonly ToolDefinition[], { tools: allowed }: JsonObject): readonly ToolDefinition[] {
  if (!Array.isArray(allowed) || allowed.length === 0) throw wrong('tool_choice.tools', 'must be a list of tools');
  const names = allowed.map((tool: unknown, index) => {
    const path = `tool_choice.tools.${String(index)}`;
    if (!isJsonObject(tool) || tool.type !== 'function') throw wrong(path, 'must be a function of the tools');
    return nameOf(tool, tools, path);
  });
  return tools.filter(({ name }) => names.includes(name));
}

/** The form of the answer; undefined for any text. Throws `invalid_request`. */
export function toOutputFormat(text: OpenAiResponseText | null | undefined): OutputFormat | undefined {
  const format: unknown = text?.format ?? { type: 'text' };
  if (!isJsonObject(format)) throw wrong('text.format', 'must be an object');
  const { type, name, schema } = format;
  if (type === 'text') return undefined;
  if (type === 'json_object') return { kind: 'json-object', param: 'text.format' };
  if (type !== 'json_schema') throw wrong('text.format.type', 'must be text, json_object or json_schema');
  if (typeof name !== 'string' || !NAME.test(name)) {
    throw wrong('text.format.name', 'must have 1 to 64 letters, digits, _ or -');
  }
  if (!isJsonObject(schema)) throw wrong('text.format.schema', 'must be a JSON schema');
  return { kind: 'json-schema', param: 'text.format', name, schema };
}
