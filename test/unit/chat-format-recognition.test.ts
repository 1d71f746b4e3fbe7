import { describe, expect, it } from 'vitest';
import { openedThought, recogniseFormat } from '../../src/inference/engines/text/chat-format/chat-format.js';
import { markTexts } from '../../src/inference/engines/text/chat-format/call-syntax.js';
import { newCallId, shortCallId } from '../../src/inference/engines/text/chat-format/call-ids.js';
import { starterChatTemplate } from './support/starter-chat-template.js';
import { TEMPLATES } from './support/chat-templates.js';

describe('a chat template', () => {
  it.each([
    ['qwen', 'hermes'],
    ['hermesText', 'hermes'],
    ['llama', 'llama'],
    ['mistralList', 'mistral'],
    ['mistralArgs', 'mistral'],
    ['xml', 'generic'],
    ['deepseek', 'generic'],
    ['gemma', 'generic'],
    ['oldMistral', 'generic'],
    ['plain', 'generic'],
  ] as const)('like that of %s is %s', (template, name) => {
    expect(recogniseFormat(TEMPLATES[template]).name).toBe(name);
  });

  it('of starter-chat is that of Hermes', () => {
    expect(recogniseFormat(starterChatTemplate())).toMatchObject({
      name: 'hermes',
      argumentsAs: 'object',
      oneCallAMessage: false,
      shortIds: false,
      systemRole: true,
      thoughts: [],
    });
  });

  it('that is not there is generic', () => {
    expect(recogniseFormat(null)).toMatchObject({ name: 'generic', systemRole: true, alternates: false, thoughts: [] });
  });

  it('that only speaks of tools takes none', () => {
    expect(recogniseFormat(`{{ 'No tools. "arguments": <tool_call></tool_call>' }}`).name).toBe('hermes');
    expect(recogniseFormat(`No tools: "arguments": <tool_call></tool_call>{{ messages }}`).name).toBe('generic');
  });

  it('says how it takes arguments', () => {
    expect(recogniseFormat(TEMPLATES.qwen).argumentsAs).toBe('object');
    expect(recogniseFormat(TEMPLATES.mistralList).argumentsAs).toBe('object');
    expect(recogniseFormat(TEMPLATES.hermesText).argumentsAs).toBe('text');
  });

  it('says what it refuses', () => {
    expect(recogniseFormat(TEMPLATES.llama).oneCallAMessage).toBe(true);
    expect(recogniseFormat(TEMPLATES.mistralList).shortIds).toBe(true);
    expect(recogniseFormat(TEMPLATES.mistralArgs).shortIds).toBe(false);
    expect(recogniseFormat(TEMPLATES.gemma)).toMatchObject({ systemRole: false, alternates: true });
    expect(recogniseFormat(TEMPLATES.oldMistral)).toMatchObject({ systemRole: false, alternates: false });
    expect(recogniseFormat(TEMPLATES.qwen)).toMatchObject({ systemRole: true, alternates: false });
  });

  it('says how Mistral writes names', () => {
    expect(recogniseFormat(TEMPLATES.mistralList)).toMatchObject({ namesBeforeArguments: false });
    expect(recogniseFormat(TEMPLATES.mistralArgs)).toMatchObject({
      namesBeforeArguments: true,
      idsBeforeArguments: true,
    });
  });
});

describe('thoughts', () => {
  it('are known by the marks in the template', () => {
    expect(recogniseFormat(TEMPLATES.deepseek).thoughts).toEqual([{ open: '<think>', close: '</think>' }]);
    expect(recogniseFormat(TEMPLATES.mistralArgs).thoughts).toEqual([{ open: '[THINK]', close: '[/THINK]' }]);
  });

  it('may be begun by the prompt', () => {
    const format = recogniseFormat(TEMPLATES.deepseek);
    expect(openedThought('user: Hi\n<A><think>\n', format)?.close).toBe('</think>');
    expect(openedThought('user: Hi\n<A><think>\n\n</think>\n\n', format)).toBeNull();
    expect(openedThought('user: <think>', recogniseFormat(TEMPLATES.plain))).toBeNull();
  });

  it('and calls have marks that the parser must see', () => {
    expect(markTexts(recogniseFormat(TEMPLATES.qwen))).toEqual(['<tool_call>', '</tool_call>', '<think>', '</think>']);
    expect(markTexts(recogniseFormat(TEMPLATES.mistralArgs))).toContain('[ARGS]');
  });
});

describe('ids of calls', () => {
  it('are as OpenAI writes them, each its own', () => {
    const ids = Array.from({ length: 50 }, newCallId);
    for (const id of ids) expect(id).toMatch(/^call_[A-Za-z0-9]{24}$/);
    expect(new Set(ids).size).toBe(50);
  });

  it('are made short for Mistral, the same for the same', () => {
    expect(shortCallId('call_abc')).toMatch(/^[A-Za-z0-9]{9}$/);
    expect(shortCallId('call_abc')).toBe(shortCallId('call_abc'));
    expect(shortCallId('call_abd')).not.toBe(shortCallId('call_abc'));
    expect(shortCallId('a1B2c3D4e')).toBe('a1B2c3D4e');
  });
});
