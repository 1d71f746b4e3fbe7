import sharp from 'sharp';
import { openPictures } from '../../pictures/picture-file.js';
import type { ModelFacts, RunnerSpec } from '../../runners/protocol.js';
import type { ImageToTextTask, Task } from '../../tasks.js';
import { InitError, type Engine, type RunSink } from '../engine.js';
import { giveWay } from '../onnx/low-priority.js';
import { OneAtATime, type OneRun } from '../onnx/one-at-a-time.js';
import { threadCount } from '../onnx/thread-count.js';

import { loadModel, planModel, type ModelPlan } from './ocr-model.js';
import type { PageReader } from './page-reader.js';

/** Memory of a loaded model for each byte of its files: measured, 121 MB more in the process for 96 MB of files. */
const BYTES_PER_FILE_BYTE = 1.3;
/** What onnxruntime takes, and the detector on a page as large as it is ever made: measured with PP-OCRv3 on A4. */
const WORKING_BYTES = 400 * 1024 ** 2;

/**
 * PaddleOCR models through onnxruntime. One request at a time (`slots` is 1): a run takes all threads and blocks the
 * process, so two at once would each take twice as long. Pages are few and short: `pause` has nothing to hold back.
 */
class PaddleOcrEngine implements Engine {
  private plan: ModelPlan | undefined;
  private reader: PageReader | undefined;
  private readonly requests = new OneAtATime();

  constructor(private readonly spec: RunnerSpec) {}

  get steps(): number {
    return this.requests.steps;
  }

  async size(): Promise<number> {
    this.plan = await planModel(this.spec.path, this.spec.files);
    return Math.round(this.plan.bytes * BYTES_PER_FILE_BYTE) + WORKING_BYTES;
  }

  async load(onProgress: (fraction: number) => void): Promise<Omit<ModelFacts, 'memoryBytes'>> {
    if (this.plan === undefined) throw new InitError('failed', 'load before size');
    giveWay();
    const threads = threadCount(this.spec);
    sharp.concurrency(threads);
    this.reader = await loadModel(this.plan, threads, onProgress);
    return { context: null, slots: 1, threads: null, gpuLayers: 0, gpuName: null };
  }

  start(id: number, task: Task, _cacheScope: string, sink: RunSink): void {
    const { reader } = this;
    if (reader === undefined || task.kind !== 'image-to-text') {
      sink.fail('internal', 'The model is not loaded, or not for this.');
      return;
    }
    this.requests.start(id, sink, 'The model failed while reading the picture.', (run) =>
      read(reader, task, run, sink),
    );
  }

  abort(id: number): void {
    this.requests.abort(id);
  }

  pause(): void {
    // See the class.
  }

  resume(): void {
    // See the class.
  }
}

async function read(
  reader: PageReader,
  { image }: ImageToTextTask,
  { checkpoint, throwIfAborted }: OneRun,
  sink: RunSink,
): Promise<void> {
  for (const file of await openPictures([image])) {
    for (let index = 0; index < file.pages; index++) {
      throwIfAborted();
      const page = await file.page(index);
      throwIfAborted();
      const lines = await reader.read(page, checkpoint);
      sink.chunk({ type: 'page', index, pages: file.pages, width: page.width, height: page.height, lines });
    }
  }
  sink.chunk({ type: 'finished', finishReason: 'stop', promptTokens: 0, completionTokens: 0 });
}

export function createPaddleOcrEngine(spec: RunnerSpec): Engine {
  return new PaddleOcrEngine(spec);
}
