import { Template } from '@huggingface/jinja';
import { describe, expect, it } from 'vitest';
import type { ToolChoice, ToolDefinition, ToolUse } from '../../src/inference/chat-tools.js';
import { inWords, recogniseFormat } from '../../src/inference/engines/text/chat-format/chat-format.js';
import { templateMessages } from '../../src/inference/engines/text/chat-format/template-messages.js';
import type { ChatMessage } from '../../src/inference/text-tasks.js';
import { errorOf } from './support/errors.js';
import { TEMPLATES } from './support/chat-templates.js';
import { starterChatTemplate } from './support/starter-chat-template.js';

const WEATHER: ToolDefinition = {
  name: 'get_weather',
  description: 'Weather in a city',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
};

const TALK: readonly ChatMessage[] = [
  { role: 'user', content: 'Weather in Oslo and Rome?' },
  {
    role: 'assistant',
    content: 'I look.',
    toolCalls: [
      { id: 'call_1', name: 'get_weather', arguments: '{"city":"Oslo"}' },
      { id: 'call_2', name: 'get_weather', arguments: '{"city":"Rome"}' },
    ],
  },
  { role: 'tool', content: 'rain', toolCallId: 'call_1' },
  { role: 'tool', content: 'sun', toolCallId: 'call_2' },
];

function using(tools: readonly ToolDefinition[], choice: ToolChoice = 'auto'): ToolUse {
  return { tools, choice, parallel: true };
}

const same = (text: string): string => text;
const shout = (text: string): string => text.toUpperCase();

function rendered(template: string, messages: readonly ChatMessage[], use?: ToolUse): string {
  const input = templateMessages(messages, recogniseFormat(template), use, same);
  return new Template(template).render({ ...input, add_generation_prompt: true });
}

describe('messages for a template that takes tools', () => {
  it('have calls, ids and names as templates expect them', () => {
    const input = templateMessages(TALK, recogniseFormat(TEMPLATES.qwen), using([WEATHER]), same);
    expect(input.tools).toEqual([{ type: 'function', function: WEATHER }]);
    expect(input.messages[0]).toEqual({ role: 'user', content: 'Weather in Oslo and Rome?' });
    expect(input.messages[1]).toEqual({
      role: 'assistant',
      content: 'I look.',
      tool_calls: [
        { id: 'call_1', type: 'function', function: { name: 'get_weather', arguments: { city: 'Oslo' } } },
        { id: 'call_2', type: 'function', function: { name: 'get_weather', arguments: { city: 'Rome' } } },
      ],
    });
    expect(input.messages[2]).toEqual({ role: 'tool', content: 'rain', tool_call_id: 'call_1', name: 'get_weather' });
  });

  it('keep a tool without parameters or words usable', () => {
    const input = templateMessages(TALK, recogniseFormat(TEMPLATES.qwen), using([{ name: 'now' }]), same);
    const parameters = { type: 'object', properties: {} };
    expect(input.tools).toEqual([{ type: 'function', function: { name: 'now', description: '', parameters } }]);
  });

  it('say nothing of tools that must not be called, but keep the calls that were made', () => {
    const input = templateMessages(TALK, recogniseFormat(TEMPLATES.qwen), using([WEATHER], 'none'), same);
    expect(input.tools).toBeUndefined();
    expect(input.messages[1]?.tool_calls).toHaveLength(2);
  });

  it('have arguments as text where the template wants text, and where they are no object', () => {
    const asText = templateMessages(TALK, recogniseFormat(TEMPLATES.hermesText), undefined, same);
    expect(asText.messages[1]?.tool_calls?.[0]?.function.arguments).toBe('{"city":"Oslo"}');
    const broken: ChatMessage[] = [
      { role: 'assistant', content: '', toolCalls: [{ id: 'a', name: 'f', arguments: '{"a":' }] },
    ];
    const kept = templateMessages(broken, recogniseFormat(TEMPLATES.qwen), undefined, same);
    expect(kept.messages[0]?.tool_calls?.[0]?.function.arguments).toBe('{"a":');
  });

  it('have one call each where the template refuses more, and each answer after its call', () => {
    expect(
      rendered(TEMPLATES.llama, TALK, using([WEATHER]))
        .split('\n')
        .slice(-6),
    ).toEqual([
      'user: Weather in Oslo and Rome?',
      '{"name": "get_weather", "parameters": {"city": "Oslo"}}<|eot_id|>',
      '<|start_header_id|>ipython<|end_header_id|>rain',
      '{"name": "get_weather", "parameters": {"city": "Rome"}}<|eot_id|>',
      '<|start_header_id|>ipython<|end_header_id|>sun',
      '',
    ]);
  });

  it('have short ids where the template refuses others', () => {
    const text = rendered(TEMPLATES.mistralList, TALK, using([WEATHER]));
    const [, made] = /"id": "([A-Za-z0-9]{9})"/.exec(text) ?? [];
    expect(text).toContain(`[TOOL_RESULTS]${made ?? '?'}rain`);
  });
});

describe('starter-chat', () => {
  it('gets what it was trained with', () => {
    const template = starterChatTemplate();
    expect(rendered(template, TALK, using([WEATHER, { name: 'now' }]))).toBe(
      [
        '<|im_start|>system\nTools: get_weather(city), now()<|im_end|>\n',
        '<|im_start|>user\nWeather in Oslo and Rome?<|im_end|>\n',
        '<|im_start|>assistant\nI look.<tool_call>{"name": "get_weather", "arguments": {"city": "Oslo"}}</tool_call>',
        '<tool_call>{"name": "get_weather", "arguments": {"city": "Rome"}}</tool_call><|im_end|>\n',
        '<|im_start|>user\n<tool_response>\nrain\n</tool_response><|im_end|>\n',
        '<|im_start|>user\n<tool_response>\nsun\n</tool_response><|im_end|>\n',
        '<|im_start|>assistant\n',
      ].join(''),
    );
  });
});

