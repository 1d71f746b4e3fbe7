import type { ChatMessage, TextGenerationTask } from '../../../src/inference/text-tasks.js';

export function rawTask(text: string, more: Partial<TextGenerationTask> = {}): TextGenerationTask {
  return {
    kind: 'text-generation',
    model: 'm',
    prompt: { kind: 'raw', text },
    sampling: {},
    stop: [],
    overflow: 'refuse',
    ...more,
  };
}

export function chatTask(messages: readonly ChatMessage[], more: Partial<TextGenerationTask> = {}): TextGenerationTask {
  return { ...rawTask(''), prompt: { kind: 'messages', messages }, sampling: { temperature: 0 }, ...more };
}
