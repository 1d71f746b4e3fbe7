import { getLlama, LlamaLogLevel, type Llama } from 'node-llama-cpp';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ToolChoice, ToolDefinition, ToolUse } from '../../src/inference/chat-tools.js';
import { callGrammar, type CallGrammar } from '../../src/inference/engines/text/chat-format/call-grammar.js';
import { recogniseFormat, type ThoughtMarks } from '../../src/inference/engines/text/chat-format/chat-format.js';
import {
  chars,
  literal,
  repeat,
  sequence,
  type Expression,
} from '../../src/inference/json-schema/grammar/expression.js';
import { textBeforeCalls } from '../../src/inference/engines/text/chat-format/text-before-calls.js';
import { afterThoughts } from '../../src/inference/engines/text/chat-format/thought-grammar.js';
import { GrammarBuilder } from '../../src/inference/json-schema/grammar/grammar-builder.js';
import { parserOf, partsOf, readParts } from './support/answer-parsing.js';
import { TEMPLATES } from './support/chat-templates.js';
import { errorOf } from './support/errors.js';

const TOOLS: readonly ToolDefinition[] = [
  { name: 'f', parameters: { type: 'object', properties: { a: {} } } },
  { name: 'get_weather' },
];
const THINK: ThoughtMarks = { open: '<think>', close: '</think>' };

interface Wishes {
  readonly choice?: ToolChoice;
  readonly parallel?: boolean;
  readonly opened?: ThoughtMarks;
  readonly tools?: readonly ToolDefinition[];
}

/** Stands for the grammar of the schemas, which is tested elsewhere: `{"a": 12}`. */
const ARGS = sequence(literal('{"a": '), repeat(chars('09'), 1, 3), literal('}'));

let llama: Llama;
beforeAll(async () => {
  llama = await getLlama({ gpu: false, build: 'never', logLevel: LlamaLogLevel.disabled });
});

/** Whether llama.cpp takes a whole text. It is the library's own test of its grammars, which it keeps to itself. */
function accepts(gbnf: string, text: string): boolean {
  const { AddonGrammar } = (llama as unknown as { _bindings: { AddonGrammar: AddonGrammar } })._bindings;
  return new AddonGrammar(gbnf, { rootRuleName: 'root' }).isTextCompatible(text);
}
type AddonGrammar = new (gbnf: string, options: object) => { isTextCompatible(text: string): boolean };

function grammarOf(
  template: keyof typeof TEMPLATES,
  { choice = 'required', parallel = true, opened, tools = TOOLS }: Wishes,
  pick: (grammar: CallGrammar) => Expression,
): string {
  const builder = new GrammarBuilder();
  const use: ToolUse = { tools, choice, parallel };
  const grammar = callGrammar(recogniseFormat(TEMPLATES[template]), use, opened ?? null, builder, () => ARGS);
  return builder.toGbnf(pick(grammar), 'tools');
}

const F = '{"name": "f", "arguments": {"a": 12}}';
const W = '{"name":"get_weather","arguments":{}}';

interface Row {
  readonly of: keyof typeof TEMPLATES;
  readonly text: string;
  readonly wishes: Wishes;
}

function row(of: keyof typeof TEMPLATES, text: string, wishes: Wishes = {}): Row {
  return { of, text, wishes };
}

const TAKEN: readonly Row[] = [
  row('qwen', `<tool_call>\n${F}\n</tool_call>`),
  row('qwen', `<tool_call>${F}</tool_call>\n<tool_call>${W}</tool_call>`),
  row('qwen', `<tool_call>${W}</tool_call>`.repeat(16)),
  row('qwen', `<tool_call>${F}</tool_call>`, { parallel: false }),
  row('qwen', `<tool_call>${W}</tool_call>`, { choice: { name: 'get_weather' } }),
  row('plain', `<tool_call>\n${F}\n</tool_call>`),
  row('deepseek', `<think>\nHm <think> </ </thin </<</think\n>\n</think>\n\n<tool_call>${F}</tool_call>`),
  row('deepseek', `Hm 😀.</think>\n\n<tool_call>${F}</tool_call>`, { opened: THINK }),
  row('deepseek', `<tool_call>${F}</tool_call>`),
  row('llama', '{"name": "f", "parameters": {"a": 1}}'),
  row('llama', '<|python_tag|>{"name": "get_weather", "parameters": {}}; {"name": "f", "parameters": {"a": 1}}'),
  row('mistralList', `[TOOL_CALLS][${F}]`),
  row('mistralList', '[TOOL_CALLS][{"name": "f", "arguments": {"a": 1}, "id": "a1B2c3D4e"}, ' + `${W}]`),
  row('mistralArgs', '[TOOL_CALLS]f[ARGS]{"a": 1}'),
  row(
    'mistralArgs',
    '[THINK]a[b]c[/THINK][TOOL_CALLS]get_weather[CALL_ID]a1B2c3D4e[ARGS]{}[TOOL_CALLS]f[ARGS]{"a": 1}',
  ),
];

