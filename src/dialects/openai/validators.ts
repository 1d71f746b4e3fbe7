import { registerDecorator } from 'class-validator';

const MOST_STOPS = 4;
const ROLES = new Set<unknown>(['system', 'developer', 'user', 'assistant', 'tool', 'function']);

type Check = (value: unknown) => string | null;

/** A decorator from a function that says what is wrong with a value, or null. */
function checkedBy(name: string, check: Check): PropertyDecorator {
  return (target, property) => {
    registerDecorator({
      name,
      target: target.constructor,
      propertyName: String(property),
      validator: {
        validate: (value) => check(value) === null,
        defaultMessage: (args) => `${String(property)} ${check(args?.value) ?? ''}`,
      },
    });
  };
}

function wrongStop(value: unknown): string | null {
  const stops: unknown[] = Array.isArray(value) ? value : [value];
  if (stops.length > MOST_STOPS) return `takes at most ${String(MOST_STOPS)} texts`;
  return stops.every((stop) => typeof stop === 'string' && stop !== '')
    ? null
    : 'must be a text or a list of texts, none empty';
}

function wrongPart(part: unknown): boolean {
  if (typeof part !== 'object' || part === null || !('type' in part)) return true;
  if (part.type === 'text') return !('text' in part) || typeof part.text !== 'string';
  return part.type !== 'image_url' || !('image_url' in part);
}

function wrongMessage(message: unknown): string | null {
  if (typeof message !== 'object' || message === null || Array.isArray(message)) return 'must be an object';
  if (!('role' in message) || !ROLES.has(message.role)) return 'must have a role: system, developer, user or assistant';
  const content = 'content' in message ? message.content : undefined;
  if (typeof content === 'string') return null;
  if (content === null && message.role === 'assistant') return null;
  if (!Array.isArray(content)) return 'must have a content: a text, or a list of parts';
  return content.some(wrongPart) ? 'has a content part that is neither text nor image_url' : null;
}

function wrongMessages(value: unknown): string | null {
  if (!Array.isArray(value) || value.length === 0) return 'must be a list of at least one message';
  for (const [index, message] of value.entries()) {
    const wrong = wrongMessage(message);
    if (wrong !== null) return `[${String(index)}] ${wrong}`;
  }
  return null;
}

function wrongPrompts(value: unknown): string | null {
  const prompts: unknown[] = Array.isArray(value) ? value : [value];
  if (prompts.length === 0) return 'must not be an empty list';
  if (prompts.some((prompt) => typeof prompt === 'number' || Array.isArray(prompt)))
    return 'takes texts, not token ids';
  return prompts.every((prompt) => typeof prompt === 'string' && prompt !== '')
    ? null
    : 'must be a text or a list of texts, none empty';
}

export const IsStop = (): PropertyDecorator => checkedBy('isStop', wrongStop);
export const IsMessages = (): PropertyDecorator => checkedBy('isMessages', wrongMessages);
export const IsPrompts = (): PropertyDecorator => checkedBy('isPrompts', wrongPrompts);
