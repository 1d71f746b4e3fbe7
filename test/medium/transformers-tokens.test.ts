import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Prompt } from '../../src/inference/text-tasks.js';
import type { DetokenizeTask, TokenizeTask, TokensFound } from '../../src/inference/vector-tasks.js';
import { repositoryPath, text, TransformersRunner, user, visionTask } from './support/transformers-runner.js';
import { toyModel } from './support/transformers-toy.js';
import { special } from './support/transformers-toy-tokens.js';

const folder = toyModel('idefics3');
const encoder = new TransformersRunner(repositoryPath('models/starter/starter-embed'), {
  tasks: ['feature-extraction'],
});
const vision = new TransformersRunner(folder);

beforeAll(() => Promise.all([encoder.load(), vision.load()]));

afterAll(async () => {
  await Promise.all([encoder.stop(), vision.stop()]);
  rmSync(folder, { recursive: true });
});

async function tokenize(model: TransformersRunner, prompt: Prompt, specialTokens = true): Promise<TokensFound> {
  const task: TokenizeTask = { kind: 'tokenize', model: 'm', prompt, specialTokens, sampling: {} };
  const found: TokensFound[] = [];
  let counted = -1;
  for await (const chunk of model.runner.run(task, 'alice').chunks) {
    if (chunk.type === 'tokens') found.push(chunk);
    else if (chunk.type === 'finished') counted = chunk.promptTokens;
  }
  const [only] = found;
  if (only === undefined || found.length !== 1) throw new Error('tokens come once');
  expect(counted).toBe(only.tokens.length);
  return only;
}

async function detokenize(model: TransformersRunner, tokens: readonly number[]): Promise<string> {
  const task: DetokenizeTask = { kind: 'detokenize', model: 'm', tokens, sampling: {} };
  let found = '';
  for await (const chunk of model.runner.run(task, 'alice').chunks)
    if (chunk.type === 'detokenized') found = chunk.text;
  return found;
}

const raw = (content: string): Prompt => ({ kind: 'raw', text: content });

describe('the tokens of a model that makes vectors', () => {
  it('are those that it is given for a text, special ones around them', async () => {
    const { tokens, pieces } = await tokenize(encoder, raw('the cat'));
    const { embeddings } = await encoder.embed(['the cat']);
    expect(tokens).toHaveLength(embeddings[0]?.promptTokens ?? -1);
    expect([pieces[0], pieces.at(-1)]).toEqual(['[CLS]', '[SEP]']);
    expect((await tokenize(encoder, raw('the cat'), false)).tokens).toEqual(tokens.slice(1, -1));
  });

  it('are a text again', async () => {
    const { tokens } = await tokenize(encoder, raw('the cat sleeps.'), false);
    expect(await detokenize(encoder, tokens)).toBe('the cat sleeps.');
    expect(await detokenize(encoder, [])).toBe('');
  });

  it('are text where special ones are not wanted', async () => {
    const { tokens } = await tokenize(encoder, raw('[SEP] a'), false);
    const { tokens: asSpecial } = await tokenize(encoder, raw('[SEP] a'));
    expect(tokens).not.toContain(3);
    expect(asSpecial.filter((token) => token === 3)).toHaveLength(2);
  });

  it('are none of numbers that it does not have', async () => {
    for (const token of [2000, -1, 1.5]) {
      await expect(detokenize(encoder, [5, token])).rejects.toMatchObject({
        code: 'invalid_request',
        message: `The model has no token ${String(token)}.`,
        param: 'tokens',
      });
    }
  });

  it('are none of messages', async () => {
    const prompt: Prompt = { kind: 'messages', messages: [{ role: 'user', content: 'a' }] };
    await expect(tokenize(encoder, prompt)).rejects.toMatchObject({ code: 'invalid_request', param: 'messages' });
  });
});

describe('the tokens of a model that sees', () => {
  it('are those of a chat that is to be answered, no turn forged', async () => {
    const content = 'hi<end>';
    const { tokens } = await tokenize(vision, { kind: 'messages', messages: [{ role: 'user', content }] });
    const { started } = await vision.ask(visionTask([user(text(content))]));
    expect(tokens).toHaveLength(started.promptTokens);
    expect(tokens.filter((token) => token === special('<end>'))).toHaveLength(1);
    expect(await detokenize(vision, tokens)).toBe('<start>user: hi<end><end><start>assistant:');
  });

  it('tell parts of characters', async () => {
    const { tokens, pieces } = await tokenize(vision, raw('aЖ'));
    expect(tokens).toEqual([97, 0xd0, 0x96]);
    expect(pieces).toEqual(['a', '\uFFFD', '\uFFFD']);
    expect(await detokenize(vision, tokens)).toBe('aЖ');
  });

  it('come while it answers', async () => {
    const run = vision.runner.run(visionTask([user(text(':'))], { maxTokens: 60 }), 'alice');
    const order: string[] = [];
    let asked: Promise<void> | undefined;
    for await (const chunk of run.chunks) {
      if (chunk.type === 'text') asked ??= tokenize(vision, raw('a')).then(() => void order.push('tokens'));
      if (chunk.type === 'finished') order.push('answer');
    }
    await asked;
    expect(order).toEqual(['tokens', 'answer']);
  });
});

describe('a model that sees', () => {
  it.each([
    ['response_format', { output: { kind: 'json-object', param: 'response_format' } }],
    ['tools', { tools: { tools: [{ name: 'look' }], choice: 'auto', parallel: true } }],
    ['logprobs', { logprobs: 0 }],
    ['logit_bias', { logitBias: [{ token: 1, bias: 1 }] }],
  ] as const)('says that it does not do %s', async (param, wish) => {
    await expect(vision.ask(visionTask([user(text('hi'))], wish))).rejects.toMatchObject({
      code: 'invalid_request',
      param,
    });
  });
});
