import { describe, expect, it } from 'vitest';
import type { Item, MessagePart } from '../../src/domains/responses/response-items.js';
import { promptOf } from '../../src/domains/responses/thread-prompt.js';

let number = 0;
const id = (): string => `item-${String(number++)}`;

function said(role: 'system' | 'developer' | 'user' | 'assistant', ...parts: readonly (string | MessagePart)[]): Item {
  const worded = parts.map((part) => (typeof part === 'string' ? ({ kind: 'text', text: part } as const) : part));
  return { kind: 'message', id: id(), state: 'completed', role, parts: worded };
}

function call(callId: string, name = 'get_weather', state: 'completed' | 'incomplete' = 'completed'): Item {
  return { kind: 'call', id: id(), state, callId, name, arguments: '{"city":"Oslo"}' };
}

function output(callId: string, text = 'sunny'): Item {
  return { kind: 'call-output', id: id(), state: 'completed', callId, output: text };
}

const thought: Item = { kind: 'reasoning', id: 'thought', state: 'completed', text: 'Hm.' };
const CALL = { name: 'get_weather', arguments: '{"city":"Oslo"}' };

describe('the prompt of a conversation', () => {
  it('begins with the instructions, and joins the parts of a message', () => {
    const items = [said('developer', 'Be kind.'), said('user', 'a', 'b'), said('assistant', 'c')];
    expect(promptOf('Be brief.', items, [])).toEqual({
      kind: 'messages',
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'system', content: 'Be kind.' },
        { role: 'user', content: 'a\nb' },
        { role: 'assistant', content: 'c' },
      ],
    });
  });

  it('keeps empty instructions apart from none', () => {
    expect(promptOf('', [said('user', 'a')], [])).toMatchObject({ messages: [{ role: 'system', content: '' }, {}] });
    expect(promptOf(null, [said('user', 'a')], [])).toMatchObject({ messages: [{ role: 'user' }] });
  });

  it('leaves out what the model thought', () => {
    expect(promptOf(null, [thought, said('user', 'a')], [])).toEqual({
      kind: 'messages',
      messages: [{ role: 'user', content: 'a' }],
    });
  });

  it('has calls in the message of the assistant, and each answer with the name of its function', () => {
    const items = [said('user', 'a'), said('assistant', 'b'), call('1'), call('2'), output('2', 'rain'), output('1')];
    expect(promptOf(null, items, [])).toMatchObject({
      messages: [
        { role: 'user', content: 'a' },
        {
          role: 'assistant',
          content: 'b',
          toolCalls: [
            { id: '1', ...CALL },
            { id: '2', ...CALL },
          ],
        },
        { role: 'tool', content: 'rain', toolCallId: '2', name: 'get_weather' },
        { role: 'tool', content: 'sunny', toolCallId: '1', name: 'get_weather' },
      ],
    });
  });

  it('has a call without words, or after an answer, in a message of its own', () => {
    const items = [said('user', 'a'), call('1'), output('1'), call('2'), output('2')];
    expect(promptOf(null, items, [])).toMatchObject({
      messages: [
        { role: 'user' },
        { role: 'assistant', content: '', toolCalls: [{ id: '1' }] },
        { role: 'tool' },
        { role: 'assistant', content: '', toolCalls: [{ id: '2' }] },
        { role: 'tool' },
      ],
    });
  });

  it('leaves out a call that was cut', () => {
    expect(promptOf(null, [said('user', 'a'), call('1', 'f', 'incomplete')], [])).toEqual({
      kind: 'messages',
      messages: [{ role: 'user', content: 'a' }],
    });
  });

  it.each([
    ['an answer without its call', [said('user', 'a'), output('7')], '"7"'],
    ['an answer of a call that was cut', [call('7', 'f', 'incomplete'), output('7')], '"7"'],
    ['a call without its answer', [said('user', 'a'), call('8')], '"8"'],
  ])('refuses %s', (_, items, named) => {
    expect(() => promptOf(null, items, [])).toThrow(
      expect.objectContaining({
        code: 'invalid_request',
        param: 'input',
        message: expect.stringContaining(named) as string,
      }) as Error,
    );
  });

  it('shows pictures where they stand', () => {
    const picture: MessagePart = { kind: 'picture', link: 'data:image/png;base64,AAAA' };
    const bytes = new Uint8Array([1]);
    expect(promptOf('Look.', [said('user', 'a', picture, 'b'), said('assistant', 'c')], [bytes])).toEqual({
      kind: 'pictures',
      messages: [
        { role: 'system', parts: [{ type: 'text', text: 'Look.' }] },
        { role: 'user', parts: [{ type: 'text', text: 'a' }, { type: 'image' }, { type: 'text', text: 'b' }] },
        { role: 'assistant', parts: [{ type: 'text', text: 'c' }] },
      ],
      images: [bytes],
    });
  });
});
