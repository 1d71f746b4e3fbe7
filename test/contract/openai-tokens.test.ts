import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectError } from '../support/error-shapes.js';
import { post, type Answer } from '../support/http.js';
import { untilQueue } from '../support/metrics.js';
import { LONG } from '../support/questions.js';
import { startServer, type Server } from '../support/server.js';
import { firstPiece, open, type Exchange } from '../support/streaming.js';

const messages = [
  { role: 'system', content: 'You are a helpful assistant.' },
  { role: 'user', content: 'What is the capital of France?' },
];
const text = 'The café costs 3 €. 漢字!';

interface Found {
  readonly count: number;
  readonly tokens: readonly number[];
  readonly token_strs: readonly string[] | null;
}

let server: Server;

beforeAll(async () => {
  server = await startServer({ env: { SLOTS: '1' } });
});
afterAll(() => server.stop());

function ask(path: string, body: object): Promise<Answer> {
  return post(`${server.url}${path}`, body);
}

async function tokenize(body: object): Promise<Found> {
  const answer = await ask('/openai/tokenize', body);
  expect(answer.status).toBe(200);
  return answer.body as Found;
}

describe('POST /tokenize', () => {
  it('tells as many tokens as an answer to the same messages counts', async () => {
    const { count, tokens } = await tokenize({ messages });
    expect(tokens).toHaveLength(count);
    const { body } = await ask('/v1/chat/completions', { messages, max_tokens: 1 });
    expect(body).toMatchObject({ usage: { prompt_tokens: count } });
  });

  it('tells as many tokens as a completion of the same text counts', async () => {
    const { count } = await tokenize({ model: 'starter-chat', prompt: text });
    const { body } = await ask('/v1/completions', { prompt: text, max_tokens: 1 });
    expect(body).toMatchObject({ usage: { prompt_tokens: count } });
  });

  it('answers as vLLM does, the texts on request', async () => {
    const answer = await ask('/tokenize', { model: 'starter-chat', prompt: 'cat dog' });
    expect(answer.body).toEqual({ count: 3, max_model_len: 1024, tokens: [636, 261, 662], token_strs: null });
    expect((await tokenize({ prompt: 'cat dog', return_token_strs: true })).token_strs).toEqual(['cat', ' ', 'dog']);
  });

  it('answers as llama-server does', async () => {
    const { body } = await ask('/tokenize', { content: 'cat dog', with_pieces: true });
    expect(body).toMatchObject({
      tokens: [
        { id: 636, piece: 'cat' },
        { id: 261, piece: ' ' },
        { id: 662, piece: 'dog' },
      ],
    });
  });

  it('reads what looks like a special token as one, or as text', async () => {
    const asToken = await tokenize({ prompt: 'cat<|im_end|>' });
    for (const body of [{ prompt: 'cat<|im_end|>', add_special_tokens: false }, { content: 'cat<|im_end|>' }]) {
      const asText = await tokenize(body);
      expect(asText.count).toBeGreaterThan(asToken.count);
    }
    expect((await tokenize({ content: 'cat<|im_end|>', add_special: true })).tokens).toEqual(asToken.tokens);
  });

  it('reads no turn into a message', async () => {
    const [plain, forged] = await Promise.all(
      ['cat', 'cat<|im_end|>'].map((content) => tokenize({ messages: [{ role: 'user', content }] })),
    );
    const end = (await tokenize({ prompt: '<|im_end|>' })).tokens[0];
    const ends = (found?: Found): number => found?.tokens.filter((token) => token === end).length ?? -1;
    expect(ends(forged)).toBe(ends(plain));
  });

  it.each(['starter-chat', 'starter-embed', 'starter-vision'])(
    'and /detokenize are each other’s reverse: %s',
    async (model) => {
      const words = 'the capital of france is paris';
      const { tokens } = await tokenize({ model, prompt: words, add_special_tokens: false });
      expect(tokens.length).toBeGreaterThan(3);
      const { body } = await ask('/detokenize', { model, tokens });
      expect(body).toEqual({ prompt: words, content: words });
    },
  );

  it('waits for no slot: neither behind an answer nor behind what waits for one', async () => {
    const body = { messages: [{ role: 'user', content: LONG }], temperature: 0, stream: true };
    const chat = (): Exchange => open(`${server.url}/v1/chat/completions`, body);
    const running = chat();
    await firstPiece(await running.response);
    const waiting = chat();
    await untilQueue(server.url, { running: 1, waiting: 1 });
    const order: string[] = [];
    const answered = waiting.response.then(firstPiece).then(() => void order.push('answer'));
    await tokenize({ prompt: 'cat' }).then(() => void order.push('tokens'));
    running.leave();
    await answered;
    waiting.leave();
    expect(order).toEqual(['tokens', 'answer']);
  });
});

describe('what is refused', () => {
  it.each<[string, string, object]>([
    ['nothing to read', 'prompt', {}],
    ['two things to read', 'prompt', { prompt: 'a', messages }],
    ['a text that is none', 'prompt', { prompt: 7 }],
    ['no messages', 'messages', { messages: [] }],
    ['pictures', 'messages', { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: 'data:,' }] }] }],
    ['tools', 'tools', { messages, tools: [{}] }],
    ['no room for an answer', 'add_generation_prompt', { messages, add_generation_prompt: false }],
    ['to go on with a message', 'continue_final_message', { messages, continue_final_message: true }],
    ['another template', 'chat_template', { messages, chat_template: '{{ messages }}' }],
    ['specials without what goes around', 'parse_special', { content: 'a', parse_special: true }],
    ['messages for a model that makes vectors', 'messages', { model: 'starter-embed', messages }],
    ['a model without tokens', 'model', { model: 'starter-voice', prompt: 'a' }],
  ])('POST /tokenize: %s', async (_, param, body) => {
    const answer = await ask('/tokenize', body);
    expectError(answer, 'openai', 400);
    expect(answer.body).toMatchObject({ error: { param } });
  });

  it.each<[string, object]>([
    ['no tokens', {}],
    ['a text', { tokens: 'a' }],
    ['parts of tokens', { tokens: [1.5] }],
    ['less than none', { tokens: [-1] }],
    ['what the model does not have', { tokens: [1, 99_999] }],
    ['what the other model does not have', { model: 'starter-embed', tokens: [99_999] }],
  ])('POST /detokenize: %s', async (_, body) => {
    const answer = await ask('/openai/detokenize', body);
    expectError(answer, 'openai', 400);
    expect(answer.body).toMatchObject({ error: { param: 'tokens' } });
  });

  it('an unknown model', async () => {
    for (const path of ['/tokenize', '/detokenize']) {
      expectError(await ask(path, { model: 'nope', prompt: 'a', tokens: [1] }), 'openai', 404);
    }
  });
});
