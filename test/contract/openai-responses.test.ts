import OpenAI, { BadRequestError, NotFoundError } from 'openai';
import type { Response } from 'openai/resources/responses/responses';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectError } from '../support/error-shapes.js';
import { del, get, post, type Answer } from '../support/http.js';
import { anyNumber, containing, matching } from '../support/matchers.js';
import { startServer, type Server } from '../support/server.js';

const model = 'starter-chat';
const NAME = 'My name is Wendy.';
const NICE = 'Nice to meet you, Wendy!';
const ASKED = 'What is my name?';
const KNOWN = 'Your name is Wendy.';
const UNKNOWN = "I don't know your name yet.";

let server: Server;
let client: OpenAI;
let stranger: OpenAI;

beforeAll(async () => {
  server = await startServer({ env: { API_KEYS: 'the-key,another-key' } });
  client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'the-key', maxRetries: 0 });
  stranger = new OpenAI({ baseURL: `${server.url}/openai/v1`, apiKey: 'another-key', maxRetries: 0 });
});
afterAll(() => server.stop());

const ask = (input: OpenAI.Responses.ResponseCreateParams['input'], more: object = {}): Promise<Response> =>
  client.responses.create({
    model,
    temperature: 0,
    input,
    ...more,
  } as OpenAI.Responses.ResponseCreateParamsNonStreaming);

/** The helper for streams does not gather the text, as others do. */
function textOf({ output }: Pick<Response, 'output'>): string {
  const parts = output.flatMap((item) => (item.type === 'message' ? item.content : []));
  return parts.map((part) => (part.type === 'output_text' ? part.text : '')).join('');
}

async function failureOf(request: Promise<unknown>): Promise<unknown> {
  return request.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe("a response to OpenAI's own client", () => {
  it('has all that it should have', async () => {
    const metadata = { topic: 'names' };
    const answer = await ask(NAME, { metadata, max_output_tokens: 50, instructions: 'Be kind.', user: 'me' });
    expect(answer.output_text).toBe(NICE);
    expect(answer).toMatchObject({
      id: matching(/^resp_[0-9a-f]{32}$/),
      object: 'response',
      status: 'completed',
      error: null,
      incomplete_details: null,
      instructions: 'Be kind.',
      metadata,
      model,
      output: [
        {
          id: matching(/^msg_/),
          type: 'message',
          role: 'assistant',
          status: 'completed',
          content: [{ type: 'output_text', text: NICE, annotations: [], logprobs: [] }],
        },
      ],
      max_output_tokens: 50,
      parallel_tool_calls: true,
      previous_response_id: null,
      store: true,
      temperature: 0,
      text: { format: { type: 'text' } },
      tool_choice: 'auto',
      tools: [],
      top_p: null,
      truncation: 'disabled',
      user: 'me',
      usage: {
        input_tokens: anyNumber,
        input_tokens_details: { cached_tokens: anyNumber },
        output_tokens: anyNumber,
        output_tokens_details: { reasoning_tokens: 0 },
      },
      code: 0,
      message: 'success',
    });
    const { usage } = answer;
    expect(usage?.total_tokens).toBe((usage?.input_tokens ?? 0) + (usage?.output_tokens ?? 0));
    expect(Math.abs(answer.created_at - Date.now() / 1000)).toBeLessThan(600);
    expect(answer.completed_at).toBeGreaterThanOrEqual(answer.created_at);
  });

  it('takes messages, and the output of another response as a part of its input', async () => {
    const first = await ask([{ role: 'user', content: NAME }], { store: false });
    const items = [
      { role: 'user' as const, content: NAME },
      ...first.output,
      { role: 'user' as const, content: ASKED },
    ];
    expect((await ask(items as OpenAI.Responses.ResponseInput)).output_text).toBe(KNOWN);
    const parts = [{ type: 'input_text' as const, text: NAME }];
    const worded = [
      { role: 'user' as const, content: parts },
      { role: 'assistant' as const, content: NICE },
    ];
    expect((await ask([...worded, { role: 'user', content: ASKED }])).output_text).toBe(KNOWN);
  });

  it('is incomplete where its limit ends it, and can be gone on from', async () => {
    const cut = await ask('Count to 10.', { max_output_tokens: 4 });
    expect(cut).toMatchObject({
      status: 'incomplete',
      incomplete_details: { reason: 'max_output_tokens' },
      completed_at: null,
      output: [{ status: 'incomplete' }],
      usage: { output_tokens: 4 },
    });
    expect(await client.responses.retrieve(cut.id)).toMatchObject({
      status: 'incomplete',
      output_text: cut.output_text,
    });
    expect((await ask('Hello!', { previous_response_id: cut.id })).status).toBe('completed');
  });
});

describe('a stream', () => {
  it('has the typed events in their order', async () => {
    const stream = await client.responses.create({ model, temperature: 0, input: NAME, stream: true });
    const events: OpenAI.Responses.ResponseStreamEvent[] = [];
    for await (const event of stream) events.push(event);
    expect(events.map(({ sequence_number: number }) => number)).toEqual(events.map((_, index) => index));
    const types = events.map(({ type }) => type).filter((type) => !type.endsWith('.delta'));
    expect(types).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ]);
    const text = events.map((event) => (event.type === 'response.output_text.delta' ? event.delta : '')).join('');
    expect(text).toBe(NICE);
    const last = events.at(-1);
    if (last?.type !== 'response.completed') throw new Error('it did not end with its completion');
    const { output_text: whole, ...kept } = await client.responses.retrieve(last.response.id);
    expect(whole).toBe(NICE);
    expect(last.response).toEqual(kept);
  });

  it('is gathered by the helper, and gone on from', async () => {
    const runner = client.responses.stream({ model, temperature: 0, input: NAME });
    let snapshot = '';
    runner.on('response.output_text.delta', (event) => (snapshot = event.snapshot));
    const first = await runner.finalResponse();
    expect([textOf(first), snapshot, first.status]).toEqual([NICE, NICE, 'completed']);
    const next = client.responses.stream({ model, temperature: 0, input: ASKED, previous_response_id: first.id });
    expect(textOf(await next.finalResponse())).toBe(KNOWN);
  });

  it('is server-sent events whose names are their types', async () => {
    const body = { model, input: 'Hello!', stream: true, store: false, max_output_tokens: 2 };
    const { type, text } = await post(`${server.url}/v1/responses`, body, { authorization: 'Bearer the-key' });
    expect(type).toBe('text/event-stream');
    const events = text.split('\n\n').slice(0, -1);
    for (const event of events) {
      const [, name, data] = /^event: (\S+)\ndata: (.+)$/.exec(event) ?? [];
      expect((JSON.parse(data ?? '') as { type: string }).type).toBe(name);
    }
    expect(events.at(-1)).toMatch(/^event: response.incomplete\n/);
  });
});

