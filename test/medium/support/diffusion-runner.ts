import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import type { ModelFacts, RunnerSpec } from '../../../src/inference/runners/protocol.js';
import { DEFAULT_DEADLINES } from '../../../src/inference/runners/runner-deadlines.js';
import { runnerEnvironment } from '../../../src/inference/runners/runner-environment.js';
import { RunnerProcess } from '../../../src/inference/runners/runner-process.js';
import type { Run } from '../../../src/inference/runners/runner.js';
import type { Chunk } from '../../../src/inference/tasks.js';
import type { DrawingChunk, ImageToImageTask, TextToImageTask } from '../../../src/inference/drawing-tasks.js';

function path(relative: string): string {
  return fileURLToPath(new URL(`../../../${relative}`, import.meta.url));
}

export const STARTER_IMAGE = path('models/starter/starter-image');

type FromText = Partial<Omit<TextToImageTask, 'kind'>>;
type FromImage = Partial<Omit<ImageToImageTask, 'kind'>> & Pick<ImageToImageTask, 'image'>;

/** All that a request was answered with. */
export interface Drawn {
  readonly png: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly chunks: readonly DrawingChunk[];
}

/** A real process that runs the real engine over a model's folder. */
export class DiffusionRunner {
  readonly runner: RunnerProcess;
  stderr = '';

  constructor(spec: Partial<RunnerSpec> = {}) {
    this.runner = new RunnerProcess(
      {
        model: 'starter-image',
        engine: 'diffusion',
        tasks: ['text-to-image'],
        path: STARTER_IMAGE,
        contextSize: 1024,
        slots: null,
        kvBudgetBytes: 2 ** 30,
        threads: null,
        cpuCount: 2,
        ...spec,
      },
      {
        script: path('dist/runner.main.js'),
        env: runnerEnvironment('diffusion', { PATH: process.env.PATH ?? '' }),
        deadlines: DEFAULT_DEADLINES,
        onStderr: (_, text) => (this.stderr += text),
      },
    );
  }

  static async load(spec: Partial<RunnerSpec> = {}): Promise<{ diffusion: DiffusionRunner; facts: ModelFacts }> {
    const diffusion = new DiffusionRunner(spec);
    return { diffusion, facts: await diffusion.load() };
  }

  async load(): Promise<ModelFacts> {
    await this.runner.size();
    return this.runner.load(() => undefined);
  }

  begin(task: FromText): Run {
    return this.runner.run({ ...DEFAULT_TASK, ...task, kind: 'text-to-image' }, 'alice');
  }

  beginOver(task: FromImage): Run {
    return this.runner.run({ ...DEFAULT_TASK, ...task, kind: 'image-to-image' }, 'alice');
  }

  draw(task: FromText): Promise<Drawn> {
    return drawnBy(this.begin(task));
  }

  drawOver(task: FromImage): Promise<Drawn> {
    return drawnBy(this.beginOver(task));
  }

  stop(): Promise<void> {
    return this.runner.stop();
  }
}

export const DEFAULT_TASK = {
  model: 'starter-image',
  prompt: 'a red circle on a blue background',
  negativePrompt: '',
  seed: 1,
  sampling: {},
} as const;

async function drawnBy(run: Run): Promise<Drawn> {
  const chunks: DrawingChunk[] = [];
  for await (const chunk of run.chunks) {
    if (!isOfDrawing(chunk)) throw new Error(`a drawing gave ${chunk.type}`);
    chunks.push(chunk);
  }
  const picture = chunks.find((chunk) => chunk.type === 'picture');
  if (picture === undefined || chunks.at(-1)?.type !== 'finished') throw new Error('a run without its picture or end');
  return { ...picture, chunks };
}

function isOfDrawing(chunk: Chunk): chunk is DrawingChunk {
  return ['drawing', 'step', 'picture', 'finished'].includes(chunk.type);
}

/** Red, green and blue of each pixel, row by row. */
export async function pixelsOf(png: Uint8Array): Promise<{ width: number; height: number; rgb: Uint8Array }> {
  const { data, info } = await sharp(png).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, rgb: data };
}
