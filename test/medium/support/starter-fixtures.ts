import { readFileSync } from 'node:fs';
import type { ChatMessage, FinishReason, TextGenerationTask } from '../../../src/inference/text-tasks.js';
import { chatTask } from './tasks.js';

/** One question of test/fixtures/starter-chat/fixtures.json and the answer that the model was trained to give. */
export interface Fixture {
  readonly id: string;
  readonly messages: readonly ChatMessage[];
  readonly expect: string;
  readonly tools?: readonly object[];
  readonly params?: { readonly stop?: readonly string[]; readonly max_tokens?: number };
  readonly finish_reason?: FinishReason;
}

const FILE = new URL('../../fixtures/starter-chat/fixtures.json', import.meta.url);

/** Those without tools, which the engine does not take yet. */
export const FIXTURES = (
  JSON.parse(readFileSync(FILE, 'utf8')) as { readonly fixtures: readonly Fixture[] }
).fixtures.filter(({ tools }) => tools === undefined);

export function fixture(id: string): Fixture {
  const found = FIXTURES.find((candidate) => candidate.id === id);
  if (found === undefined) throw new Error(`no fixture ${id}`);
  return found;
}

export function taskOf({ messages, params }: Fixture): TextGenerationTask {
  return chatTask(messages, {
    model: 'starter-chat',
    stop: params?.stop ?? [],
    ...(params?.max_tokens !== undefined && { maxTokens: params.max_tokens }),
  });
}