describe('going on', () => {
  it('has the whole conversation, but the instructions', async () => {
    const first = await ask(NAME, { instructions: 'You are a pirate.' });
    const second = await ask('Hello!', { previous_response_id: first.id });
    expect(second).toMatchObject({ previous_response_id: first.id, instructions: null });
    const third = await ask(ASKED, { previous_response_id: second.id });
    expect(third.output_text).toBe(KNOWN);
    const words: unknown[] = [];
    for await (const item of client.responses.inputItems.list(third.id, { order: 'asc', limit: 2 })) {
      const [part] = 'content' in item ? item.content : [];
      words.push(part !== undefined && 'text' in part && part.text);
    }
    expect(words).toEqual([NAME, first.output_text, 'Hello!', second.output_text, ASKED]);
  });

  it('goes two ways from one response', async () => {
    const first = await ask('Hello!');
    const named = await ask(NAME, { previous_response_id: first.id });
    expect((await ask(ASKED, { previous_response_id: named.id })).output_text).toBe(KNOWN);
    expect((await ask(ASKED, { previous_response_id: first.id })).output_text).toBe(UNKNOWN);
  });

  it('takes an item of another response by its id', async () => {
    const first = await ask(NAME);
    const [said] = (await client.responses.inputItems.list(first.id)).data;
    const references = [{ type: 'item_reference' as const, id: said?.id ?? '' }, ...first.output];
    const items = [...references, { role: 'user' as const, content: ASKED }];
    expect((await ask(items as OpenAI.Responses.ResponseInput)).output_text).toBe(KNOWN);
  });

  it('stands when the responses before are deleted', async () => {
    const first = await ask(NAME);
    const second = await ask('Hello!', { previous_response_id: first.id });
    await client.responses.delete(first.id);
    expect(await failureOf(client.responses.retrieve(first.id))).toBeInstanceOf(NotFoundError);
    expect((await ask(ASKED, { previous_response_id: second.id })).output_text).toBe(KNOWN);
    expect(await failureOf(ask(ASKED, { previous_response_id: first.id }))).toMatchObject({
      status: 400,
      param: 'previous_response_id',
      message: containing(first.id),
    });
  });

  it('leaves out the oldest with truncation "auto", and refuses without', async () => {
    const { id } = await ask(
      [
        { role: 'user', content: 'word '.repeat(900) },
        { role: 'assistant', content: 'Thank you.' },
        { role: 'user', content: 'Hello!' },
      ],
      { truncation: 'auto' },
    );
    const more = { previous_response_id: id, input: 'word '.repeat(300) };
    const failure = await failureOf(ask(more.input, more));
    expect(failure).toBeInstanceOf(BadRequestError);
    expect(failure).toMatchObject({ code: 'context_length_exceeded' });
    expect((await ask(more.input, { ...more, truncation: 'auto' })).truncation).toBe('auto');
  });
});

