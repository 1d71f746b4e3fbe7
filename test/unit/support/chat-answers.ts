import type { AnswerParserOptions } from '../../../src/inference/engines/text/chat-format/answer-parser.js';
import type { ReadAnswer } from './answer-parsing.js';
import type { TEMPLATES } from './chat-templates.js';

export interface AnswerCase {
  readonly says: string;
  readonly of: keyof typeof TEMPLATES;
  readonly answer: string;
  readonly text?: string;
  readonly reasoning?: string;
  /** Name and arguments, or one that is cut. */
  readonly calls?: readonly (readonly [string, string])[];
  readonly with?: Partial<AnswerParserOptions>;
}

export const THINK = { open: '<think>', close: '</think>' };

const HERMES: readonly AnswerCase[] = [
  { says: 'text alone', of: 'qwen', answer: ' Hello, you <3 \n', text: ' Hello, you <3 \n' },
  {
    says: 'one call, as Qwen writes it',
    of: 'qwen',
    answer: '<tool_call>\n{"name": "f", "arguments": {"a": 1}}\n</tool_call>',
    calls: [['f', '{"a": 1}']],
  },
  {
    says: 'one call, as starter-chat writes it',
    of: 'qwen',
    answer: '<tool_call>{"name": "f", "arguments": {"a": "b"}}</tool_call>',
    calls: [['f', '{"a": "b"}']],
  },
  {
    says: 'text, then calls',
    of: 'plain',
    answer:
      'I look.\n\n<tool_call>{"name":"f","arguments":{}}</tool_call>\n<tool_call>{"name":"g","arguments":{"x":[{"y":"}"}]}}</tool_call>\n',
    text: 'I look.',
    calls: [
      ['f', '{}'],
      ['g', '{"x":[{"y":"}"}]}'],
    ],
  },
  {
    says: 'marks, quotes and braces within strings',
    of: 'qwen',
    answer: '<tool_call>{"name":"f","arguments":{"a":"</tool_call> \\" { [ \\\\","😀":"é\\u00e9"}}</tool_call>',
    calls: [['f', '{"a":"</tool_call> \\" { [ \\\\","😀":"é\\u00e9"}']],
  },
  {
    says: 'arguments before the name, and what else there is',
    of: 'qwen',
    answer: '<tool_call>{"arguments": {"a": 1} , "id": 7, "x": {"name": "g"}, "name": "f"}</tool_call>',
    calls: [['f', '{"a": 1}']],
  },
  {
    says: 'arguments as a text of JSON',
    of: 'qwen',
    answer: '<tool_call>{"name": "f", "arguments": "{\\"a\\": \\"b\\"}"}</tool_call>',
    calls: [['f', '{"a": "b"}']],
  },
  {
    says: 'arguments that are left out, or null',
    of: 'qwen',
    answer: '<tool_call>{"name": "f"}</tool_call><tool_call>{"name": "g", "arguments": null}</tool_call>',
    calls: [
      ['f', '{}'],
      ['g', '{}'],
    ],
  },
  {
    says: 'an end mark that is missing, or cut',
    of: 'qwen',
    answer: '<tool_call>{"name": "f", "arguments": {}}<tool_call>{"name": "g", "arguments": {}}</tool_',
    calls: [
      ['f', '{}'],
      ['g', '{}'],
    ],
  },
  {
    says: 'text after a call',
    of: 'qwen',
    answer: 'A <tool_call>{"name": "f", "arguments": {}}</tool_call> B',
    text: 'A B',
    calls: [['f', '{}']],
  },
  {
    says: 'text after the first call alone',
    of: 'qwen',
    answer: '<tool_call>{"name": "f", "arguments": {}}</tool_call>\nB </tool',
    text: 'B </tool',
    calls: [['f', '{}']],
  },
];

