import { describe, expect, it } from 'vitest';
import { RunAborted, RunControl } from '../../src/inference/engines/onnx/run-control.js';
import { AnswerStream } from '../../src/inference/engines/transformers/vision/answer-stream.js';
import type { Chunk } from '../../src/inference/tasks.js';

const END = 0;

function streamOf(stop: readonly string[] = []): {
  stream: AnswerStream;
  control: RunControl;
  chunks: Chunk[];
  stopped: () => number;
} {
  const chunks: Chunk[] = [];
  const control = new RunControl();
  let stops = 0;
  const fail = (): void => {
    throw new Error('not expected');
  };
  const sink = { chunk: (chunk: Chunk) => void chunks.push(chunk), done: fail, fail };
  const decode = (tokens: readonly number[]): string => Buffer.from(tokens).toString('utf8');
  const options = { promptTokens: 3, stop, endTokens: new Set([END]), decode };
  const stream = new AnswerStream(options, control, sink, () => stops++);
  stream.put([[5n, 6n, 7n]]); // the prompt comes first
  return { stream, control, chunks, stopped: () => stops };
}

function feed(stream: AnswerStream, text: string): void {
  for (const byte of Buffer.from(text)) stream.put([[BigInt(byte)]]);
}

describe('an answer', () => {
  it('is sent token by token, and not at spaces', () => {
    const { stream, chunks } = streamOf();
    feed(stream, 'ab c');
    expect(chunks).toEqual([...'ab c'].map((text, index) => ({ type: 'text', text, completionTokens: index + 1 })));
  });

  it('that the model ends says so, and does not count the end', () => {
    const { stream, chunks } = streamOf();
    feed(stream, 'a');
    stream.put([[BigInt(END)]]);
    stream.end();
    stream.finish();
    expect(chunks.at(-1)).toEqual({
      type: 'finished',
      finishReason: 'stop',
      promptTokens: 3,
      completionTokens: 1,
      cachedTokens: 0,
    });
  });

  it('that reaches its length sends what was held back', () => {
    const { stream, chunks } = streamOf(['bcd']);
    feed(stream, 'abc');
    stream.finish();
    expect(chunks.slice(0, 2)).toMatchObject([{ text: 'a' }, { text: 'bc' }]);
    expect(chunks.at(-1)).toMatchObject({ finishReason: 'length', completionTokens: 3 });
  });

  it('that reaches a stop text ends before it, and asks for no more', () => {
    const { stream, chunks, stopped } = streamOf(['bc']);
    feed(stream, 'abcdef');
    stream.finish();
    expect(chunks).toMatchObject([{ text: 'a' }, { type: 'finished', finishReason: 'stop', completionTokens: 3 }]);
    expect(stopped()).toBe(1);
  });

  it('never splits a character', () => {
    const { stream, chunks } = streamOf();
    feed(stream, 'я🚀');
    expect(chunks).toMatchObject([
      { text: 'я', completionTokens: 2 },
      { text: '🚀', completionTokens: 6 },
    ]);
  });

  it('that nobody waits for is not sent', () => {
    const { stream, control, chunks } = streamOf();
    feed(stream, 'a');
    control.abort();
    feed(stream, 'b');
    stream.finish();
    expect(chunks).toHaveLength(1);
  });
});

describe('the control of a run', () => {
  it('lets it go on', async () => {
    await new RunControl().turn();
  });

  it('holds it while it is paused', async () => {
    const control = new RunControl();
    control.pause();
    let gone = false;
    const turn = control.turn().then(() => (gone = true));
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(gone).toBe(false);
    control.resume();
    await turn;
    expect(gone).toBe(true);
  });

  it('ends it, paused or not', async () => {
    const control = new RunControl();
    control.pause();
    const turn = control.turn();
    control.abort();
    await expect(turn).rejects.toBeInstanceOf(RunAborted);
    await expect(control.turn()).rejects.toBeInstanceOf(RunAborted);
  });
});
