import type { ToolUse } from '../../../chat-tools.js';
import type { TemplateInputs } from './template-program.js';

/** Characters of an input's texts; counting stops beyond `limit`. */
export function inputSize(input: TemplateInputs, limit: number): number {
  let size = input.kind === 'chat' ? sizeOfTools(input.tools, limit) : 0;
  for (const message of input.messages) {
    if (size > limit) break;
    if ('parts' in message) {
      for (const part of message.parts) size += part.type === 'text' ? part.text.length + 1 : 1;
    } else {
      size += message.content.length;
      for (const call of message.toolCalls ?? []) size += call.name.length + call.arguments.length;
    }
  }
  return size;
}

function sizeOfTools(use: ToolUse | undefined, limit: number): number {
  let size = 0;
  for (const tool of use?.tools ?? []) {
    if (size > limit) break;
    size += tool.name.length + (tool.description?.length ?? 0) + sizeOfJson(tool.parameters, limit - size);
  }
  return size;
}

/** Characters of the keys and texts of a JSON value, and one for each value; without recursion, as it may be deep. */
function sizeOfJson(value: unknown, limit: number): number {
  const pending: unknown[] = [value];
  let size = 0;
  while (pending.length > 0 && size <= limit) {
    const next = pending.pop();
    size += typeof next === 'string' ? next.length + 1 : 1;
    if (typeof next !== 'object' || next === null) continue;
    for (const [key, inner] of Object.entries(next)) {
      size += key.length;
      pending.push(inner);
    }
  }
  return size;
}
