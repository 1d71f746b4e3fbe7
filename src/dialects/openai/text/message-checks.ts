const ROLES = new Set<unknown>(['system', 'developer', 'user', 'assistant', 'tool']);

function wrongPart(part: unknown): boolean {
  if (typeof part !== 'object' || part === null || !('type' in part)) return true;
  if (part.type === 'text') return !('text' in part) || typeof part.text !== 'string';
  return part.type !== 'image_url' || !('image_url' in part);
}

/** A picture is read at the size that its model takes. */
function wantsLowDetail(part: object): boolean {
  const link = 'image_url' in part ? part.image_url : null;
  return typeof link === 'object' && link !== null && 'detail' in link && link.detail === 'low';
}

function isCall(call: unknown): boolean {
  if (typeof call !== 'object' || call === null) return false;
  if (!('id' in call) || typeof call.id !== 'string' || !('function' in call)) return false;
  const { function: called } = call;
  if (typeof called !== 'object' || called === null) return false;
  return 'name' in called && typeof called.name === 'string' && isArguments(called);
}

function isArguments(called: object): boolean {
  return 'arguments' in called && typeof called.arguments === 'string';
}

function wrongCalls(message: object): string | null {
  const calls: unknown = 'tool_calls' in message ? message.tool_calls : null;
  if (calls === null || calls === undefined) return null;
  if (!('role' in message) || message.role !== 'assistant') return 'has tool_calls: only an assistant can';
  return Array.isArray(calls) && calls.every(isCall)
    ? null
    : 'must have tool_calls as a list of {id, type, function: {name, arguments}}, arguments being a JSON text';
}

function wrongContent(message: object, callsTools: boolean): string | null {
  const content = 'content' in message ? message.content : undefined;
  if (typeof content === 'string') return null;
  const silent = 'role' in message && message.role === 'assistant' && (content === null || callsTools);
  if (silent && (content === null || content === undefined)) return null;
  if (!Array.isArray(content)) return 'must have a content: a text, or a list of parts';
  if (content.some(wrongPart)) return 'has a content part that is neither text nor image_url';
  return content.some(wantsLowDetail) ? 'has a picture with detail "low", which is not supported: leave it out' : null;
}

function wrongMessage(message: unknown): string | null {
  if (typeof message !== 'object' || message === null || Array.isArray(message)) return 'must be an object';
  if (!('role' in message) || !ROLES.has(message.role)) {
    return 'must have a role: system, developer, user, assistant or tool';
  }
  if (message.role === 'tool' && (!('tool_call_id' in message) || typeof message.tool_call_id !== 'string')) {
    return 'must have a tool_call_id: the id of the call that it answers';
  }
  const callsTools = 'tool_calls' in message && Array.isArray(message.tool_calls) && message.tool_calls.length > 0;
  return wrongCalls(message) ?? wrongContent(message, callsTools);
}

/** What is wrong with a conversation, to go after the field's name; null when it is sound. */
export function wrongMessages(value: unknown): string | null {
  if (!Array.isArray(value) || value.length === 0) return 'must be a list of at least one message';
  for (const [index, message] of value.entries()) {
    const wrong = wrongMessage(message);
    if (wrong !== null) return `[${String(index)}] ${wrong}`;
  }
  return null;
}
