import OpenAI from 'openai';
import { zodFunction } from 'openai/helpers/zod';
import type { ChatCompletionMessageParam, ChatCompletionTool } from 'openai/resources/chat/completions';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { refusalOf } from '../support/openai-refusal.js';
import { matching } from '../support/matchers.js';
import { startServer, type Server } from '../support/server.js';

const model = 'starter-chat';
const ASK: ChatCompletionMessageParam[] = [{ role: 'user', content: 'What is the weather in Oslo?' }];

let server: Server;
let client: OpenAI;

beforeAll(async () => {
  server = await startServer();
  client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'none', maxRetries: 0 });
});
afterAll(() => server.stop());

function tool(name: string, properties: Record<string, object>): ChatCompletionTool {
  const parameters = { type: 'object', properties, required: Object.keys(properties), additionalProperties: false };
  return { type: 'function', function: { name, parameters } };
}

const WEATHER = tool('get_weather', { city: { type: 'string' } });
const TIMER = tool('set_timer', { minutes: { type: 'integer', minimum: 1, maximum: 90 } });

function create(more: object): Promise<OpenAI.ChatCompletion> {
  return client.chat.completions.create({ model, temperature: 0, messages: ASK, tools: [WEATHER], ...more });
}

function callsOf(answer: OpenAI.ChatCompletion): { name: string; arguments: unknown }[] {
  return (answer.choices[0]?.message.tool_calls ?? []).map((call) => {
    if (call.type !== 'function') throw new Error(`a call of type ${call.type}`);
    return { name: call.function.name, arguments: JSON.parse(call.function.arguments) as unknown };
  });
}

describe('tools', () => {
  it('are called when a question needs them', async () => {
    const answer = await create({ tools: [WEATHER, TIMER] });
    expect(callsOf(answer)).toEqual([{ name: 'get_weather', arguments: { city: 'Oslo' } }]);
    expect(answer.choices[0]).toMatchObject({
      finish_reason: 'tool_calls',
      message: { content: null, tool_calls: [{ id: matching(/^call_\w{24}$/), type: 'function' }] },
    });
  });

  it('are left alone when a question does not', async () => {
    const answer = await create({ messages: [{ role: 'user', content: 'What is the capital of France?' }] });
    expect(answer.choices[0]).toMatchObject({
      finish_reason: 'stop',
      message: { content: 'The capital of France is Paris.' },
    });
    expect(callsOf(answer)).toEqual([]);
  });

  it('give results that the model answers with', async () => {
    const called = await create({});
    const message = called.choices[0]?.message;
    const id = message?.tool_calls?.[0]?.id;
    if (message === undefined || id === undefined) throw new Error('no call');
    const answer = await create({ messages: [...ASK, message, { role: 'tool', tool_call_id: id, content: 'sunny' }] });
    expect(answer.choices[0]?.message.content).toContain('sunny');
    expect(answer.choices[0]?.finish_reason).toBe('stop');
  });

  it('are not called under tool_choice none', async () => {
    const answer = await create({ tool_choice: 'none' });
    expect(callsOf(answer)).toEqual([]);
    expect(answer.choices[0]?.finish_reason).toBe('stop');
  });

  it.each(['Hello!', 'What is the capital of France?', 'Write a poem about the sea.'])(
    'must be called under tool_choice required: %s',
    async (content) => {
      const messages: ChatCompletionMessageParam[] = [{ role: 'user', content }];
      const answer = await create({ messages, tools: [TIMER], tool_choice: 'required', temperature: 1, seed: 3 });
      const calls = callsOf(answer);
      expect(calls.length).toBeGreaterThan(0);
      for (const call of calls) {
        expect(call.name).toBe('set_timer');
        const { minutes } = call.arguments as { minutes: number };
        expect(Number.isInteger(minutes) && minutes >= 1 && minutes <= 90).toBe(true);
      }
    },
  );

  it('that are named are called, once without parallel calls', async () => {
    const answer = await create({
      tools: [WEATHER, TIMER],
      tool_choice: { type: 'function', function: { name: 'set_timer' } },
      parallel_tool_calls: false,
    });
    expect(callsOf(answer).map(({ name }) => name)).toEqual(['set_timer']);
    expect(answer.choices[0]?.finish_reason).toBe('tool_calls');
  });

  it('come in a stream as OpenAI sends them', async () => {
    const runner = client.chat.completions.stream({ model, temperature: 0, messages: ASK, tools: [WEATHER] });
    const deltas: string[] = [];
    runner.on('tool_calls.function.arguments.delta', ({ arguments_delta: delta }) => deltas.push(delta));
    const answer = await runner.finalChatCompletion();
    expect(callsOf(answer)).toEqual([{ name: 'get_weather', arguments: { city: 'Oslo' } }]);
    expect(answer.choices[0]?.finish_reason).toBe('tool_calls');
    expect(deltas.length).toBeGreaterThan(1);
    expect(JSON.parse(deltas.join(''))).toEqual({ city: 'Oslo' });
  });

  it("run in the client's own loop", async () => {
    const asked: string[] = [];
    const runner = client.chat.completions.runTools({
      model,
      temperature: 0,
      messages: ASK,
      tools: [
        {
          type: 'function',
          function: {
            name: 'get_weather',
            description: 'The weather in a city',
            parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
            parse: (text: string) => JSON.parse(text) as { city: string },
            function: ({ city }: { city: string }) => {
              asked.push(city);
              return 'rainy, 7 degrees';
            },
          },
        },
      ],
    });
    expect(await runner.finalContent()).toContain('rainy, 7 degrees');
    expect(asked).toEqual(['Oslo']);
  });

  it("are parsed by the client's own helper", async () => {
    const parsed = await client.chat.completions.parse({
      model,
      temperature: 0,
      messages: ASK,
      tools: [zodFunction({ name: 'get_weather', parameters: z.object({ city: z.string() }) })],
    });
    expect(parsed.choices[0]?.message.tool_calls?.[0]?.function.parsed_arguments).toEqual({ city: 'Oslo' });
  });

  it.each([
    ['tools', { tools: [WEATHER, WEATHER] }],
    ['tools', { tools: [{ type: 'function', function: { name: 'f', parameters: { type: 'nonsense' } } }] }],
    ['tools.0.type', { tools: [{ type: 'web_search' }] }],
    ['tools.0.function.name', { tools: [{ type: 'function', function: { name: 'not a name' } }] }],
    ['tool_choice', { tools: [], tool_choice: 'required' }],
    ['tool_choice', { tool_choice: { type: 'function', function: { name: 'other' } } }],
    ['tool_choice', { tool_choice: 'sometimes' }],
    ['messages', { messages: [{ role: 'tool', content: 'x' }] }],
  ])('are refused by name where they are wrong: %s in %j', async (param, more) => {
    const body = { model, messages: ASK, tools: [WEATHER], ...more };
    expect(await refusalOf(`${server.url}/v1/chat/completions`, body)).toMatchObject({ status: 400, param });
  });
});
