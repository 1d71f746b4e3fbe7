import type { TemplateTool } from './template-input.js';

/** What Hermes models are told of their tools, for a model whose template tells it nothing. */
export function toolsInWords(tools: readonly TemplateTool[]): string {
  return [
    'You may call one or more functions to help with what the user asks.',
    'The functions that you have are in this JSON list, with JSON Schemas of their parameters:',
    `<tools>\n${JSON.stringify(tools)}\n</tools>`,
    'To call a function, write a JSON object with its name and its arguments between <tool_call> and </tool_call>:',
    '<tool_call>\n{"name": <function-name>, "arguments": <arguments-object>}\n</tool_call>',
    'What a function answers comes between <tool_response> and </tool_response>.',
  ].join('\n');
}

/** A call as Hermes models write it. `call` is a JSON text. */
export function callInWords(call: string): string {
  return `<tool_call>\n${call}\n</tool_call>`;
}

export function responseInWords(content: string): string {
  return `<tool_response>\n${content}\n</tool_response>`;
}
