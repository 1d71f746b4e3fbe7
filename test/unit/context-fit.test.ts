import type { Token } from 'node-llama-cpp';
import { describe, expect, it } from 'vitest';
import { fitPrompt, type FittedPrompt } from '../../src/inference/engines/llama/context-fit.js';
import type { PromptTokens, RenderedPrompt } from '../../src/inference/engines/llama/prompt-tokens.js';
import type { ChatMessage, Prompt, TextGenerationTask } from '../../src/inference/text-tasks.js';
import { errorOf } from './support/errors.js';

/** One token for each character, and nothing known of a prompt before it is rendered. */
const prompts: PromptTokens = { render, ofMessage: () => 0, ofRest: () => 0 };

function render(prompt: Prompt): RenderedPrompt {
  const text = prompt.kind === 'raw' ? prompt.text : prompt.messages.map(({ content }) => content).join('');
  return { tokens: [...text].map((character) => character.codePointAt(0) as Token), openThought: null };
}

function textOf(fitted: FittedPrompt): string {
  return String.fromCodePoint(...fitted.rendered.tokens);
}

function chat(messages: readonly ChatMessage[], more: Partial<TextGenerationTask> = {}): TextGenerationTask {
  return {
    kind: 'text-generation',
    model: 'm',
    prompt: { kind: 'messages', messages },
    sampling: {},
    stop: [],
    overflow: 'drop-oldest',
    ...more,
  };
}

const system = (content: string): ChatMessage => ({ role: 'system', content });
const user = (content: string): ChatMessage => ({ role: 'user', content });
const assistant = (content: string): ChatMessage => ({ role: 'assistant', content });

describe('a prompt that fits', () => {
  it('is kept as it is, and leaves the rest to the answer', async () => {
    const fitted = await fitPrompt(chat([system('SS'), user('UU')]), 100, prompts);
    expect(textOf(fitted)).toBe('SSUU');
    expect(fitted).toMatchObject({ droppedMessages: 0, maxTokens: 96 });
  });

  it('may generate no more than was asked for, nor than there is room', async () => {
    expect((await fitPrompt(chat([user('UU')], { maxTokens: 5 }), 100, prompts)).maxTokens).toBe(5);
    expect((await fitPrompt(chat([user('UU')], { maxTokens: 500 }), 100, prompts)).maxTokens).toBe(98);
  });

  it('may leave room for a single token', async () => {
    expect((await fitPrompt(chat([user('U'.repeat(99))], { overflow: 'refuse' }), 100, prompts)).maxTokens).toBe(1);
  });
});

describe('drop-oldest', () => {
  const long = 'x'.repeat(30);

  it('leaves out the oldest turns, and counts their messages', async () => {
    const messages = [system('SS'), user(long), assistant(long), user('b'), assistant('c'), user('Q')];
    const fitted = await fitPrompt(chat(messages), 60, prompts);
    expect(textOf(fitted)).toBe('SSbcQ');
    expect(fitted.droppedMessages).toBe(2);
  });

  it('leaves out no more than it must', async () => {
    const messages = [user('a'.repeat(30)), assistant('b'.repeat(30)), user('c'.repeat(30)), assistant('d'), user('Q')];
    expect(textOf(await fitPrompt(chat(messages), 60, prompts))).toBe(`${'c'.repeat(30)}dQ`);
  });

  it('keeps a quarter of the context for the answer, or less where less was asked for', async () => {
    const messages = [user('a'.repeat(40)), assistant('b'.repeat(40)), user('Q')];
    expect((await fitPrompt(chat(messages, { maxTokens: 10 }), 100, prompts)).droppedMessages).toBe(0);
    expect(await fitPrompt(chat(messages), 100, prompts)).toMatchObject({ droppedMessages: 2, maxTokens: 99 });
  });

  it('drops an exchange as a whole, whatever it holds', async () => {
    const messages = [user(long), assistant(long), assistant(long), user('Q')];
    const fitted = await fitPrompt(chat(messages), 60, prompts);
    expect(textOf(fitted)).toBe('Q');
    expect(fitted.droppedMessages).toBe(3);
  });

  it('never touches the system prompt or the last message', async () => {
    const messages = [system('s'.repeat(60)), user(long), assistant(long), user('Q'.repeat(60))];
    const error = await errorOf(() => fitPrompt(chat(messages), 100, prompts));
    expect(error.code).toBe('context_length_exceeded');
    expect(error.message).toContain('120 tokens');
  });

  it('takes what just fits when nothing is left to drop', async () => {
    const fitted = await fitPrompt(chat([user('Q'.repeat(90))]), 100, prompts);
    expect(fitted).toMatchObject({ droppedMessages: 0, maxTokens: 10 });
  });

  it('keeps an answer that stands last with its question', async () => {
    const messages = [user(long), assistant(long), user('q'), assistant('so far')];
    expect(textOf(await fitPrompt(chat(messages), 60, prompts))).toBe('qso far');
  });

  it('does not cut raw text', async () => {
    const task = chat([], { prompt: { kind: 'raw', text: 'r'.repeat(200) } });
    expect((await errorOf(() => fitPrompt(task, 100, prompts))).code).toBe('context_length_exceeded');
  });
});

describe('refuse', () => {
  it('says how many tokens there are and how many fit', async () => {
    const messages = [user('a'.repeat(150)), assistant('b'), user('Q')];
    const error = await errorOf(() => fitPrompt(chat(messages, { overflow: 'refuse' }), 100, prompts));
    expect(error).toMatchObject({ code: 'context_length_exceeded', param: 'messages' });
    expect(error.message).toContain('152');
    expect(error.message).toContain('100');
  });

  it('refuses a prompt that leaves no token for the answer', async () => {
    const task = chat([user('Q'.repeat(100))], { overflow: 'refuse' });
    expect((await errorOf(() => fitPrompt(task, 100, prompts))).code).toBe('context_length_exceeded');
  });
});
