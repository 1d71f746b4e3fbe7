import { describe, expect, it } from 'vitest';
import { measureRoles, TokenEstimate } from '../../src/inference/engines/text/preparation/token-estimate.js';
import type { ChatMessage } from '../../src/inference/text-tasks.js';

const specials = (prompt: string): number => prompt.split('<|').length - 1;
const costs = (render: (messages: readonly ChatMessage[]) => string): ReturnType<typeof measureRoles> =>
  measureRoles(render, specials);

describe('what a template writes around each message', () => {
  it('is measured of each role', () => {
    const all = costs((messages) => messages.map(({ role, content }) => `<|${role}>${content}<|end>`).join(''));
    for (const role of ['user', 'assistant', 'system', 'tool'] as const) {
      expect(all[role]).toEqual({ specials: 2, shown: true });
    }
  });

  it('is nothing where the template leaves messages out', () => {
    const { user, system } = costs((messages) => {
      const shown = messages.filter(({ role }) => role !== 'system').slice(-3);
      return shown.map(({ content }) => `<|turn>${content}`).join('');
    });
    expect(user).toEqual({ specials: 0, shown: false });
    expect(system).toEqual({ specials: 0, shown: false });
  });

  it('is that of turns where roles must alternate, and nothing for a role that is refused', () => {
    const { user, tool } = costs((messages) => {
      messages.forEach(({ role }, index) => {
        if (role !== (index % 2 === 0 ? 'user' : 'assistant')) throw new Error('roles must alternate');
      });
      return messages.map(({ content }) => `<|turn>${content}`).join('');
    });
    expect(user).toEqual({ specials: 1, shown: true });
    expect(tool).toEqual({ specials: 0, shown: false });
  });
});

describe('the estimate of a message', () => {
  const cost = { specials: 2, shown: true };
  const estimate = new TokenEstimate({ user: cost, assistant: cost, system: cost, tool: cost }, 8, [
    { open: '<think>', close: '</think>' },
  ]);

  it('is its bytes by the longest token, and what stands around it', () => {
    expect(estimate.ofMessage({ role: 'user', content: '漢'.repeat(8) })).toBe(5);
    expect(estimate.ofMessage({ role: 'user', content: `   ${'a'.repeat(16)}   ` })).toBe(4);
  });

  it('leaves out what templates may cut', () => {
    expect(estimate.ofMessage({ role: 'assistant', content: `<think>${'a'.repeat(800)}</think>` })).toBe(2);
  });
});
