import { describe, expect, it } from 'vitest';
import type { PromptTokens } from '../../src/inference/engines/llama/prompt-tokens.js';
import { fitPrompt } from '../../src/inference/engines/llama/context-fit.js';
import { ShortenedConversations } from '../../src/inference/engines/text/conversation-fit.js';
import type { ChatMessage, TextGenerationTask } from '../../src/inference/text-tasks.js';
import { errorOf } from './support/errors.js';

const conversation = (count: number): ChatMessage[] => [
  { role: 'system', content: 'ss' },
  ...Array.from({ length: count }, (_, index): ChatMessage => ({
    role: index % 2 === 0 ? 'user' : 'assistant',
    content: 'xx',
  })),
];

/** A letter is a token, of which the estimate sees every second. */
function counting(): { readonly prompts: PromptTokens; readonly rendered: number[] } {
  const rendered: number[] = [];
  const prompts: PromptTokens = {
    render: (prompt) => {
      const length = prompt.kind === 'raw' ? prompt.text.length : prompt.messages.length * 2;
      rendered.push(length);
      return { tokens: Array.from({ length }, () => 0 as never), openThought: null };
    },
    ofMessage: ({ content }) => content.length / 2,
    ofRest: () => 0,
  };
  return { prompts, rendered };
}

function task(messages: readonly ChatMessage[], overflow: TextGenerationTask['overflow']): TextGenerationTask {
  const prompt = { kind: 'messages', messages } as const;
  return { kind: 'text-generation', model: 'm', prompt, sampling: {}, stop: [], overflow };
}

describe('a conversation of 20,001 messages', () => {
  it('is rendered a few times until it fits, and keeps all that does', async () => {
    const { prompts, rendered } = counting();
    const fitted = await fitPrompt(task(conversation(20_001), 'drop-oldest'), 1000, prompts);
    expect(fitted.rendered.tokens).toHaveLength(748); // 750 fit, two messages a turn
    expect(fitted.droppedMessages).toBe(20_002 - 374);
    expect(rendered.length).toBeLessThan(15);
    expect(Math.max(...rendered)).toBeLessThanOrEqual(1500);
  });

  it('is refused without being rendered where none may be dropped', async () => {
    const { prompts, rendered } = counting();
    const error = await errorOf(() => fitPrompt(task(conversation(20_001), 'refuse'), 1000, prompts));
    expect(error.message).toContain('at least 20002 tokens');
    expect(error.message).toContain('holds 1000');
    expect(rendered).toEqual([]);
  });
});

describe('the versions of a conversation', () => {
  it('lose one turn after the other, never the system prompt', () => {
    const messages = conversation(5);
    const shortened = new ShortenedConversations(messages);
    expect(shortened.last).toBe(2);
    expect([0, 1, 2].map((version) => shortened.version(version).length)).toEqual([6, 4, 2]);
    expect([0, 1, 2].map((version) => shortened.droppedIn(version))).toEqual([0, 2, 4]);
    expect(shortened.version(2)[0]?.role).toBe('system');
  });

  it('is one alone where there is nothing to drop', () => {
    for (const messages of [[], conversation(0), conversation(1)]) {
      const shortened = new ShortenedConversations(messages);
      expect(shortened.last).toBe(0);
      expect(shortened.version(0)).toEqual(messages);
    }
  });
});
