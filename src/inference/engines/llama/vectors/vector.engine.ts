import type { Llama, LlamaModel } from 'node-llama-cpp';
import { ParleyError } from '../../../errors.js';
import type { ModelFacts, RunnerSpec } from '../../../runners/protocol.js';
import { threadsFor, type ThreadPlan } from '../../../runners/thread-plan.js';
import type { Task } from '../../../tasks.js';
import { InitError, type Engine, type RunSink } from '../../engine.js';
import { OneAtATime, type OneRun } from '../../onnx/one-at-a-time.js';
import { toInitError } from '../load-errors.js';
import { openGguf } from '../open-gguf.js';
import { TextScores } from './text-scores.js';
import { TextReader } from './text-reader.js';
import { TextVectors } from './text-vectors.js';
import { measureThreads } from './thread-measurement.js';
import type { CostlyPreparation } from '../../text/preparation/preparations.js';
import { rawText, type ModelTokens } from '../../text/tokens/model-tokens.js';
import { isTokenTask, TokenTasks } from '../../text/tokens/token-tasks.js';
import { llamaTokens } from '../llama-tokens.js';
import { contextOf, planVectors, type VectorPlan } from './vector-plan.js';

interface Loaded {
  readonly model: LlamaModel;
  readonly tokens: ModelTokens;
  readonly vectors: TextVectors | null;
  readonly scores: TextScores | null;
}

/**
 * GGUF models that turn texts into vectors, and cross-encoders. It has one slot: a text takes all threads, so that a
 * second request would only slow the first one down.
 */
class VectorEngine implements Engine {
  private plan: (VectorPlan & { readonly llama: Llama }) | undefined;
  private loaded: Loaded | undefined;
  private readonly requests = new OneAtATime();
  private readonly tokenTasks = new TokenTasks();

  constructor(private readonly spec: RunnerSpec) {}

  get steps(): number {
    return this.requests.steps;
  }

  get costlyPreparations(): readonly CostlyPreparation[] {
    return [...this.requests.costlyPreparations, ...this.tokenTasks.costlyPreparations];
  }

  async size(): Promise<number> {
    try {
      const { info, insights, llama } = await openGguf(this.spec);
      const plan = await planVectors(info, insights, this.spec);
      this.plan = { ...plan, llama };
      return plan.bytes;
    } catch (error) {
      throw toInitError(error);
    }
  }

  async load(onProgress: (fraction: number) => void): Promise<Omit<ModelFacts, 'memoryBytes'>> {
    if (this.plan === undefined) throw new InitError('failed', 'load before size');
    const { llama, contextSize } = this.plan;
    try {
      const model = await llama.loadModel({
        modelPath: this.spec.path,
        onLoadProgress: onProgress,
        ignoreMemorySafetyChecks: true, // the parent keeps the budget
      });
      let threads: ThreadPlan = this.spec.threads ?? [];
      this.loaded = await this.serve(model, this.plan, (tokens) => {
        if (threads.length > 0) llama.maxThreads = threadsFor(threads, tokens);
      });
      if (threads.length === 0) threads = await this.measure(this.loaded, this.plan);
      const [gpuName] = llama.gpu === false ? [] : await llama.getGpuDeviceNames();
      return {
        context: { size: contextSize, trained: model.trainContextSize },
        slots: 1,
        threads,
        gpuLayers: model.gpuLayers,
        gpuName: gpuName ?? null,
      };
    } catch (error) {
      throw toInitError(error);
    }
  }

  start(id: number, task: Task, cacheScope: string, sink: RunSink): void {
    if (this.loaded === undefined) {
      sink.fail('internal', 'The model is not loaded.');
      return;
    }
    const { loaded } = this;
    if (isTokenTask(task)) void this.tokenTasks.run(id, task, loaded.tokens, cacheScope, sink);
    else
      this.requests.start(id, sink, 'The model failed while reading a text.', (run) => answer(loaded, task, run, sink));
  }

  abort(id: number): void {
    this.tokenTasks.abort(id);
    this.requests.abort(id);
  }

  /** Vectors and scores are small: they may wait for a slow reader. */
  pause(): void {
    return;
  }

  resume(): void {
    return;
  }

  private async serve(
    model: LlamaModel,
    { embeds, ranks, contextSize, batchSize }: VectorPlan,
    beforeText: (tokens: number) => void,
  ): Promise<Loaded> {
    const options = {
      contextSize: contextOf(contextSize),
      batchSize,
      threads: this.spec.cpuCount,
      ignoreMemorySafetyChecks: true,
    };
    const vectors = embeds ? await model.createEmbeddingContext(options) : null;
    const scores = ranks ? await model.createRankingContext(options) : null;
    const reader = new TextReader(model);
    return {
      model,
      tokens: llamaTokens(model, {
        render: (prompt, preparation) => reader.tokens(rawText(prompt), preparation),
        plain: (text, preparation) => reader.plain(text, preparation),
      }),
      vectors: vectors && new TextVectors(reader, vectors, contextSize, beforeText),
      scores: scores && new TextScores(reader, scores, contextSize, beforeText),
    };
  }

  private measure({ model, vectors, scores }: Loaded, { llama, contextSize }: { llama: Llama; contextSize: number }) {
    const machine = { cpuCount: this.spec.cpuCount, longest: contextSize };
    return measureThreads(llama, model, machine, async (tokens) => {
      if (vectors === null) await scores?.read(tokens);
      else await vectors.vector(tokens);
    });
  }
}

async function answer({ vectors, scores }: Loaded, task: Task, run: OneRun, sink: RunSink): Promise<void> {
  if (task.kind === 'feature-extraction' && vectors !== null) await vectors.run(task, run, sink);
  else if (task.kind === 'text-ranking' && scores !== null) await scores.run(task, run, sink);
  else throw new ParleyError('invalid_request', `This model does not do "${task.kind}".`, { param: 'model' });
}

export function createVectorEngine(spec: RunnerSpec): Engine {
  return new VectorEngine(spec);
}
