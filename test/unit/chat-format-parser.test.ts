import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parserOf, partsOf, readParts } from './support/answer-parsing.js';
import { CASES, expected, SOUND, THINK } from './support/chat-answers.js';

describe('an answer', () => {
  it.each(CASES)('of $of with $says is read', (each) => {
    expect(readParts(partsOf(parserOf(each.of, each.with), [each.answer]))).toEqual(expected(each));
  });

  it.each(CASES)('of $of with $says is read the same in every two pieces', (each) => {
    for (let cut = 1; cut < each.answer.length; cut++) {
      const pieces = [each.answer.slice(0, cut), each.answer.slice(cut)];
      expect(readParts(partsOf(parserOf(each.of, each.with), pieces)), pieces.join('✂')).toEqual(expected(each));
    }
  });

  it.each(SOUND)('of $of with $says is read the same letter by letter, held by a grammar', (each) => {
    const parser = parserOf(each.of, { ...each.with, constrained: true });
    expect(readParts(partsOf(parser, [...each.answer]))).toEqual(expected(each));
  });

  it('is read the same however it is cut', () => {
    const marks = CASES.flatMap(({ answer }) => answer.split(/(?<=[>\]}])/));
    const soup = fc.array(fc.constantFrom(...marks, '\n', ' ', '{', '<', ';'), { maxLength: 8 });
    const templates = fc.constantFrom('qwen', 'llama', 'mistralList', 'mistralArgs', 'deepseek');
    const options = fc.record({ constrained: fc.boolean(), separateThoughts: fc.boolean() });
    const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(soup, templates, options, sizes, (bits, template, wishes, lengths) => {
        const text = bits.join('');
        const whole = readParts(partsOf(parserOf(template, wishes), [text]));
        expect(readParts(partsOf(parserOf(template, wishes), pieces(text, lengths)))).toEqual(whole);
        if (!wishes.constrained)
          for (const call of whole.calls) expect(JSON.parse(call.arguments)).toBeTypeOf('object');
      }),
      { numRuns: 600, seed: 5 },
    );
  });
});

function pieces(text: string, lengths: readonly number[]): string[] {
  const cut: string[] = [];
  for (let at = 0; at < text.length;) {
    const length = lengths[cut.length % lengths.length] ?? 1;
    cut.push(text.slice(at, at + length));
    at += length;
  }
  return cut;
}

describe('arguments', () => {
  it('come as they are written where a grammar holds them', () => {
    const parser = parserOf('qwen', { constrained: true });
    expect(parser.push('Hi <tool_call>{"name": "f"')).toEqual([{ type: 'text', text: 'Hi' }]);
    expect(parser.push(', "arguments": {"a"')).toEqual([
      { type: 'call-start', index: 0, id: 'id0', name: 'f' },
      { type: 'call-arguments', index: 0, text: '{"a"' },
    ]);
    expect(parser.push(': 1')).toEqual([{ type: 'call-arguments', index: 0, text: ': 1' }]);
    expect(parser.push('}}</tool')).toEqual([
      { type: 'call-arguments', index: 0, text: '}' },
      { type: 'call-end', index: 0, complete: true },
    ]);
    expect(parser.flush()).toEqual([]);
  });

  it('come once they are whole where nothing holds them', () => {
    const parser = parserOf('qwen');
    expect(parser.push('<tool_call>{"name": "f", "arguments": {"a": 1}')).toEqual([]);
    expect(parser.push('}').map(({ type }) => type)).toEqual(['call-start', 'call-arguments', 'call-end']);
  });

  it('that are cut leave their call incomplete', () => {
    const parser = parserOf('llama', { constrained: true });
    const { calls } = readParts(partsOf(parser, ['{"name": "f", "parameters": {"a": "b']));
    expect(calls).toEqual([{ id: 'id0', name: 'f', arguments: '{"a": "b', complete: false }]);
  });
});

describe('what is sent', () => {
  it.each(CASES)('of $of with $says holds no part of a mark that is found', (each) => {
    const parser = parserOf(each.of, each.with);
    const want = expected(each);
    let text = '';
    let reasoning = '';
    for (const char of each.answer) {
      for (const part of parser.push(char)) {
        if (part.type === 'text') text += part.text;
        if (part.type === 'reasoning') reasoning += part.text;
      }
      expect(want.text.startsWith(text)).toBe(true);
      expect(want.reasoning.startsWith(reasoning)).toBe(true);
    }
  });

  it('of a text without marks is not delayed, but for blanks at its end', () => {
    const parser = parserOf('qwen');
    expect(parser.push('One')).toEqual([{ type: 'text', text: 'One' }]);
    expect(parser.push(' ')).toEqual([]);
    expect(parser.push('two')).toEqual([{ type: 'text', text: ' two' }]);
  });
});

describe('JSON that is an answer of its own', () => {
  it('is not held to its end where calls have no mark', () => {
    const parser = parserOf('llama');
    expect(parser.push('{"city"')).toEqual([{ type: 'text', text: '{"city"' }]);
  });
});

describe('the beginning of a call', () => {
  it.each([
    ['qwen', 'Hi\n<tool_call>', { kind: 'mark' }],
    ['mistralArgs', '[THINK]a[/THINK][TOOL_CALLS]', { kind: 'mark' }],
    ['llama', '<|python_tag|>', { kind: 'mark' }],
    ['llama', '{"name": "f"', { kind: 'name', name: 'f' }],
    ['llama', ' { "type": "function", "name":"get_weather"', { kind: 'name', name: 'get_weather' }],
  ] as const)('in an answer of %s, %s, is told with its end', (template, begin, trigger) => {
    const parser = parserOf(template);
    parser.push(begin.slice(0, -1));
    expect(parser.trigger).toBeNull();
    parser.push(begin.slice(-1) + '{"name');
    expect(parser.trigger).toEqual({ ...trigger, end: begin.length });
  });

  it.each([
    ['qwen', '<think>a <tool_call>'],
    ['llama', '{"name": "Bob"'],
    ['llama', '{"parameters": {}, "name": "f"'],
    ['llama', 'So: {"name": "f"'],
  ] as const)('in an answer of %s is not %s', (template, text) => {
    const parser = parserOf(template);
    parser.push(text);
    expect(parser.trigger).toBeNull();
  });

  it('can be told from a thought', () => {
    const parser = parserOf('deepseek', { openedThought: THINK });
    expect(parser.inThought).toBe(true);
    parser.push('Hm.</think>');
    expect(parser.inThought).toBe(false);
    parser.push('Yes.');
    expect(parser.inThought).toBe(false);
  });
});