const REFUSED: readonly Row[] = [
  row('qwen', ''),
  row('qwen', 'Hello'),
  row('qwen', `<tool_call>${F}`),
  row('qwen', '<tool_call>{"name": "g", "arguments": {}}</tool_call>'),
  row('qwen', '<tool_call>{"name": "f", "arguments": {}}</tool_call>'),
  row('qwen', '<tool_call>{"name": "get_weather", "arguments": {"a": 1}}</tool_call>'),
  row('qwen', `<tool_call>\n\n\n${F}</tool_call>`),
  row('qwen', `<tool_call>${F}</tool_call>`.repeat(2), { parallel: false }),
  row('qwen', `<tool_call>${W}</tool_call>`.repeat(17)),
  row('qwen', `<tool_call>${F}</tool_call>`, { choice: { name: 'get_weather' } }),
  row('qwen', `<think>Hm</think><tool_call>${F}</tool_call>`),
  row('deepseek', `<think>Hm</think>Hm</think><tool_call>${F}</tool_call>`),
  row('deepseek', `<tool_call>${F}</tool_call>`, { opened: THINK }),
  row('llama', F),
  row('mistralList', `[TOOL_CALLS]${F}`),
  row('mistralList', `[TOOL_CALLS][${F}`),
  row('mistralArgs', '[TOOL_CALLS]f{"a": 1}'),
];

describe('the grammar of an answer that must call', () => {
  it.each(TAKEN)('of $of takes $text, and the parser reads calls alone of it', ({ of: template, text, wishes }) => {
    expect(
      accepts(
        grammarOf(template, wishes, ({ answer }) => answer),
        text,
      ),
    ).toBe(true);
    const parser = parserOf(template, { constrained: true, openedThought: wishes.opened ?? null });
    const answer = readParts(partsOf(parser, [text]));
    expect(answer.text).toBe('');
    expect(answer.calls.length).toBeGreaterThan(0);
    for (const call of answer.calls) expect(call.complete).toBe(true);
  });

  it.each(REFUSED)('of $of refuses $text', ({ of: template, text, wishes }) => {
    expect(
      accepts(
        grammarOf(template, wishes, ({ answer }) => answer),
        text,
      ),
    ).toBe(false);
  });
});

describe('the grammar of what follows the beginning of a call', () => {
  it.each(TAKEN)('of $of takes the rest of $text', ({ of: template, text, wishes }) => {
    const parser = parserOf(template, { openedThought: wishes.opened ?? null });
    parser.push(text);
    const { trigger } = parser;
    if (trigger === null) throw new Error('nothing began');
    const gbnf = grammarOf(template, { ...wishes, choice: 'auto' }, ({ after }) => after(trigger));
    expect(accepts(gbnf, text.slice(trigger.end))).toBe(true);
    expect(accepts(gbnf, `${text.slice(trigger.end)} and more`)).toBe(false);
    expect(accepts(gbnf, text)).toBe(false);
  });

  it('holds to the arguments of the function that was named', () => {
    const gbnf = grammarOf('llama', {}, ({ after }) => after({ kind: 'name', name: 'get_weather' }));
    expect(accepts(gbnf, ', "parameters": {}}')).toBe(true);
    expect(accepts(gbnf, ', "parameters": {"a": 1}}')).toBe(false);
  });
});

