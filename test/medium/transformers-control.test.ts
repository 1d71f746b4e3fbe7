import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tiffOf } from '../support/tiff.js';
import type { TextGenerationTask, VisionMessage } from '../../src/inference/text-tasks.js';
import { answerOf, type Answer } from './support/llama-runner.js';
import { chatTask, rawTask } from './support/tasks.js';
import { toyModel } from './support/transformers-toy.js';
import { IMAGE, plainPicture, text, TransformersRunner, user, visionTask } from './support/transformers-runner.js';

const folder = toyModel('idefics3');
const model = new TransformersRunner(folder);
const LONG = visionTask([user(text('hi'))], { maxTokens: 450 });

beforeAll(async () => {
  await model.load();
});

afterAll(async () => {
  await model.stop();
  rmSync(folder, { recursive: true });
});

function textTask(task: TextGenerationTask): Promise<Answer> {
  return answerOf(model.runner.run(task, 'alice'));
}

describe('a client that goes away', () => {
  it('ends the answer between two tokens; the next request is answered', async () => {
    const run = model.runner.run(LONG, 'alice');
    let seen = 0;
    for await (const chunk of run.chunks) {
      if (chunk.type !== 'text' || ++seen < 5) continue;
      run.abort();
      break;
    }
    const began = performance.now();
    const { text: answer } = await model.ask(visionTask([user(text('hi'))]));
    expect(answer).toBe('abcdefgh');
    expect(performance.now() - began).toBeLessThan(1000); // the whole of LONG takes longer
  });

  it('before its turn never begins', async () => {
    const first = model.runner.run(LONG, 'alice');
    const second = model.runner.run(visionTask([user(text('hi'))]), 'alice');
    const third = model.ask(visionTask([user(text('hi'))]));
    second.abort();
    first.abort();
    expect((await third).text).toBe('abcdefgh');
  });

  it('changes nothing for the one after it, which came meanwhile', async () => {
    const [one, two] = await Promise.all([
      model.ask(visionTask([user(text('hi'))])),
      model.ask(visionTask([user(text('2'))])),
    ]);
    expect(one.text).toBe('abcdefgh');
    expect(two.text).toBe('ЖЖЖЖ');
  });
});

describe('stop texts', () => {
  it.each([
    ['d', 'abc'],
    ['cd', 'ab'],
    ['xyz', 'abcdefghijklmnopqrstuvw'],
    ['a', ''],
  ])('%s ends the answer before it', async (stop, expected) => {
    const task = visionTask([user(text('hi'))], { maxTokens: 60, stop: [stop] });
    const { text: answer, finished } = await model.ask(task);
    expect(answer).toBe(expected);
    expect(finished).toMatchObject({ finishReason: 'stop', completionTokens: expected.length + stop.length });
  });

  it('that do not come up hold nothing back', async () => {
    const { text: answer } = await model.ask(visionTask([user(text('hi'))], { stop: ['ghi', 'hz'] }));
    expect(answer).toBe('abcdefgh');
  });
});

describe('what the model itself ends', () => {
  it('is no token of the answer', async () => {
    const { text: answer, finished, pieces } = await model.ask(visionTask([user(text('0'))]));
    expect(answer).toBe('');
    expect(pieces).toEqual([]);
    expect(finished).toMatchObject({ finishReason: 'stop', completionTokens: 0 });
  });
});

describe('characters of several bytes', () => {
  it.each([1, 2, 3, 4, 5])('are whole when the answer is cut after %i tokens', async (maxTokens) => {
    const { text: answer, pieces, finished } = await model.ask(visionTask([user(text('2'))], { maxTokens }));
    expect(answer).toBe('Ж'.repeat(Math.floor(maxTokens / 2)));
    expect(pieces).toEqual([...answer]);
    expect(finished.completionTokens).toBe(maxTokens);
  });
});

describe('sampling', () => {
  const even = (seed: number, sampling: object = {}): Promise<Answer> =>
    model.ask(visionTask([user(text('~'))], { maxTokens: 40, sampling: { temperature: 1, seed, ...sampling } }));

  it('with one seed gives one text, with others others', async () => {
    const [one, again, other] = [await even(1), await even(1), await even(2)];
    expect(one.text).toBe(again.text);
    expect(one.text).not.toBe(other.text);
    expect(one.text).toMatch(/^[xy]{40}$/);
    expect(new Set(one.text)).toEqual(new Set('xy'));
  });

  it('without a seed differs from time to time', async () => {
    const task = visionTask([user(text('~'))], { maxTokens: 40, sampling: { temperature: 1 } });
    expect((await model.ask(task)).text).not.toBe((await model.ask(task)).text);
  });

  it('of a small nucleus is greedy', async () => {
    const { text: answer } = await model.ask(
      visionTask([user(text('hi'))], { sampling: { temperature: 2, topP: 0.001, seed: 1 } }),
    );
    expect(answer).toBe('abcdefgh');
  });

  it('is greedy where neither request nor model ask for anything else', async () => {
    const { text: answer } = await model.ask(visionTask([user(text('~'))]));
    expect(answer).toBe('xyxyxyxy');
  });
});

