import { ParleyError } from '../../errors.js';
import type { ModelFacts, RunnerSpec } from '../../runners/protocol.js';
import type { Task } from '../../tasks.js';
import { InitError, type Engine, type RunSink } from '../engine.js';
import { giveWay } from '../onnx/low-priority.js';
import { Turns } from '../onnx/turns.js';
import { EmbeddingModel } from './embedding/embedding-model.js';
import { toInitError } from './load-errors.js';
import { goOffline, loadOptions, type LoadOptions } from './load-options.js';
import type { LoadedModel } from './loaded-model.js';
import { estimateMemory } from './memory-estimate.js';
import { ModelFolder } from './model-folder.js';
import { planModel, type ModelPlan } from './model-plan.js';
import { createBatchQueue, RunControl } from '../onnx/run-control.js';
import { RankingModel } from './ranking/ranking-model.js';
import type { CostlyPreparation } from '../text/preparation/preparations.js';
import { isTokenTask, TokenTasks } from '../text/tokens/token-tasks.js';
import { loadVisionModel } from './vision/load-vision-model.js';

/** Requests of an encoder at a time. Their batches take turns, so that a short request never waits for thousands of texts. */
const ENCODER_SLOTS = 4;

/**
 * ONNX models in Hugging Face's layout through transformers.js: those that answer questions about images, those that turn
 * texts into vectors, and cross-encoders. A vision model has one slot: `generate` makes one sequence at a time and ONNX
 * Runtime uses all threads for it, so that a second request would only slow the first one down.
 */
class TransformersEngine implements Engine {
  steps = 0;
  private plan: ModelPlan | undefined;
  private model: LoadedModel | undefined;
  private readonly controls = new Map<number, RunControl>();
  /** A request that was aborted may still be in its last step when the next one starts. */
  private readonly turns = new Turns();
  private readonly tokenTasks = new TokenTasks();
  private readonly batches = createBatchQueue();

  constructor(private readonly spec: RunnerSpec) {}

  get costlyPreparations(): readonly CostlyPreparation[] {
    const own = [...this.controls].flatMap(([id, { preparation }]) => preparation.costly(id));
    return [...own, ...this.tokenTasks.costlyPreparations];
  }

  size(): Promise<number> {
    return this.explained(() => {
      this.plan = planModel(new ModelFolder(this.spec.path, this.spec.files), this.spec);
      return estimateMemory(this.plan);
    });
  }

  load(onProgress: (fraction: number) => void): Promise<Omit<ModelFacts, 'memoryBytes'>> {
    return this.explained(async () => {
      if (this.plan === undefined) throw new InitError('failed', 'load before size');
      if (this.plan.purpose === 'vision') giveWay();
      goOffline();
      const onStep = (): void => {
        this.steps++;
      };
      this.model = await loadModel(this.plan, loadOptions(this.plan, this.spec), onStep);
      onProgress(1);
      const slots = this.plan.purpose === 'vision' ? 1 : ENCODER_SLOTS;
      return { context: this.model.context, slots, threads: null, gpuLayers: 0, gpuName: null };
    });
  }

  start(id: number, task: Task, cacheScope: string, sink: RunSink): void {
    const { model } = this;
    if (model !== undefined && isTokenTask(task)) {
      void this.tokenTasks.run(id, task, model.tokens, cacheScope, sink);
      return;
    }
    if (model?.tasks.includes(task.kind) !== true) {
      sink.fail('invalid_request', `This model does not do "${task.kind}".`, 'model');
      return;
    }
    const control = new RunControl(cacheScope, this.batches);
    this.controls.set(id, control);
    const answer = (): Promise<void> => this.answer(model, task, control, sink);
    const answered = this.plan?.purpose === 'vision' ? this.turns.take(answer) : answer();
    void answered.finally(() => this.controls.delete(id));
  }

  abort(id: number): void {
    this.tokenTasks.abort(id);
    this.controls.get(id)?.abort();
  }

  pause(id: number): void {
    this.controls.get(id)?.pause();
  }

  resume(id: number): void {
    this.controls.get(id)?.resume();
  }

  /** Never rejects: what goes wrong is the request's. */
  private async answer(model: LoadedModel, task: Task, control: RunControl, sink: RunSink): Promise<void> {
    try {
      await control.turn();
      await model.run(task, control, sink);
      if (!control.aborted) sink.done();
    } catch (error) {
      if (control.aborted) return;
      if (error instanceof ParleyError) sink.fail(error.code, error.message, error.param);
      else {
        console.error('request failed', error);
        sink.fail('internal', 'The model failed while answering.');
      }
    }
  }

  private async explained<T>(work: () => T | Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw toInitError(error);
    }
  }
}

/** @param onStep Told after each step. */
function loadModel(plan: ModelPlan, options: LoadOptions, onStep: () => void): Promise<LoadedModel> {
  switch (plan.purpose) {
    case 'vision':
      return loadVisionModel(plan, options, onStep);
    case 'embedding':
      return EmbeddingModel.load(plan, options, onStep);
    case 'ranking':
      return RankingModel.load(plan, options, onStep);
  }
}

export function createTransformersEngine(spec: RunnerSpec): Engine {
  return new TransformersEngine(spec);
}
