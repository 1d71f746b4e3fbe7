import { fileURLToPath } from 'node:url';
import type { ModelFacts, RunnerSpec } from '../../../src/inference/runners/protocol.js';
import { DEFAULT_DEADLINES } from '../../../src/inference/runners/runner-deadlines.js';
import { runnerEnvironment } from '../../../src/inference/runners/runner-environment.js';
import { RunnerProcess } from '../../../src/inference/runners/runner-process.js';
import type { Run } from '../../../src/inference/runners/runner.js';
import type { PageRead } from '../../../src/inference/tasks.js';

function path(relative: string): string {
  return fileURLToPath(new URL(`../../../${relative}`, import.meta.url));
}

export const STARTER_OCR = path('models/starter/starter-ocr');

/** A real process that runs the real engine over a model's folder. */
export class OcrRunner {
  readonly runner: RunnerProcess;
  stderr = '';

  private constructor(spec: Partial<RunnerSpec>) {
    this.runner = new RunnerProcess(
      {
        model: 'starter-ocr',
        engine: 'paddle-ocr',
        tasks: ['image-to-text'],
        path: STARTER_OCR,
        contextSize: 1024,
        slots: null,
        kvBudgetBytes: 2 ** 30,
        threads: null,
        cpuCount: 2,
        ...spec,
      },
      {
        script: path('dist/runner.main.js'),
        env: runnerEnvironment('paddle-ocr', { PATH: process.env.PATH ?? '' }),
        deadlines: DEFAULT_DEADLINES,
        onStderr: (_, text) => (this.stderr += text),
      },
    );
  }

  static async load(spec: Partial<RunnerSpec> = {}): Promise<{ ocr: OcrRunner; facts: ModelFacts }> {
    const ocr = new OcrRunner(spec);
    await ocr.runner.size();
    return { ocr, facts: await ocr.runner.load(() => undefined) };
  }

  static create(spec: Partial<RunnerSpec>): OcrRunner {
    return new OcrRunner(spec);
  }

  begin(image: Uint8Array): Run {
    return this.runner.run({ kind: 'image-to-text', model: 'starter-ocr', image, sampling: {} }, 'alice');
  }

  /** All pages of a picture file. */
  async read(image: Uint8Array): Promise<PageRead[]> {
    const pages: PageRead[] = [];
    let finished = false;
    for await (const chunk of this.begin(image).chunks) {
      if (chunk.type === 'page') pages.push(chunk);
      finished = chunk.type === 'finished';
    }
    if (!finished) throw new Error('a run without its end');
    return pages;
  }

  /** The lines of a picture of one page. */
  async lines(image: Uint8Array): Promise<string[]> {
    const [page] = await this.read(image);
    return page?.lines.map(({ text }) => text) ?? [];
  }

  stop(): Promise<void> {
    return this.runner.stop();
  }
}
