import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { toInitError } from '../../src/inference/engines/onnx/load-errors.js';
import { readOnnxMetadata } from '../../src/inference/engines/onnx/onnx-metadata.js';
import { threadCount } from '../../src/inference/engines/onnx/thread-count.js';
import { Turns } from '../../src/inference/engines/onnx/turns.js';
import { onnxFile } from './support/onnx-file.js';

describe('metadata of an ONNX file', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parley-onnx-'));
  });

  afterEach(() => rm(folder, { recursive: true }));

  async function metadataOf(bytes: Uint8Array): Promise<[string, string][]> {
    await writeFile(join(folder, 'x.onnx'), bytes);
    return [...(await readOnnxMetadata(join(folder, 'x.onnx')))];
  }

  it('is found behind the graph', async () => {
    const metadata = { framework: 'torch', character: 'é\n'.repeat(9000) };
    expect(await metadataOf(onnxFile(metadata))).toEqual(Object.entries(metadata));
    expect(await metadataOf(onnxFile())).toEqual([]);
  });

  it('is empty for what is no ONNX file, or not all of one', async () => {
    expect(await metadataOf(Buffer.from('this is text'))).toEqual([]);
    expect(await metadataOf(Buffer.alloc(0))).toEqual([]);
    expect(await metadataOf(Buffer.alloc(100, 0xff))).toEqual([]);
    expect(await metadataOf(onnxFile({ character: 'a\nb\n' }).subarray(0, -3))).toEqual([]);
  });
});

describe('threads of a session', () => {
  it('are those that are set, or all', () => {
    expect(threadCount({ threads: [{ tokens: 1, threads: 3 }], cpuCount: 8 })).toBe(3);
    expect(threadCount({ threads: null, cpuCount: 8 })).toBe(8);
    expect(threadCount({ threads: [], cpuCount: 0 })).toBe(1);
  });
});

describe('what onnxruntime throws', () => {
  it.each([
    ['Load model from /models/x/det.onnx failed:Protobuf parsing failed.', 'invalid-file', 'det.onnx is damaged or no ONNX model: fetch it again'],
    ['ONNX Runtime only guarantees support for models stamped with official released onnx opset versions.', 'invalid-file', 'det.onnx uses ONNX operators that this version does not know: export it again'],
    ['std::bad_alloc', 'out-of-memory', 'there is not enough memory for it'],
    ['something else in /models/x', 'failed', 'the engine could not open det.onnx'],
  ])('%s is told in our words', (message, failure, words) => {
    const log = vi.spyOn(console, 'error').mockReturnValue();
    expect(toInitError(new Error(message), 'det.onnx')).toMatchObject({ failure, message: words });
    expect(log).toHaveBeenCalledOnce();
    log.mockRestore();
  }); // prettier-ignore
});

describe('turns', () => {
  it('are taken one after the other, whatever becomes of them', async () => {
    const turns = new Turns();
    const seen: string[] = [];
    const work =
      (name: string, fails = false) =>
      async (): Promise<string> => {
        seen.push(`${name} begins`);
        await new Promise((resolve) => setTimeout(resolve, 5));
        seen.push(`${name} ends`);
        if (fails) throw new Error(name);
        return name;
      };
    const [first, second, third] = [turns.take(work('a')), turns.take(work('b', true)), turns.take(work('c'))];
    await expect(second).rejects.toThrow('b');
    expect([await first, await third]).toEqual(['a', 'c']);
    expect(seen).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  });
});