describe('the grammar of an answer that may call', () => {
  const auto = (template: keyof typeof TEMPLATES): string => {
    const builder = new GrammarBuilder();
    const format = recogniseFormat(TEMPLATES[template]);
    const use: ToolUse = { tools: TOOLS, choice: 'auto', parallel: true };
    const calls = callGrammar(format, use, null, builder, () => ARGS);
    return builder.toGbnf(afterThoughts(format, null, builder, textBeforeCalls(format, calls, builder)), 'tools');
  };

  it.each([
    ['qwen', ''],
    ['qwen', ' a <b> <tool <<tool_cal 😀\n'],
    ['qwen', `So:\n<tool_call>${F}</tool_call>`],
    ['qwen', `<<tool_call>${F}</tool_call><tool_call>${W}</tool_call>`],
    ['deepseek', `<think>a <tool_call> b</think>So: <tool_call>${F}</tool_call>`],
    ['mistralList', `[TOOL [TOOL_CALLS][${F}]`],
    ['llama', ''],
    ['llama', ' \n'],
    ['llama', 'So: {"name": 1} <|python'],
    ['llama', '<b> {'],
    ['llama', '{'],
    ['llama', '{ "'],
    ['llama', '{} a'],
    ['llama', '{"city": "Oslo"}'],
    ['llama', '{"<b>": 1}'],
    ['llama', '\n{"name": "f", "parameters": {"a": 1}}'],
    ['llama', '<|python_tag|>{"name": "f", "parameters": {"a": 1}}'],
    ['llama', 'So: <|python_tag|>{"name": "f", "parameters": {"a": 1}}'],
    ['llama', '{"<|python_tag|>{"name": "f", "parameters": {"a": 1}}'],
  ] as const)('of %s takes %s', (template, text) => {
    expect(accepts(auto(template), text)).toBe(true);
  });

  it.each([
    ['qwen', '<tool_call>'],
    ['qwen', 'a <tool_call> b'],
    ['qwen', `<tool_call>${F}</tool_call> and more`],
    ['mistralArgs', '[TOOL_CALLS]h[ARGS]{}'],
    ['llama', '{"name": "Bob"}'],
    ['llama', ' {\n"name": "f", "parameters": {"b": 1}}'],
    ['llama', '{"\\u006eame": "f", "parameters": {}}'],
    ['llama', '<|python_tag|>print(1)'],
    ['llama', '{"<|python_tag|>print(1)'],
    ['llama', '{<|python_tag|>print(1)'],
  ] as const)('of %s refuses %s', (template, text) => {
    expect(accepts(auto(template), text)).toBe(false);
  });
});

describe('a request for calls', () => {
  const answer = ({ answer: whole }: CallGrammar): Expression => whole;

  it('is refused when it names no tool', async () => {
    for (const wishes of [{ choice: { name: 'g' } }, { tools: [] }, { choice: 'none' }] as const) {
      const error = await errorOf(() => grammarOf('qwen', wishes, answer));
      expect(error).toMatchObject({ code: 'invalid_request', param: 'tool_choice' });
    }
  });

  it('is refused when parameters are no object', async () => {
    const tools = [{ name: 'now' }, { name: 'f', parameters: { type: 'string' } }];
    const error = await errorOf(() => grammarOf('qwen', { tools }, answer));
    expect(error).toMatchObject({ code: 'invalid_request', param: 'tools.1.function.parameters' });
  });

  it('hands on schemas as those of objects, with where they stand', () => {
    const parameters = [
      { type: 'object', x: 1 },
      { properties: {} },
      { $ref: '#/$defs/a' },
      { type: ['object', 'null'] },
    ];
    const tools = [
      { name: 'none' },
      ...parameters.map((each, index) => ({ name: `f${String(index)}`, parameters: each })),
    ];
    const seen: unknown[] = [];
    const use: ToolUse = { tools, choice: 'auto', parallel: true };
    callGrammar(recogniseFormat(null), use, null, new GrammarBuilder(), (schema, pointer) => {
      seen.push([pointer, schema]);
      return ARGS;
    });
    expect(seen).toEqual([
      ['/tools/1/function/parameters', { type: 'object', x: 1 }],
      ['/tools/2/function/parameters', { properties: {}, type: 'object' }],
      ['/tools/3/function/parameters', { $ref: '#/$defs/a' }],
      ['/tools/4/function/parameters', { type: 'object' }],
    ]);
  });
});
