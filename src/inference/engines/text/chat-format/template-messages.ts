import type { ToolCall, ToolDefinition, ToolUse } from '../../../chat-tools.js';
import type { ChatMessage } from '../../../text-tasks.js';
import { shortCallId } from './call-ids.js';
import { takesTools, type ChatFormat } from './chat-format.js';
import { genericMessages } from './generic-messages.js';
import { maskedArguments, maskedObject, type Mask } from './masked-json.js';
import { oneCallEach } from './one-call-each.js';
import type { TemplateCall, TemplateInput, TemplateMessage, TemplateTool } from './template-input.js';

/**
 * Messages and tools as the template of this format takes them. Every text of the client goes through `mask`, keys and
 * values of JSON included; the format's own marks do not. Throws `invalid_request` for JSON that is nested too deep.
 */
export function templateMessages(
  messages: readonly ChatMessage[],
  format: ChatFormat,
  use: ToolUse | undefined,
  mask: Mask,
): TemplateInput {
  const offered = use === undefined || use.choice === 'none' ? [] : use.tools;
  const tools = offered.map((tool) => templateTool(tool, mask));
  if (!takesTools(format)) return { messages: genericMessages(messages, tools, format, mask) };
  const named = withToolNames(messages);
  const single = format.oneCallAMessage ? oneCallEach(named) : named;
  return {
    messages: single.map((message) => templateMessage(message, format, mask)),
    ...(tools.length > 0 && { tools }),
  };
}

function templateTool(tool: ToolDefinition, mask: Mask): TemplateTool {
  // Templates reach into the parameters and add to the description, so that neither may be absent.
  const parameters = tool.parameters ?? { type: 'object', properties: {} };
  return {
    type: 'function',
    function: {
      name: mask(tool.name),
      description: mask(tool.description ?? ''),
      parameters: maskedObject(parameters, mask, 'tools'),
    },
  };
}

function templateMessage(message: ChatMessage, format: ChatFormat, mask: Mask): TemplateMessage {
  const { role, toolCalls = [], toolCallId, name } = message;
  const idOf = (id: string): string => (format.shortIds ? shortCallId(id) : mask(id));
  const callOf = ({ id, name: callee, arguments: text }: ToolCall): TemplateCall => {
    const args = format.argumentsAs === 'text' ? mask(text) : maskedArguments(text, mask);
    return { id: idOf(id), type: 'function', function: { name: mask(callee), arguments: args } };
  };
  return {
    role,
    content: mask(message.content),
    // Templates ask whether the field is there, so that an empty list is not the same as none.
    ...(toolCalls.length > 0 && { tool_calls: toolCalls.map(callOf) }),
    ...(toolCallId !== undefined && { tool_call_id: idOf(toolCallId) }),
    ...(name !== undefined && { name: mask(name) }),
  };
}

/** What a tool answers says only which call it answers; some templates want the function's name. */
function withToolNames(messages: readonly ChatMessage[]): readonly ChatMessage[] {
  const names = new Map<string, string>();
  return messages.map((message) => {
    for (const call of message.toolCalls ?? []) names.set(call.id, call.name);
    const name = message.name ?? names.get(message.toolCallId ?? '');
    return message.role === 'tool' && name !== undefined ? { ...message, name } : message;
  });
}
