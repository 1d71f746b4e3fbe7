import { registerDecorator } from 'class-validator';

const ROLES = new Set<unknown>(['system', 'user', 'assistant']);

function isMessage(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || !('role' in value) || !('content' in value)) return false;
  return ROLES.has(value.role) && typeof value.content === 'string';
}

function isTextOrChat(value: unknown): boolean {
  if (typeof value === 'string') return value.length > 0;
  return Array.isArray(value) && value.length > 0 && value.every(isMessage);
}

/** A prompt that is not empty, or a chat of `{role, content}` messages. */
export function IsTextOrChat(): PropertyDecorator {
  return (target, property) => {
    registerDecorator({
      name: 'isTextOrChat',
      target: target.constructor,
      propertyName: String(property),
      validator: {
        validate: isTextOrChat,
        defaultMessage: () =>
          'messages doit être un texte non vide ou une liste de {role: system|user|assistant, content: texte}',
      },
    });
  };
}
