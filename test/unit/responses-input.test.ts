import { describe, expect, it } from 'vitest';
import { toItems } from '../../src/dialects/openai/responses/openai-response-input.codec.js';

const refusal = (param: string): Error => expect.objectContaining({ code: 'invalid_request', param }) as Error;

describe('input items', () => {
  it.each([
    [
      { role: 'developer', content: 'a' },
      { kind: 'message', state: 'completed', role: 'developer', parts: [{ kind: 'text', text: 'a' }] },
    ],
    [
      {
        type: 'message',
        role: 'user',
        content: [
          { type: 'input_text', text: 'a' },
          { type: 'input_image', image_url: 'data:x', detail: 'auto' },
        ],
      },
      {
        kind: 'message',
        state: 'completed',
        role: 'user',
        parts: [
          { kind: 'text', text: 'a' },
          { kind: 'picture', link: 'data:x' },
        ],
      },
    ],
    [
      {
        type: 'message',
        id: 'msg_1',
        role: 'assistant',
        status: 'incomplete',
        content: [
          { type: 'output_text', text: 'a', annotations: [] },
          { type: 'refusal', refusal: 'b' },
        ],
      },
      {
        kind: 'message',
        id: 'msg_1',
        state: 'incomplete',
        role: 'assistant',
        parts: [
          { kind: 'text', text: 'a' },
          { kind: 'text', text: 'b' },
        ],
      },
    ],
    [
      { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' },
      { kind: 'call', state: 'completed', callId: 'c', name: 'f', arguments: '{}' },
    ],
    [
      { type: 'function_call_output', call_id: 'c', output: 'sunny' },
      { kind: 'call-output', state: 'completed', callId: 'c', output: 'sunny' },
    ],
    [
      {
        type: 'function_call_output',
        call_id: 'c',
        output: [
          { type: 'input_text', text: 'a' },
          { type: 'input_text', text: 'b' },
        ],
      },
      { kind: 'call-output', state: 'completed', callId: 'c', output: 'a\nb' },
    ],
    [
      {
        type: 'reasoning',
        id: 'rs_1',
        summary: [],
        content: [{ type: 'reasoning_text', text: 'Hm' }],
        encrypted_content: null,
      },
      { kind: 'reasoning', id: 'rs_1', state: 'completed', text: 'Hm' },
    ],
    [
      { type: 'item_reference', id: 'msg_1' },
      { kind: 'reference', id: 'msg_1' },
    ],
    [{ id: 'msg_1' }, { kind: 'reference', id: 'msg_1' }],
  ])('read %j', (wire, item) => {
    expect(toItems([wire])).toEqual([item]);
  });

  it.each([
    ['input.0', 'Hi'],
    ['input.0.role', { content: 'a' }],
    ['input.0.role', { role: 'king', content: 'a' }],
    ['input.0.content', { role: 'user' }],
    ['input.0.content.0', { role: 'user', content: ['a'] }],
    ['input.0.content.0.type', { role: 'user', content: [{ type: 'input_file', file_id: 'f' }] }],
    ['input.0.content.0.type', { role: 'user', content: [{ type: 'input_audio' }] }],
    ['input.0.content.0.text', { role: 'user', content: [{ type: 'input_text' }] }],
    ['input.0.content.0.image_url', { role: 'user', content: [{ type: 'input_image', file_id: 'f' }] }],
    [
      'input.0.content.0.detail',
      { role: 'user', content: [{ type: 'input_image', image_url: 'data:x', detail: 'low' }] },
    ],
    ['input.0.content', { role: 'system', content: [{ type: 'input_image', image_url: 'data:x' }] }],
    ['input.0.type', { type: 'web_search_call', id: 'ws_1' }],
    ['input.0.type', { type: { a: 1 } }],
    ['input.0.id', { role: 'user', content: 'a', id: '' }],
    ['input.0.id', { role: 'user', content: 'a', id: 'x'.repeat(201) }],
    ['input.0.id', { type: 'item_reference' }],
    ['input.0.call_id', { type: 'function_call', name: 'f', arguments: '{}' }],
    ['input.0.name', { type: 'function_call', call_id: 'c', arguments: '{}' }],
    ['input.0.arguments', { type: 'function_call', call_id: 'c', name: 'f', arguments: '{' }],
    ['input.0.arguments', { type: 'function_call', call_id: 'c', name: 'f', arguments: '7' }],
    ['input.0.output', { type: 'function_call_output', call_id: 'c' }],
    [
      'input.0.output.0',
      { type: 'function_call_output', call_id: 'c', output: [{ type: 'input_image', image_url: 'x' }] },
    ],
    ['input.0.content.0', { type: 'reasoning', content: ['Hm'] }],
  ])('are refused at %s: %j', (param, item) => {
    expect(() => toItems([item])).toThrow(refusal(param));
  });

  it.each([7, { text: 'a' }, true])('are no %j', (input) => {
    expect(() => toItems(input)).toThrow(refusal('input'));
  });
});
