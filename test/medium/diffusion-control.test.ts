import { readFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDiffusionEngine } from '../../src/inference/engines/diffusion/diffusion.engine.js';
import type { Chunk } from '../../src/inference/tasks.js';
import { DEFAULT_TASK, DiffusionRunner, STARTER_IMAGE } from './support/diffusion-runner.js';

const SMALL = { width: 64, height: 64 };

describe('a running model', () => {
  let diffusion: DiffusionRunner;

  beforeAll(async () => {
    ({ diffusion } = await DiffusionRunner.load());
  });

  afterAll(() => diffusion.stop());

  it('forgets a request that is aborted while it waits', async () => {
    const first = diffusion.draw({ size: { width: 256, height: 256 }, steps: 5 });
    const second = diffusion.begin({ size: SMALL });
    second.abort();
    const third = diffusion.draw({ size: SMALL });
    expect((await first).chunks.at(-1)?.type).toBe('finished');
    expect((await third).chunks.at(-1)?.type).toBe('finished');
  });

  it('goes on after a request that failed', async () => {
    await expect(diffusion.drawOver({ image: Buffer.from([0x89, 0x50]) })).rejects.toMatchObject({
      code: 'invalid_request',
    });
    expect(await diffusion.draw({ size: SMALL })).toMatchObject(SMALL);
  });

  it('says that another task is not its own', async () => {
    const task = { kind: 'feature-extraction', model: 'starter-image', texts: ['x'], sampling: {} } as const;
    const run = diffusion.runner.run(task, 'alice');
    await expect(run.chunks[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'internal' });
  });

  it('gives way to others with all its threads', () => {
    const { pid } = diffusion.runner;
    expect(getPriority(pid)).toBe(10);
    const status = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
    // Field 19 is the nice value, counted after the name, which is in brackets.
    expect(status.slice(status.lastIndexOf(')') + 2).split(' ')[16]).toBe('10');
  });
});

describe('the engine', () => {
  it('stops between two steps when it is told to, and goes on with the next request', async () => {
    const spec = {
      model: 'starter-image',
      engine: 'diffusion',
      tasks: [],
      path: STARTER_IMAGE,
      contextSize: 1024,
    } as const;
    const engine = createDiffusionEngine({ ...spec, slots: null, kvBudgetBytes: 0, threads: null, cpuCount: 2 });
    await engine.size();
    await engine.load(() => undefined);
    const seen: string[] = [];
    const refuse = (): never => expect.unreachable();
    const task = { ...DEFAULT_TASK, kind: 'text-to-image', size: SMALL } as const;
    const aborting = {
      chunk: ({ type }: Chunk): void => {
        seen.push(type);
        if (seen.length === 4) engine.abort(1); // the start and three steps
      },
      done: refuse,
      fail: refuse,
    };
    engine.start(1, { ...task, steps: 200, guidanceScale: 2 }, '', aborting);
    await new Promise<void>((done) => {
      engine.start(2, task, '', { chunk: () => undefined, done, fail: refuse });
    });
    expect(seen).toEqual(['drawing', 'step', 'step', 'step']);
    // Of the first's two hundred steps none was taken after the abort; the second takes a handful.
    expect(engine.steps).toBeLessThan(20);
  });
});
