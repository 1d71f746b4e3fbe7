import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import type { ModelFacts, RunnerSpec } from '../../../src/inference/runners/protocol.js';
import { DEFAULT_DEADLINES } from '../../../src/inference/runners/runner-deadlines.js';
import { runnerEnvironment } from '../../../src/inference/runners/runner-environment.js';
import { RunnerProcess } from '../../../src/inference/runners/runner-process.js';
import type { WorkFinished } from '../../../src/inference/task-basics.js';
import type { ImageTextTask, VisionMessage, VisionPart } from '../../../src/inference/text-tasks.js';
import type { Embedding, FeatureExtractionTask } from '../../../src/inference/vector-tasks.js';
import { answerOf, type Answer } from './llama-runner.js';

export function repositoryPath(relative: string): string {
  return fileURLToPath(new URL(`../../../${relative}`, import.meta.url));
}

/** A real process that runs the transformers engine. */
export class TransformersRunner {
  readonly runner: RunnerProcess;
  stderr = '';

  constructor(path: string, spec: Partial<RunnerSpec> = {}) {
    this.runner = new RunnerProcess(
      {
        model: 'm',
        engine: 'transformers',
        tasks: ['image-text-to-text'],
        path,
        contextSize: 512,
        slots: null,
        kvBudgetBytes: 2 ** 30,
        threads: null,
        cpuCount: 2,
        ...spec,
      },
      {
        script: repositoryPath('dist/runner.main.js'),
        env: runnerEnvironment('transformers', { PATH: process.env.PATH ?? '' }),
        deadlines: DEFAULT_DEADLINES,
        onStderr: (_, text) => (this.stderr += text),
      },
    );
  }

  async load(): Promise<ModelFacts> {
    await this.runner.size();
    return this.runner.load(() => undefined);
  }

  ask(task: ImageTextTask): Promise<Answer> {
    return answerOf(this.runner.run(task, 'alice'));
  }

  async embed(texts: readonly string[]): Promise<{ embeddings: Embedding[]; finished: WorkFinished | undefined }> {
    const task: FeatureExtractionTask = { kind: 'feature-extraction', model: 'm', texts, sampling: {} };
    const embeddings: Embedding[] = [];
    let finished: WorkFinished | undefined;
    for await (const chunk of this.runner.run(task, 'alice').chunks) {
      if (chunk.type === 'embedding') embeddings.push(chunk);
      else if (chunk.type === 'finished' && !('cachedTokens' in chunk)) finished = chunk;
    }
    return { embeddings: embeddings.sort((a, b) => a.index - b.index), finished };
  }

  stop(): Promise<void> {
    return this.runner.stop();
  }
}

export const IMAGE: VisionPart = { type: 'image' };

export function text(content: string): VisionPart {
  return { type: 'text', text: content };
}

export function user(...parts: readonly VisionPart[]): VisionMessage {
  return { role: 'user', parts };
}

export function visionTask(messages: readonly VisionMessage[], more: Partial<ImageTextTask> = {}): ImageTextTask {
  return {
    kind: 'image-text-to-text',
    model: 'm',
    messages,
    images: [],
    sampling: {},
    maxTokens: 8,
    stop: [],
    overflow: 'refuse',
    ...more,
  };
}

/** A PNG of one colour. */
export async function plainPicture(colour: string, width = 60, height = 40): Promise<Uint8Array> {
  return new Uint8Array(
    await sharp({ create: { width, height, channels: 3, background: colour } })
      .png()
      .toBuffer(),
  );
}
