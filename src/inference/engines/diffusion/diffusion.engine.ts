import sharp from 'sharp';
import type { ModelFacts, RunnerSpec } from '../../runners/protocol.js';
import type { Task } from '../../tasks.js';
import { InitError, type Engine, type RunSink } from '../engine.js';
import { OneAtATime } from '../onnx/one-at-a-time.js';
import { threadCount } from '../onnx/thread-count.js';

import { loadModel, type DiffusionModel } from './diffusion-model.js';
import { Drawing } from './drawing.js';
import { giveWay } from '../onnx/low-priority.js';
import { estimateMemory } from './memory-estimate.js';
import { planModel, type ModelPlan } from './model-plan.js';

/**
 * Latent diffusion models in diffusers' ONNX layout through onnxruntime. One request at a time (`slots` is 1): a run takes
 * all threads and blocks the process, so two at once would each take twice as long. A request gives a few hundred chunks
 * at most: `pause` has nothing to hold back.
 */
class DiffusionEngine implements Engine {
  private plan: ModelPlan | undefined;
  private model: DiffusionModel | undefined;
  private readonly requests = new OneAtATime();

  constructor(private readonly spec: RunnerSpec) {}

  get steps(): number {
    return this.requests.steps;
  }

  async size(): Promise<number> {
    this.plan = await planModel(this.spec.path, this.spec.files);
    return estimateMemory(this.plan);
  }

  async load(onProgress: (fraction: number) => void): Promise<Omit<ModelFacts, 'memoryBytes'>> {
    if (this.plan === undefined) throw new InitError('failed', 'load before size');
    giveWay();
    const threads = threadCount(this.spec);
    sharp.concurrency(threads);
    this.model = await loadModel(this.plan, threads, onProgress);
    return { context: null, slots: 1, threads: null, gpuLayers: 0, gpuName: null };
  }

  start(id: number, task: Task, _cacheScope: string, sink: RunSink): void {
    const { model } = this;
    if (model === undefined || (task.kind !== 'text-to-image' && task.kind !== 'image-to-image')) {
      sink.fail('internal', 'The model is not loaded, or not for this.');
      return;
    }
    this.requests.start(id, sink, 'The model failed while drawing the picture.', ({ checkpoint }) =>
      new Drawing(model, task, { checkpoint, chunk: (chunk) => sink.chunk(chunk) }).run(),
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

export function createDiffusionEngine(spec: RunnerSpec): Engine {
  return new DiffusionEngine(spec);
}