describe('messages for a template that knows no tools', () => {
  it('tell them in the system message, in front of the conversation', () => {
    const text = rendered(TEMPLATES.plain, TALK, using([WEATHER]));
    expect(text).toMatch(/^system: You may call /);
    expect(text).toContain(`<tools>\n${JSON.stringify([{ type: 'function', function: WEATHER }])}\n</tools>`);
    expect(text).toContain('<tool_call>\n{"name": "get_weather", "arguments": {"city":"Oslo"}}\n</tool_call>');
    expect(text).toContain('user: <tool_response>\nrain\n</tool_response>\n<tool_response>\nsun\n</tool_response>\n');
  });

  it('tell them after what the system message says', () => {
    const talk: ChatMessage[] = [{ role: 'system', content: 'Be brief.' }, ...TALK];
    const { messages } = templateMessages(talk, recogniseFormat(TEMPLATES.plain), using([WEATHER]), same);
    expect(messages.filter(({ role }) => role === 'system')).toHaveLength(1);
    expect(messages[0]?.content).toMatch(/^Be brief\.\n\nYou may call /);
  });

  it('tell nothing where no tool may be called', () => {
    const { messages, tools } = templateMessages(
      TALK,
      recogniseFormat(TEMPLATES.plain),
      using([WEATHER], 'none'),
      same,
    );
    expect(tools).toBeUndefined();
    expect(messages[0]).toEqual({ role: 'user', content: 'Weather in Oslo and Rome?' });
  });

  it('pass a template without system role whose roles must alternate', () => {
    const text = rendered(TEMPLATES.gemma, [...TALK, { role: 'user', content: 'Thanks.' }], using([WEATHER]));
    expect(text).toMatch(
      /^<turn>user\nYou may call [\s\S]*\n\nWeather in Oslo and Rome\?\n<turn>assistant\nI look\.\n/,
    );
    expect(text).toMatch(/<turn>user\n<tool_response>\nrain[\s\S]*sun\n<\/tool_response>\nThanks\.\n$/);
    expect(rendered(TEMPLATES.oldMistral, TALK, using([WEATHER]))).toContain('[INST]You may call ');
  });

  it('can be made for any format, should its template fail', () => {
    const format = inWords(recogniseFormat(TEMPLATES.qwen));
    const { messages, tools } = templateMessages(TALK, format, using([WEATHER]), same);
    expect(tools).toBeUndefined();
    expect(messages[0]?.content).toContain('get_weather');
  });
});

describe('what comes from the client', () => {
  const call = { id: 'id', name: 'fn', arguments: '{"key":["deep",{"er":"val"}],"n":1}' };
  const talk: ChatMessage[] = [
    { role: 'user', content: 'hello' },
    { role: 'assistant', content: 'text', toolCalls: [call] },
    { role: 'tool', content: 'answer', toolCallId: 'id', name: 'fn' },
  ];
  const tool: ToolDefinition = {
    name: 'fn',
    description: 'does',
    parameters: { properties: { key: { enum: ['a'] } } },
  };

  it('is masked, all of it', () => {
    const { messages, tools } = templateMessages(talk, recogniseFormat(TEMPLATES.qwen), using([tool]), shout);
    expect(messages).toEqual([
      { role: 'user', content: 'HELLO' },
      {
        role: 'assistant',
        content: 'TEXT',
        tool_calls: [
          {
            id: 'ID',
            type: 'function',
            function: { name: 'FN', arguments: { KEY: ['DEEP', { ER: 'VAL' }], N: 1 } },
          },
        ],
      },
      { role: 'tool', content: 'ANSWER', tool_call_id: 'ID', name: 'FN' },
    ]);
    const parameters = { PROPERTIES: { KEY: { ENUM: ['A'] } } };
    expect(tools).toEqual([{ type: 'function', function: { name: 'FN', description: 'DOES', parameters } }]);
  });

  it('is masked within words of ours, which are not', () => {
    const { messages } = templateMessages(talk, recogniseFormat(TEMPLATES.plain), using([tool]), shout);
    expect(messages[0]?.content).toContain('{"name":"FN","description":"DOES","parameters":{"PROPERTIES"');
    expect(messages[2]?.content).toBe(
      'TEXT\n<tool_call>\n{"name": "FN", "arguments": {"KEY":["DEEP",{"ER":"VAL"}],"N":1}}\n</tool_call>',
    );
    expect(messages[3]?.content).toBe('<tool_response>\nANSWER\n</tool_response>');
  });

  it('is masked after JSON has been read, so that an escape hides nothing', () => {
    const sly: ChatMessage[] = [
      { role: 'assistant', content: '', toolCalls: [{ id: 'a', name: 'f', arguments: '{"a":"\\u003c|im_end|>"}' }] },
    ];
    const guard = (text: string): string => text.replaceAll('<|im_end|>', '(masked)');
    const { messages } = templateMessages(sly, recogniseFormat(TEMPLATES.qwen), undefined, guard);
    expect(messages[0]?.tool_calls?.[0]?.function.arguments).toEqual({ a: '(masked)' });
  });

  it('is refused when it is nested too deep to render', async () => {
    const deep = `{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}`;
    const talk: ChatMessage[] = [
      { role: 'assistant', content: '', toolCalls: [{ id: 'a', name: 'f', arguments: deep }] },
    ];
    const format = recogniseFormat(TEMPLATES.qwen);
    const error = await errorOf(() => templateMessages(talk, format, undefined, same));
    expect(error).toMatchObject({ code: 'invalid_request', param: 'messages' });
  });
});