describe('what is kept', () => {
  const as = (key: string): Record<string, string> => ({ authorization: `Bearer ${key}` });
  const at = (path: string): string => `${server.url}/openai/v1/responses${path}`;
  const expectMissing = (answer: Answer): void => {
    expectError(answer, 'openai', 404);
    expect(answer.body).toMatchObject({ error: { type: 'invalid_request_error', message: containing('no response') } });
  };

  it('is what was told', async () => {
    const asked = await post(at(''), { input: NAME, temperature: 0 }, as('the-key'));
    const { id } = asked.body as { id: string };
    expect((await get(at(`/${id}`), as('the-key'))).body).toEqual(asked.body);
    expect((await del(at(`/${id}`), undefined, as('the-key'))).body).toEqual({
      id,
      object: 'response',
      deleted: true,
      code: 0,
      message: 'success',
    });
    expectMissing(await get(at(`/${id}`), as('the-key')));
    expectMissing(await del(at(`/${id}`), undefined, as('the-key')));
  });

  it('is the business of its key alone', async () => {
    const { id } = await ask(NAME);
    expectMissing(await get(at(`/${id}`), as('another-key')));
    expectMissing(await get(at(`/${id}/input_items`), as('another-key')));
    expectMissing(await del(at(`/${id}`), undefined, as('another-key')));
    expectMissing(await post(at(`/${id}/cancel`), {}, as('another-key')));
    const gone = stranger.responses.create({ model, input: ASKED, previous_response_id: id });
    expect(await failureOf(gone)).toMatchObject({ status: 400, param: 'previous_response_id' });
    expect((await client.responses.retrieve(id)).output_text).toBe(NICE);
  });

  it.each(['resp_', 'nothing', '__proto__', '%00', 'a%2Fb', `resp_${'0'.repeat(32)}`])('is not %s', async (id) => {
    expectMissing(await get(at(`/${id}`), as('the-key')));
  });

  it('is nothing with store: false', async () => {
    const answer = await ask(NAME, { store: false });
    expect(answer).toMatchObject({ store: false });
    const { id } = answer;
    expect(await failureOf(client.responses.retrieve(id))).toBeInstanceOf(NotFoundError);
    expect(await failureOf(ask(ASKED, { previous_response_id: id }))).toBeInstanceOf(BadRequestError);
  });

  it('cannot be cancelled, nor streamed again: it has ended', async () => {
    const { id } = await ask('Hello!', { max_output_tokens: 1 });
    expect(await failureOf(client.responses.cancel(id))).toMatchObject({
      status: 400,
      message: containing('background'),
    });
    const again = client.responses.retrieve(id, { stream: true });
    expect(await failureOf(again)).toMatchObject({ status: 400, param: 'stream' });
    expect((await get(at(`/${id}?stream=false`), as('the-key'))).status).toBe(200);
  });

  it.each(['limit=0', 'limit=101', 'limit=two', 'order=up', 'after=nothing'])(
    'is listed, but not with %s',
    async (query) => {
      const { id } = await ask('Hello!', { max_output_tokens: 1 });
      const answer = await get(at(`/${id}/input_items?${query}`), as('the-key'));
      expectError(answer, 'openai', 400);
      expect(answer.body).toMatchObject({ error: { param: query.split('=')[0] } });
    },
  );
});
