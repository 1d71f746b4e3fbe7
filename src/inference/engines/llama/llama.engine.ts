import type { Llama } from 'node-llama-cpp';
import type { ModelFacts, RunnerSpec } from '../../runners/protocol.js';
import type { Task } from '../../tasks.js';
import { InitError, type Engine, type RunSink } from '../engine.js';
import { Answers, type ServedModel } from './answers.js';
import { BATCH_IN_SEQUENCE_ORDER } from './batch-order.js';
import { PromptRenderer } from './chat-template.js';
import { GrammarCompiler } from '../text/constraint/grammar-compiler.js';
import { GrammarCache } from './grammar-cache.js';
import { toInitError } from './load-errors.js';
import { openGguf } from './open-gguf.js';
import { SequencePool } from './sequence-pool.js';
import { chooseSlots } from './slot-count.js';
import { calibrateThreads } from './thread-calibration.js';
import type { CostlyPreparation } from '../text/preparation/preparations.js';
import { isTokenTask, TokenTasks } from '../text/tokens/token-tasks.js';
import type { ModelTokens } from '../text/tokens/model-tokens.js';
import { llamaTokens } from './llama-tokens.js';
import { threadsFor } from '../../runners/thread-plan.js';

/** Tokens per decode call: llama.cpp's micro-batch. */
const BATCH_SIZE = 512;

interface Loaded {
  readonly served: ServedModel;
  readonly answers: Answers;
}

interface Plan {
  readonly llama: Llama;
  readonly contextSize: number;
  readonly slots: number;
}

/** GGUF models that generate text, through node-llama-cpp. */
class LlamaEngine implements Engine {
  private plan: Plan | undefined;
  private loaded: Loaded | undefined;
  private readonly tokenTasks = new TokenTasks();

  constructor(private readonly spec: RunnerSpec) {}

  get steps(): number {
    return this.loaded?.answers.steps ?? 0;
  }

  get costlyPreparations(): readonly CostlyPreparation[] {
    return [...(this.loaded?.answers.costlyPreparations ?? []), ...this.tokenTasks.costlyPreparations];
  }

  async size(): Promise<number> {
    try {
      const { insights, llama } = await openGguf(this.spec);
      const contextSize = Math.min(this.spec.contextSize, insights.trainContextSize ?? this.spec.contextSize);
      const chosen = await chooseSlots(insights, { ...this.spec, contextSize, batchSize: BATCH_SIZE });
      this.plan = { llama, contextSize, slots: chosen.slots };
      return chosen.bytes;
    } catch (error) {
      throw toInitError(error);
    }
  }

  async load(onProgress: (fraction: number) => void): Promise<Omit<ModelFacts, 'memoryBytes'>> {
    if (this.plan === undefined) throw new InitError('failed', 'load before size');
    const { llama, contextSize, slots } = this.plan;
    try {
      const model = await llama.loadModel({
        modelPath: this.spec.path,
        onLoadProgress: onProgress,
        ignoreMemorySafetyChecks: true, // the parent keeps the budget
      });
      const threads = this.spec.threads ?? (await calibrateThreads(llama, model, this.spec.cpuCount));
      const context = await model.createContext({
        contextSize,
        sequences: slots,
        batchSize: BATCH_SIZE,
        threads: { ideal: this.spec.cpuCount, min: 1 },
        batching: BATCH_IN_SEQUENCE_ORDER,
        ignoreMemorySafetyChecks: true,
      });
      const setThreads = (tokens: number): void => {
        llama.maxThreads = threadsFor(threads, tokens);
      };
      const served: ServedModel = {
        model,
        contextSize,
        renderer: new PromptRenderer(model),
        pool: new SequencePool(Array.from({ length: slots }, () => context.getSequence())),
        grammars: new GrammarCache(llama, model),
        compiler: new GrammarCompiler(),
      };
      this.loaded = { served, answers: new Answers(served, BATCH_SIZE, setThreads) };
      const [gpuName] = llama.gpu === false ? [] : await llama.getGpuDeviceNames();
      return {
        context: { size: contextSize, trained: model.trainContextSize },
        slots,
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
    const { answers, served } = this.loaded;
    if (task.kind === 'text-generation') answers.start(id, task, cacheScope, sink);
    else if (isTokenTask(task)) {
      void this.tokenTasks.run(id, task, tokensOf(served), cacheScope, sink);
    } else sink.fail('internal', 'This model is not for that.');
  }

  abort(id: number): void {
    this.tokenTasks.abort(id);
    this.loaded?.answers.abort(id);
  }

  pause(id: number): void {
    this.loaded?.answers.setPaused(id, true);
  }

  resume(id: number): void {
    this.loaded?.answers.setPaused(id, false);
  }
}

function tokensOf({ model, renderer }: ServedModel): ModelTokens {
  return llamaTokens(model, {
    render: async (prompt, preparation) => (await renderer.render(prompt, undefined, preparation)).tokens,
    plain: (text, preparation) => renderer.plain(text, preparation),
  });
}

export function createLlamaEngine(spec: RunnerSpec): Engine {
  return new LlamaEngine(spec);
}
