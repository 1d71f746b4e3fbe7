import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ModelFacts } from '../../src/inference/runners/protocol.js';
import { IMAGE, repositoryPath, text, TransformersRunner, user, visionTask } from './support/transformers-runner.js';

const model = new TransformersRunner(repositoryPath('models/starter/starter-vision'), { contextSize: 4096 });
let facts: ModelFacts;
let red: Uint8Array;
let blue: Uint8Array;

async function circle(colour: string): Promise<Uint8Array> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="256" height="256"><rect width="256" height="256" fill="white"/><circle cx="128" cy="128" r="60" fill="${colour}"/></svg>`;
  return new Uint8Array(await sharp(Buffer.from(svg)).png().toBuffer());
}

beforeAll(async () => {
  [red, blue, facts] = await Promise.all([circle('red'), circle('blue'), model.load()]);
});

afterAll(() => model.stop());

const DESCRIBE = visionTask([user(IMAGE, text('Describe this image.'))], { maxTokens: 40 });

describe('the starter model for pictures', () => {
  it('says what it is', () => {
    expect(facts).toMatchObject({ slots: 1 });
    expect(facts.context?.size).toBe(facts.context?.trained);
  });

  it('describes what it sees, piece by piece', async () => {
    const { text: answer, pieces, finished } = await model.ask({ ...DESCRIBE, images: [red] });
    expect(answer).toMatch(/^A red circle/);
    expect(pieces.length).toBeGreaterThan(4);
    expect(finished.finishReason).toBe('stop');
  });

  it('sees another picture differently', async () => {
    expect((await model.ask({ ...DESCRIBE, images: [blue] })).text).toMatch(/^A blue/);
  });

  it('remembers the picture in the next turn', async () => {
    const turns = [
      ...DESCRIBE.messages,
      { role: 'assistant', parts: [text('A red circle on a white background.')] } as const,
      user(text('What colour is it?')),
    ];
    expect((await model.ask(visionTask(turns, { images: [red] }))).text).toMatch(/red/i);
  });

  it('counts the tokens of two pictures', async () => {
    const task = visionTask([user(IMAGE, IMAGE, text('Describe these images.'))], { images: [red, blue] });
    const { started } = await model.ask(task);
    const tokens = started.pictures?.map((picture) => picture.tokens) ?? [];
    expect(tokens).toHaveLength(2);
    expect(tokens[0]).toBe(tokens[1]);
    expect(started.promptTokens).toBeGreaterThan(2 * (tokens[0] ?? 0));
  });

  it('answers a text without a picture', async () => {
    const { text: answer, started } = await model.ask(visionTask([user(text('Describe this image.'))]));
    expect(answer).not.toBe('');
    expect(started.pictures).toBeUndefined();
  });

  it('says the same with the same seed', async () => {
    const task = { ...DESCRIBE, images: [red], sampling: { temperature: 1.5, topK: 0, seed: 11 } };
    expect((await model.ask(task)).text).toBe((await model.ask(task)).text);
  });

  it('stops at a stop text, and at its length', async () => {
    expect((await model.ask({ ...DESCRIBE, images: [red], stop: ['circle'] })).text).toBe('A red ');
    const cut = await model.ask({ ...DESCRIBE, images: [red], maxTokens: 2 });
    expect(cut.finished).toMatchObject({ finishReason: 'length', completionTokens: 2 });
  });
});
