import { describe, expect, it } from 'vitest';
import { detachFiles, FileReceiver, SLICE_BYTES, slicesOf } from '../../src/inference/runners/file-transfer.js';
import type { Task } from '../../src/inference/tasks.js';

function bytes(length: number, first: number): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => (first + at) % 251);
}

const BIG = 2 * SLICE_BYTES + 7;
const TASKS: readonly Task[] = [
  { kind: 'image-to-text', model: 'a', image: bytes(BIG, 1), sampling: {} },
  {
    kind: 'image-text-to-text',
    model: 'a',
    messages: [],
    images: [bytes(BIG, 2), bytes(3, 3), new Uint8Array(0), bytes(BIG, 4)],
    overflow: 'refuse',
    stop: [],
    sampling: {},
  },
  {
    kind: 'image-to-image',
    model: 'a',
    prompt: '',
    negativePrompt: '',
    seed: 1,
    image: bytes(3, 5),
    mask: bytes(BIG, 6),
    sampling: {},
  },
];

describe('picture files of a run', () => {
  it.each(TASKS.map((task) => [task.kind, task] as const))('of %s arrive in slices as they were', (_, whole) => {
    const { task, files } = detachFiles(whole);
    expect(files.length).toBeGreaterThan(0);
    const receiver = new FileReceiver();
    for (const slice of slicesOf(7, files)) {
      expect(slice.bytes.length).toBeLessThanOrEqual(SLICE_BYTES);
      receiver.add(structuredClone(slice));
    }
    expect(receiver.attach(7, structuredClone(task))).toEqual(whole);
  });

  it('are forgotten when the run is aborted before it was sent', () => {
    const [whole] = TASKS;
    if (whole === undefined) throw new Error('no task');
    const { task, files } = detachFiles(whole);
    const receiver = new FileReceiver();
    for (const slice of slicesOf(7, files)) receiver.add(slice);
    receiver.drop(7);
    expect(receiver.attach(7, task)).toEqual(task);
  });

  it('stay in the task while they are small', () => {
    const small: Task = { kind: 'image-to-text', model: 'a', image: bytes(9, 1), sampling: {} };
    expect(detachFiles(small)).toEqual({ task: small, files: [] });
  });
});