const MALFORMED: readonly AnswerCase[] = [
  '<tool_call>get_weather(city)</tool_call>',
  "  <tool_call>{'name': 'f'}</tool_call>",
  '<tool_call>{"name": "unknown", "arguments": {"a": 1}}</tool_call>',
  '<tool_call>{"name": "f", "arguments": [1]}</tool_call>',
  '<tool_call>{"name": "f", "arguments": {"a": b}}</tool_call>',
  '<tool_call>{"name": "f", "arguments": {"a": [1}}}</tool_call>',
  '<tool_call>{"name": 5, "arguments": {}}</tool_call>',
  '<tool_call>{"arguments": {}}</tool_call>',
  '<tool_call>{"name": "f", "name": "g", "arguments": {}}</tool_call>',
  '<tool_call>{"name": "f", "arguments": {"a": 1',
  '<tool_call>\n{"name": "f", "arg',
  '<tool_call>{}</tool_call>',
  'a < b <tool <tool_cal\n',
  '<tool_call>\n<function=f>\n<parameter=a>\n1\n</parameter>\n</function>\n</tool_call>',
].map((answer) => ({ says: `malformed: ${answer}`, of: 'qwen' as const, answer, text: answer }));

const RECOVERED: readonly AnswerCase[] = [
  {
    says: 'a good call after a bad one',
    of: 'qwen',
    answer:
      '<tool_call>{"name": "f", "arguments": {bad</tool_call>\n<tool_call>{"name": "g", "arguments": {}}</tool_call>',
    text: '<tool_call>{"name": "f", "arguments": {bad</tool_call>',
    calls: [['g', '{}']],
  },
  {
    says: 'a mark that comes twice',
    of: 'qwen',
    answer: '<tool_call><tool_call>{"name": "g", "arguments": {}}</tool_call>',
    text: '<tool_call>',
    calls: [['g', '{}']],
  },
];

const LLAMA: readonly AnswerCase[] = [
  {
    says: 'a call as the whole answer',
    of: 'llama',
    answer: '\n{"name": "f", "parameters": {"a": {"b": 1}}}',
    calls: [['f', '{"a": {"b": 1}}']],
  },
  {
    says: 'calls with semicolons or lines between them',
    of: 'llama',
    answer:
      '{"name": "f", "parameters": {}}; {"type": "function", "name": "g", "parameters": {"a": 1}}\n{"name": "f", "parameters": {}}',
    calls: [
      ['f', '{}'],
      ['g', '{"a": 1}'],
      ['f', '{}'],
    ],
  },
  {
    says: 'a call after the mark, and text before it',
    of: 'llama',
    answer: 'Well. <|python_tag|>{"name": "f", "parameters": {}}',
    text: 'Well.',
    calls: [['f', '{}']],
  },
  {
    says: 'JSON that is no call',
    of: 'llama',
    answer: '{"name": "Bob", "parameters": {}}',
    text: '{"name": "Bob", "parameters": {}}',
  },
  { says: 'JSON that names a tool only', of: 'llama', answer: '{"name": "f"}', text: '{"name": "f"}' },
  {
    says: 'an object later on',
    of: 'llama',
    answer: 'So: {"name": "f", "parameters": {}}',
    text: 'So: {"name": "f", "parameters": {}}',
  },
  { says: 'code after the mark', of: 'llama', answer: '<|python_tag|>print(1)', text: '<|python_tag|>print(1)' },
];

const MISTRAL: readonly AnswerCase[] = [
  {
    says: 'a list of calls',
    of: 'mistralList',
    answer: ' [TOOL_CALLS] [{"name": "f", "arguments": {"a": 1}, "id": "abcdefghi"}, {"name":"g","arguments":{}}]\n',
    calls: [
      ['f', '{"a": 1}'],
      ['g', '{}'],
    ],
  },
  {
    says: 'names before arguments',
    of: 'mistralArgs',
    answer: '[TOOL_CALLS]f[ARGS]{"a": 1}[TOOL_CALLS]get_weather[CALL_ID]abcdefghi[ARGS]{} [TOOL_CALLS]g{"b":"]"}',
    calls: [
      ['f', '{"a": 1}'],
      ['get_weather', '{}'],
      ['g', '{"b":"]"}'],
    ],
  },
  {
    says: 'a list whose second call is malformed',
    of: 'mistralList',
    answer: '[TOOL_CALLS][{"name":"f","arguments":{}}, {"name":"unknown","arguments":{}}]',
    text: ', {"name":"unknown","arguments":{}}]',
    calls: [['f', '{}']],
  },
  { says: 'a name that is none', of: 'mistralArgs', answer: '[TOOL_CALLS]h[ARGS]{}', text: '[TOOL_CALLS]h[ARGS]{}' },
  {
    says: 'words for a name',
    of: 'mistralArgs',
    answer: '[TOOL_CALLS]I will, then.',
    text: '[TOOL_CALLS]I will, then.',
  },
  { says: 'a list of nothing', of: 'mistralList', answer: 'A [TOOL_CALLS][]', text: 'A [TOOL_CALLS][]' },
];

