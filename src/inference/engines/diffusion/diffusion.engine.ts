import { setImmediate } from 'node:timers/promises';
import sharp from 'sharp';
import { ParleyError } from '../../errors.js';
import type { ModelFacts, RunnerSpec } from '../../runners/protocol.js';
import type { Task } from '../../tasks.js';
import { InitError, type Engine, type RunSink } from '../engine.js';
import { threadCount } from '../onnx/thread-count.js';
import { Turns } from '../onnx/turns.js';
import { loadModel, type DiffusionModel } from './diffusion-model.js';
import type { DrawingTask } from './drawing-options.js';
import { Drawing } from './drawing.js';
import { giveWay } from './low-priority.js';
import { estimateMemory } from './memory-estimate.js';
import { planModel, type ModelPlan } from './model-plan.js';

/** Ends the work on a request that nobody waits for any more. */
class Aborted extends Error {
  override readonly name = 'Aborted';
}

/**
 * Latent diffusion models in diffusers' ONNX layout through onnxruntime. One request at a time (`slots` is 1): a run takes
 * all threads and blocks the process, so two at once would each take twice as long. A request gives a few hundred chunks
 * at most: `pause` has nothing to hold back.
 */
class DiffusionEngine implements Engine {
  steps = 0;
  private plan: ModelPlan | undefined;
  private model: DiffusionModel | undefined;
  private readonly turns = new Turns();
  /** Requests that have been started, neither ended nor aborted. */
  private readonly wanted = new Set<number>();

  constructor(private readonly spec: RunnerSpec) {}

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
    this.wanted.add(id);
    void this.turns
      .take(() => this.draw(model, id, task, sink))
      .catch((error: unknown) => {
        if (error instanceof Aborted) return;
        if (error instanceof ParleyError) sink.fail(error.code, error.message, error.param);
        else {
          console.error('a picture could not be drawn', error);
          sink.fail('internal', 'The model failed while drawing the picture.');
        }
      })
      .finally(() => this.wanted.delete(id));
  }

  abort(id: number): void {
    this.wanted.delete(id);
  }

  pause(): void {
    // See the class.
  }

  resume(): void {
    // See the class.
  }

  private async draw(model: DiffusionModel, id: number, task: DrawingTask, sink: RunSink): Promise<void> {
    const throwIfAborted = (): void => {
      if (!this.wanted.has(id)) throw new Aborted();
    };
    const checkpoint = async (): Promise<void> => {
      this.steps++;
      // Messages of the parent, an abort among them, are only received between two runs.
      await setImmediate();
      throwIfAborted();
    };
    throwIfAborted();
    await new Drawing(model, task, { checkpoint, chunk: (chunk) => sink.chunk(chunk) }).run();
    throwIfAborted();
    sink.done();
  }
}

export function createDiffusionEngine(spec: RunnerSpec): Engine {
  return new DiffusionEngine(spec);
}