describe('a conversation that is too long', () => {
  const turns: VisionMessage[] = Array.from({ length: 10 }, (_, index) => [
    user(text(`${String(index)}1: ${'long '.repeat(12)}`)),
    { role: 'assistant', parts: [text('Yes.')] } as const,
  ]).flat();
  const messages = [{ role: 'system', parts: [text('Be brief.')] } as const, ...turns, user(text('hi'))];

  it('is refused with both counts', async () => {
    await expect(model.ask(visionTask(messages))).rejects.toMatchObject({
      code: 'context_length_exceeded',
      message: expect.stringMatching(/^The prompt has \d{3} tokens; the model's context holds 512/) as string,
      param: 'messages',
    });
  });

  it('loses its oldest turns when that is asked for', async () => {
    const { started, finished } = await model.ask(visionTask(messages, { overflow: 'drop-oldest', maxTokens: 100 }));
    expect(started.droppedMessages).toBeGreaterThan(5);
    expect(started.droppedMessages % 2).toBe(0);
    expect(started.promptTokens).toBeLessThanOrEqual(512 - 100);
    expect(finished.finishReason).toMatch(/stop|length/);
  });

  it('loses pictures with the turns that showed them', async () => {
    const red = await plainPicture('#ff0000');
    const shown = Array.from({ length: 30 }, () => [user(IMAGE), { role: 'assistant', parts: [text('R')] } as const]);
    const task = visionTask([...shown.flat(), user(IMAGE, text('?'))], {
      images: Array.from({ length: 31 }, () => red),
      overflow: 'drop-oldest',
      maxTokens: 20,
    });
    const { started, text: answer } = await model.ask(task);
    expect(answer).toBe('R');
    expect(started.pictures).toHaveLength(31 - started.droppedMessages / 2);
    expect(started.promptTokens).toBeLessThanOrEqual(512 - 20);
  });

  it('is refused when one message alone is too long', async () => {
    const task = visionTask([user(text('long '.repeat(200)))], { overflow: 'drop-oldest' });
    await expect(model.ask(task)).rejects.toMatchObject({ code: 'context_length_exceeded' });
  });
});

describe('pictures', () => {
  it('of several pages show all of them', async () => {
    const page = { width: 4, height: 4, pixels: new Uint8Array(48).fill(255) };
    const images = [tiffOf([page, page, page], true)];
    const { started } = await model.ask(visionTask([user(IMAGE, text('?'))], { images }));
    expect(started.pictures).toHaveLength(3);
  });

  it('that are none are refused', async () => {
    const task = visionTask([user(IMAGE)], { images: [Uint8Array.from(Buffer.from('no picture'))] });
    await expect(model.ask(task)).rejects.toMatchObject({ code: 'invalid_request' });
  });

  it('need as many places as there are', async () => {
    const images = [await plainPicture('red')];
    await expect(model.ask(visionTask([user(text('?'))], { images }))).rejects.toMatchObject({
      code: 'invalid_request',
      param: 'images',
    });
  });

  it('may be large', async () => {
    const images = [await plainPicture('#0000ff', 5000, 3000)];
    const { text: answer, started } = await model.ask(visionTask([user(IMAGE)], { images }));
    expect(answer).toBe('B');
    expect(started.pictures).toEqual([{ width: 5000, height: 3000, tokens: 16 }]);
  });
});

describe('tasks of text alone', () => {
  it('are answered: messages', async () => {
    const { text: answer, started } = await textTask(chatTask([{ role: 'user', content: 'hi' }], { maxTokens: 3 }));
    expect(answer).toBe('abc');
    expect(started.promptTokens).toBe(21);
    expect(started.pictures).toBeUndefined();
  });

  it('are answered: a raw prompt, as it stands', async () => {
    const { text: answer, started } = await textTask(
      rawTask('<start>k', { maxTokens: 3, sampling: { temperature: 0 } }),
    );
    expect(answer).toBe('lmn');
    expect(started.promptTokens).toBe(2);
  });

  it('need a prompt', async () => {
    await expect(textTask(rawTask(''))).rejects.toMatchObject({ code: 'invalid_request', param: 'prompt' });
  });
});

describe('other tasks', () => {
  it('are refused', async () => {
    await expect(model.embed(['a'])).rejects.toMatchObject({ code: 'invalid_request', param: 'model' });
  });
});

it('nothing of all this was written to the log', () => {
  expect(model.stderr).toBe('');
});
