import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ModelFacts } from '../../src/inference/runners/protocol.js';
import { IMAGE, plainPicture, text, TransformersRunner, user, visionTask } from './support/transformers-runner.js';
import { toyModel } from './support/transformers-toy.js';

const FAMILIES = ['idefics3', 'llava', 'qwen2_vl'] as const;
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz';

describe.each(FAMILIES)('a model of the family %s', (family) => {
  const folder = toyModel(family);
  const model = new TransformersRunner(folder);
  let facts: ModelFacts;

  beforeAll(async () => {
    facts = await model.load();
  });

  afterAll(async () => {
    await model.stop();
    rmSync(folder, { recursive: true });
  });

  it('says what it is', () => {
    expect(facts).toMatchObject({ context: { size: 512, trained: 1024 }, slots: 1, threads: null, gpuLayers: 0 });
  });

  it('answers a text, token by token', async () => {
    const { text: answer, pieces, started, finished } = await model.ask(visionTask([user(text('hi'))]));
    expect(answer).toBe('abcdefgh');
    expect(pieces).toEqual([...'abcdefgh']);
    // "<start>", "user: hi", "<end>", "<start>", "assistant:"
    expect(started).toEqual({ type: 'started', promptTokens: 21, cachedTokens: 0, droppedMessages: 0 });
    expect(finished).toMatchObject({ finishReason: 'length', promptTokens: 21, completionTokens: 8, cachedTokens: 0 });
  });

  it.each([
    ['#ff0000', 'R'],
    ['#00ff00', 'G'],
    ['#0000ff', 'B'],
  ])('sees a picture of %s', async (colour, letter) => {
    const task = visionTask([user(IMAGE, text('?'))], { images: [await plainPicture(colour)] });
    const { text: answer, finished } = await model.ask(task);
    expect(answer).toBe(letter);
    expect(finished).toMatchObject({ finishReason: 'stop', completionTokens: 1 });
  });

  it('counts what pictures unfold to', async () => {
    const none = await model.ask(visionTask([user(text('?'))]));
    const one = await model.ask(
      visionTask([user(IMAGE, text('?'))], { images: [await plainPicture('red', 112, 112)] }),
    );
    const around = { idefics3: 3, llava: 0, qwen2_vl: 2 }[family];
    expect(one.started.promptTokens - none.started.promptTokens).toBe(16 + around);
    expect(one.started.pictures).toEqual([{ width: 112, height: 112, tokens: 16 }]);
    expect(none.started.pictures).toBeUndefined();
  });

  it('sees two pictures of different sizes in their order', async () => {
    const images = [await plainPicture('#ff0000', 112, 112), await plainPicture('#ff4040', 168, 56)];
    const { text: answer, started } = await model.ask(
      visionTask([user(IMAGE, text('and'), IMAGE, text('?'))], { images }),
    );
    expect(answer).toBe('R');
    const none = await model.ask(visionTask([user(text('and?'))]));
    const second = { idefics3: 16, llava: 16, qwen2_vl: 12 }[family];
    expect(started.pictures).toEqual([
      { width: 112, height: 112, tokens: 16 },
      { width: 168, height: 56, tokens: second },
    ]);
    const unfolded = { idefics3: 2 * (16 + 3), llava: 2 * 16, qwen2_vl: 16 + 12 + 2 * 2 }[family];
    expect(started.promptTokens - none.started.promptTokens).toBe(unfolded);
  });

  it('sees the picture of an earlier turn', async () => {
    const turns = [
      user(IMAGE, text('?')),
      { role: 'assistant', parts: [text('Hm.')] } as const,
      user(text('And now?')),
    ];
    const { text: answer } = await model.ask(visionTask(turns, { images: [await plainPicture('#00ff00')] }));
    expect(answer).toBe('G');
  });

  it('takes a picture’s place in a text for text', async () => {
    const place = family === 'qwen2_vl' ? '<|image_pad|>' : '<image>';
    const { text: answer, started } = await model.ask(visionTask([user(text(`${place}?`))]));
    expect(answer).toBe('abcdefgh');
    expect(started.promptTokens).toBe(19 + place.length + 1);
  });

  it('reads a long prompt piece by piece, forgetting nothing', async () => {
    const filling = '. '.repeat(160); // what decides the answer is in the first of three pieces
    const { text: answer, started } = await model.ask(visionTask([user(text(`2${filling}`))]));
    expect(answer).toBe('ЖЖЖЖ');
    expect(started.promptTokens).toBe(20 + filling.length);
    const images = [await plainPicture('#0000ff')];
    expect((await model.ask(visionTask([user(IMAGE, text(filling))], { images }))).text).toBe('B');
  });

  it('ends at the end of the context', async () => {
    const { maxTokens, ...task } = visionTask([user(text('hi'))]);
    expect(maxTokens).toBeDefined(); // and left out of the task
    const { finished, text: answer } = await model.ask(task);
    expect(finished).toMatchObject({ finishReason: 'length', completionTokens: 512 - 21 });
    expect(answer).toBe(ALPHABET.repeat(20).slice(0, 512 - 21));
  });
});