const THOUGHTS: readonly AnswerCase[] = [
  {
    says: 'a thought before the text',
    of: 'qwen',
    answer: '\n<think>\nHm. 1 < 2 </thi \n\n</think>\n\nYes.\n',
    reasoning: 'Hm. 1 < 2 </thi',
    text: 'Yes.\n',
  },
  { says: 'an empty thought', of: 'qwen', answer: '<think>\n\n</think>\n\nYes.', text: 'Yes.' },
  { says: 'a thought that is not closed', of: 'qwen', answer: '<think>I am <b', reasoning: 'I am <b' },
  { says: 'a thought that is cut in its end mark', of: 'qwen', answer: '<think>I am\n</thi', reasoning: 'I am\n</thi' },
  {
    says: 'a thought that the prompt has begun',
    of: 'deepseek',
    answer: 'Hm.\n</think>\n\nYes.',
    reasoning: 'Hm.',
    text: 'Yes.',
    with: { openedThought: THINK },
  },
  {
    says: 'a thought that the prompt has begun and the model begins again',
    of: 'deepseek',
    answer: '<think>\nHm.</think>Yes.',
    reasoning: 'Hm.',
    text: 'Yes.',
    with: { openedThought: THINK },
  },
  {
    says: 'a thought that is over at once',
    of: 'deepseek',
    answer: '</think>Yes.',
    text: 'Yes.',
    with: { openedThought: THINK },
  },
  {
    says: 'a call after a thought about calls',
    of: 'qwen',
    answer:
      '<think>I write <tool_call>{"name":"f","arguments":{}}</tool_call></think>\n<tool_call>{"name":"g","arguments":{}}</tool_call>',
    reasoning: 'I write <tool_call>{"name":"f","arguments":{}}</tool_call>',
    calls: [['g', '{}']],
  },
  {
    says: 'the same in line',
    of: 'qwen',
    answer:
      '<think>\nI write <tool_call>{"name":"f","arguments":{}}</tool_call></think>\n<tool_call>{"name":"g","arguments":{}}</tool_call>',
    text: '<think>\nI write <tool_call>{"name":"f","arguments":{}}</tool_call></think>',
    calls: [['g', '{}']],
    with: { separateThoughts: false },
  },
  {
    says: 'an open thought in line',
    of: 'deepseek',
    answer: '\nHm. </think> \nYes.',
    text: '\nHm. </think> \nYes.',
    with: { openedThought: THINK, separateThoughts: false },
  },
  {
    says: 'marks of a thought that are text, since text came first',
    of: 'qwen',
    answer: 'See <think>this</think>',
    text: 'See <think>this</think>',
  },
  {
    says: 'a thought of Magistral',
    of: 'mistralArgs',
    answer: '[THINK]Hm.[/THINK]Yes.',
    reasoning: 'Hm.',
    text: 'Yes.',
  },
  { says: 'what begins like a thought', of: 'qwen', answer: ' <thin', text: ' <thin' },
  {
    says: 'a thought where there are no tools',
    of: 'plain',
    answer: '<think>Hm.</think> <tool_call>{"name":"f","arguments":{}}</tool_call>',
    reasoning: 'Hm.',
    text: '<tool_call>{"name":"f","arguments":{}}</tool_call>',
    with: { toolNames: [] },
  },
  {
    says: 'anything at all where nothing is looked for',
    of: 'qwen',
    answer: '\n<think>Hm.</think> <tool_call>',
    text: '\n<think>Hm.</think> <tool_call>',
    with: { toolNames: [], separateThoughts: false },
  },
];

export const CASES = [...HERMES, ...MALFORMED, ...RECOVERED, ...LLAMA, ...MISTRAL, ...THOUGHTS];

export function expected({ text = '', reasoning = '', calls = [] }: AnswerCase): ReadAnswer {
  const read = calls.map(([name, args], index) => ({
    id: `id${String(index)}`,
    name,
    arguments: args,
    complete: true,
  }));
  return { text, reasoning, calls: read };
}

/** Calls that are malformed may be told before that is seen, where a grammar is taken to hold them. */
export const SOUND = CASES.filter((each) => !MALFORMED.includes(each) && !RECOVERED.includes(each));
