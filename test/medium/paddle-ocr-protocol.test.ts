import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LoadFailure } from '../../src/inference/runners/load-failure.js';
import type { PageRead } from '../../src/inference/tasks.js';
import { paragraph, printed, tiff } from './support/ocr-pages.js';
import { OcrRunner, STARTER_OCR } from './support/ocr-runner.js';

const TEXT = 'the quick brown fox jumps over the lazy dog';

describe('a running model', () => {
  let ocr: OcrRunner;

  beforeAll(async () => {
    ({ ocr } = await OcrRunner.load());
  });

  afterAll(() => ocr.stop());

  it('stops between two steps when it is told to, and goes on with the next request', async () => {
    const page = printed(paragraph(Array<string>(20).fill(TEXT), 40, 60, 24), { height: 900 });
    const long = ocr.begin(await tiff(Array(12).fill(page.clone())));
    const read: PageRead[] = [];
    const started = performance.now();
    let perPage = 0;
    for await (const chunk of long.chunks) {
      if (chunk.type === 'page') read.push(chunk);
      perPage = performance.now() - started;
      long.abort();
      break;
    }
    expect(read).toHaveLength(1);
    const next = performance.now();
    expect(await ocr.lines(await printed([{ text: TEXT, x: 40, y: 60 }], { height: 120 }).png().toBuffer())).toHaveLength(1); // prettier-ignore
    // What was left of the first would have taken eleven times as long.
    expect(performance.now() - next).toBeLessThan(4 * perPage);
  });

  it('answers several requests one after the other', async () => {
    const texts = ['first of all', 'second to none', 'third time lucky'];
    const images = await Promise.all(
      texts.map((text) =>
        printed([{ text, x: 40, y: 80 }], { height: 140 })
          .png()
          .toBuffer(),
      ),
    );
    const read = await Promise.all(images.map((image) => ocr.lines(image)));
    expect(read.map((lines) => lines[0]?.split(' ')[0])).toEqual(['first', 'second', 'third']);
  });

  it('says that another task is not its own', async () => {
    const task = { kind: 'feature-extraction', model: 'starter-ocr', texts: ['x'], sampling: {} } as const;
    const run = ocr.runner.run(task, 'alice');
    await expect(run.chunks[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'internal' });
  });
});

describe('a folder that is not a sound model', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parley-ocr-'));
    for (const file of ['det.onnx', 'rec.onnx', 'dict.txt']) await cp(join(STARTER_OCR, file), join(folder, file));
  });

  afterEach(() => rm(folder, { recursive: true }));

  async function failureOf(files?: readonly string[]): Promise<LoadFailure> {
    const ocr = OcrRunner.create({ path: folder, files });
    try {
      await ocr.runner.size();
      await ocr.runner.load(() => undefined);
    } catch (error) {
      if (!(error instanceof LoadFailure)) throw error;
      expect(error.message).not.toContain(folder);
      return error;
    } finally {
      await ocr.stop();
    }
    throw new Error('it was loaded');
  }

  it('is loaded without settings when it is sound', async () => {
    const { ocr } = await OcrRunner.load({ path: folder });
    const image = await printed([{ text: TEXT, x: 40, y: 60 }], { height: 120 })
      .png()
      .toBuffer();
    expect(await ocr.lines(image)).toHaveLength(1);
    await ocr.stop();
  });

  it('lacks its recogniser', async () => {
    const failure = await failureOf(['det.onnx', 'dict.txt']);
    expect(failure.failure).toBe('invalid-file');
    expect(failure.message).toContain('its folder lacks a text recogniser: add one, called rec.onnx for example');
  });

  it('has half a detector', async () => {
    await writeFile(join(folder, 'det.onnx'), (await readFile(join(folder, 'det.onnx'))).subarray(0, 100_000));
    const failure = await failureOf();
    expect(failure).toMatchObject({ failure: 'invalid-file' });
    expect(failure.message).toContain('det.onnx is damaged or no ONNX model: fetch it again');
  });

  it('has another model’s dictionary', async () => {
    await writeFile(join(folder, 'dict.txt'), 'a\nb\nc\n');
    await writeFile(join(folder, 'config.json'), '{"model_type":"paddle-ocr","rec":{"keys":"dict.txt"}}');
    const failure = await failureOf();
    expect(failure).toMatchObject({ failure: 'invalid-file' });
    expect(failure.message).toMatch(/its dictionary, dict\.txt, has 3 characters, but rec\.onnx knows \d+/);
  });

  it('has its models the wrong way round', async () => {
    await cp(join(STARTER_OCR, 'rec.onnx'), join(folder, 'det.onnx'));
    await cp(join(STARTER_OCR, 'det.onnx'), join(folder, 'rec.onnx'));
    await writeFile(join(folder, 'config.json'), '{"model_type":"paddle-ocr","rec":{"keys":"dict.txt"}}');
    const failure = await failureOf();
    expect(failure).toMatchObject({ failure: 'invalid-file' });
    expect(failure.message).toContain('det.onnx is no DB text detector');
  });
});
