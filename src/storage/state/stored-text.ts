import type { ChatMessage } from '../../inference/text-tasks.js';
import type { ModelPointer } from '../../domains/lifecycle/model-pointers.js';

/*
 * Everything that clients wrote is stored as JSON, and as text to the database: JSON escapes U+0000, which PostgreSQL
 * has no text for, and lone surrogates, which UTF-8 has none for. So what is read is what was written, to the last unit.
 */

export function writeText(text: string): string {
  return JSON.stringify(text);
}

export function readText(stored: string): string {
  return JSON.parse(stored) as string;
}

export function writeMessages(messages: readonly ChatMessage[]): string {
  return JSON.stringify(messages.map(({ role, content }) => ({ role, content })));
}

export function readMessages(stored: string): ChatMessage[] {
  return JSON.parse(stored) as ChatMessage[];
}

export function writePointer({ model, name, chosenAt }: ModelPointer): string {
  return JSON.stringify({ model, name, chosenAt });
}

export function readPointer(stored: string): ModelPointer {
  return JSON.parse(stored) as ModelPointer;
}
