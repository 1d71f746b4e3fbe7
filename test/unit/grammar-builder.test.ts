import { getLlama, LlamaLogLevel, type Llama } from 'node-llama-cpp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileSchema } from '../../src/inference/json-schema/compile-schema.js';
import {
  chars,
  choice,
  literal,
  NEVER,
  repeat,
  rule,
  sequence,
  type Expression,
} from '../../src/inference/json-schema/grammar/expression.js';
import { GrammarBuilder } from '../../src/inference/json-schema/grammar/grammar-builder.js';
import { JsonGrammar } from '../../src/inference/json-schema/grammar/json-grammar.js';
import { takenBy } from '../support/grammar-text.js';

describe('a grammar', () => {
  let llama: Llama;

  beforeAll(async () => {
    llama = await getLlama({ gpu: false, build: 'never', logLevel: LlamaLogLevel.error });
  });

  afterAll(() => llama.dispose());

  it.each<[string, Expression, readonly string[], readonly string[]]>([
    ['every sign', literal('a"\\[]^-|(){}*+?.\n\t\r#é😀!<'), ['a"\\[]^-|(){}*+?.\n\t\r#é😀!<'], ['a']],
    ['classes of signs', repeat(chars(']', '^', '-', '\\', '"'), 1, 5), [']^-\\"'], ['a', '[']],
    [
      'counts',
      sequence(repeat(sequence(literal('a'), chars('09')), 2, 3), literal('.')),
      ['a1a2.', 'a1a2a3.'],
      ['a1.', 'a1a2a3a4.'],
    ],
    ['counts of counts', repeat(repeat(literal('ab'), 2, 2), 1, 2), ['abab', 'abababab'], ['ab', 'ababab']],
    [
      'choices within',
      sequence(literal('<'), choice(literal('x'), literal('yz')), literal('>')),
      ['<x>', '<yz>'],
      ['<>', '<xyz>'],
    ],
  ])('takes %s as they are', async (_, root, taken, refused) => {
    const takes = await takenBy(llama, new GrammarBuilder().toGbnf(root, 'schema'));
    expect(taken.filter((text) => !takes(text))).toEqual([]);
    expect(refused.filter((text) => takes(text))).toEqual([]);
  });

  it('has one rule for equal bodies, and a name of its own for each other', () => {
    const builder = new GrammarBuilder();
    const first = builder.add('a name', literal('x'));
    expect(builder.add('other', literal('x'))).toEqual(first);
    expect(builder.add('a name', literal('y'))).not.toEqual(first);
    expect(builder.add('root', literal('z'))).not.toEqual(rule('root'));
  });

  it('leaves out what never ends', async () => {
    const builder = new GrammarBuilder();
    const endless = builder.reserve('endless');
    builder.define(endless, sequence(literal('x'), rule(endless)));
    expect([builder.canEnd(rule(endless)), builder.canEnd(NEVER), builder.canEnd(literal('y'))]).toEqual([
      false,
      false,
      true,
    ]);
    const takes = await takenBy(llama, builder.toGbnf(choice(rule(endless), literal('y')), 'schema'));
    expect([takes('y'), takes('x')]).toEqual([true, false]);
  });

  it('holds several schemas and what is put around them', async () => {
    const builder = new GrammarBuilder();
    const call = (name: string, parameters: Expression): Expression =>
      sequence(literal(`<tool_call>{"name": "${name}", "arguments": `), parameters, literal('}</tool_call>'));
    const node = { type: 'object', properties: { next: { $ref: '#' } } };
    const near = compileSchema({ ...node, required: [] }, builder, 'tools.0').rule;
    const far = compileSchema(
      { type: 'object', properties: { x: { type: 'integer' } }, required: ['x'] },
      builder,
      'tools.1',
    ).rule;
    const takes = await takenBy(llama, builder.toGbnf(choice(call('near', near), call('far', far)), 'tools'));
    expect(takes('<tool_call>{"name": "near", "arguments": {"next": {}}}</tool_call>')).toBe(true);
    expect(takes('<tool_call>{"name": "far", "arguments": {"x": 1}}</tool_call>')).toBe(true);
    expect(takes('<tool_call>{"name": "far", "arguments": {}}</tool_call>')).toBe(false);
  });

  it('takes any object of JSON, and no more than one line end at a time', async () => {
    const builder = new GrammarBuilder();
    const takes = await takenBy(llama, builder.toGbnf(new JsonGrammar(builder).anyObject, 'schema'));
    for (const value of [{}, { a: [1.5, null, 'ü\n"'], b: { c: [] } }]) {
      expect([JSON.stringify(value), takes(JSON.stringify(value))]).toEqual([JSON.stringify(value), true]);
      expect(takes(JSON.stringify(value, null, 2))).toBe(true);
    }
    expect(['[]', '1', '{}{}', '{\n\n}', `{\n${' '.repeat(21)}}`, '{  }'].filter(takes)).toEqual([]);
  });
});
