import OpenAI from 'openai';
import { zodTextFormat } from 'openai/helpers/zod';
import type { FunctionTool, Response, ResponseInput } from 'openai/resources/responses/responses';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { anyString, containing } from '../support/matchers.js';
import { startServer, type Server } from '../support/server.js';

const model = 'starter-chat';
const QUESTION = 'What is the weather in Oslo?';
const WEATHER: FunctionTool = {
  type: 'function',
  name: 'get_weather',
  description: 'The weather in a city',
  strict: true,
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
};
const CALL = { type: 'function_call', name: 'get_weather', status: 'completed', call_id: anyString, id: anyString };
const CITY = {
  type: 'object',
  properties: { city: { type: 'string' }, people: { type: 'integer', minimum: 0, maximum: 99 } },
  required: ['city', 'people'],
  additionalProperties: false,
};

let server: Server;
let client: OpenAI;

beforeAll(async () => {
  server = await startServer();
  client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'none', maxRetries: 0 });
});
afterAll(() => server.stop());

type Params = Omit<OpenAI.Responses.ResponseCreateParamsNonStreaming, 'model' | 'stream'>;

const ask = (params: Params): Promise<Response> => client.responses.create({ model, temperature: 0, ...params });

function callIn({ output }: Pick<Response, 'output'>): OpenAI.Responses.ResponseFunctionToolCall {
  const call = output.find((item) => item.type === 'function_call');
  if (call === undefined) throw new Error(`no call in ${JSON.stringify(output)}`);
  return call;
}

const answerTo = (callId: string, output: string): ResponseInput => [
  { type: 'function_call_output', call_id: callId, output },
];

describe('tools', () => {
  it('are called, and their answer is answered', async () => {
    const first = await ask({ input: QUESTION, tools: [WEATHER] });
    const call = callIn(first);
    expect(call).toMatchObject(CALL);
    expect(JSON.parse(call.arguments)).toEqual({ city: 'Oslo' });
    expect(first).toMatchObject({ status: 'completed', tools: [WEATHER], tool_choice: 'auto' });
    const input = answerTo(call.call_id, 'sunny');
    const second = await ask({ input, tools: [WEATHER], previous_response_id: first.id });
    expect(second.output_text).toContain('sunny');
    const { data } = await client.responses.inputItems.list(second.id, { order: 'asc' });
    expect(data.map(({ type }) => type)).toEqual(['message', 'function_call', 'function_call_output']);
  });

  it('are called within a conversation that the client keeps', async () => {
    const first = await ask({ input: QUESTION, tools: [WEATHER], store: false });
    const input = [{ role: 'user', content: QUESTION }, ...first.output, ...answerTo(callIn(first).call_id, 'sunny')];
    const second = await ask({ input: input as ResponseInput, tools: [WEATHER], store: false });
    expect(second.output_text).toContain('sunny');
  });

  it('are called in a stream', async () => {
    const runner = client.responses.stream({ model, temperature: 0, input: QUESTION, tools: [WEATHER] });
    let snapshot = '';
    runner.on('response.function_call_arguments.delta', (event) => (snapshot = event.snapshot));
    const call = callIn(await runner.finalResponse());
    expect(call).toMatchObject(CALL);
    expect(call.arguments).toBe(snapshot);
    expect(JSON.parse(snapshot)).toEqual({ city: 'Oslo' });
  });

  it('have their arguments parsed by the client', async () => {
    const parsed = await client.responses.parse({ model, temperature: 0, input: QUESTION, tools: [WEATHER] });
    const call = parsed.output.find((item) => item.type === 'function_call');
    // This client puts the whole call there, with the parsed arguments in it.
    expect(call?.parsed_arguments).toMatchObject({ parsed_arguments: { city: 'Oslo' } });
  });

  it.each([
    ['required', 'required'],
    ['a function', { type: 'function', name: 'get_weather' }],
    ['allowed_tools', { type: 'allowed_tools', mode: 'required', tools: [{ type: 'function', name: 'get_weather' }] }],
  ] as [string, NonNullable<Params['tool_choice']>][])('are called where %s says so', async (_, choice) => {
    const answer = await ask({ input: 'Hello!', tools: [WEATHER], tool_choice: choice });
    expect(callIn(answer)).toMatchObject(CALL);
    expect(JSON.parse(callIn(answer).arguments)).toEqual({ city: anyString });
    expect(answer.tool_choice).toEqual(choice);
  });

  it('are not called where "none" says so', async () => {
    const answer = await ask({ input: QUESTION, tools: [WEATHER], tool_choice: 'none' });
    expect(answer.output.map(({ type }) => type)).toEqual(['message']);
  });

  it('must be answered before the conversation goes on', async () => {
    const first = await ask({ input: QUESTION, tools: [WEATHER] });
    const next = ask({ input: 'Hello!', previous_response_id: first.id });
    await expect(next).rejects.toMatchObject({
      status: 400,
      param: 'input',
      message: containing(callIn(first).call_id),
    });
  });
});

describe('the form of an answer', () => {
  it('is a JSON object', async () => {
    const answer = await ask({ input: 'Hello!', text: { format: { type: 'json_object' } }, max_output_tokens: 200 });
    if (answer.status === 'completed') expect(JSON.parse(answer.output_text)).toBeTypeOf('object');
    expect(answer.text).toMatchObject({ format: { type: 'json_object' } });
  });

  it('is held to a schema, streamed or not', async () => {
    const text = { format: { type: 'json_schema', name: 'city', schema: CITY, strict: true } } as const;
    const whole = await ask({ input: QUESTION, text });
    expect(JSON.parse(whole.output_text)).toEqual({ city: anyString, people: expect.any(Number) as unknown });
    const streamed = await client.responses.stream({ model, temperature: 0, input: QUESTION, text }).finalResponse();
    expect(JSON.parse(textOf(streamed))).toEqual(JSON.parse(whole.output_text));
  });

  it('is parsed by the client', async () => {
    const format = zodTextFormat(z.object({ city: z.string(), people: z.number().int() }), 'city');
    const parsed = await client.responses.parse({ model, temperature: 0, input: QUESTION, text: { format } });
    expect(parsed.output_parsed).toEqual({ city: anyString, people: expect.any(Number) as unknown });
  });

  it('400 for a schema that is none', async () => {
    const format = { type: 'json_schema', name: 'city', schema: { type: 'planet' }, strict: true } as const;
    await expect(ask({ input: 'Hello!', text: { format } })).rejects.toMatchObject({ status: 400 });
  });
});

describe('the chances of tokens', () => {
  it('are told with the text, as many as were asked for', async () => {
    const include = ['message.output_text.logprobs' as const];
    const answer = await ask({ input: 'Hello!', include, top_logprobs: 2 } as Params);
    const [item] = answer.output;
    const part = item?.type === 'message' ? item.content[0] : undefined;
    const logprobs = part?.type === 'output_text' ? (part.logprobs ?? []) : [];
    expect(logprobs.map(({ token }) => token).join('')).toBe(answer.output_text);
    for (const { logprob, top_logprobs: top } of logprobs) {
      expect(logprob).toBeLessThanOrEqual(0);
      expect(top).toHaveLength(2);
    }
  });
});

function textOf({ output }: Pick<Response, 'output'>): string {
  const parts = output.flatMap((item) => (item.type === 'message' ? item.content : []));
  return parts.map((part) => (part.type === 'output_text' ? part.text : '')).join('');
}
