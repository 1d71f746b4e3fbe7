import { getLlama, LlamaLogLevel, readGgufFileInfo, GgufInsights } from 'node-llama-cpp';
import type { Llama, LlamaContext, LlamaModel } from 'node-llama-cpp';
import { ParleyError } from '../../errors.js';
import type { ModelFacts, RunnerSpec } from '../../runners/protocol.js';
import type { Task } from '../../tasks.js';
import type { TextGenerationTask } from '../../text-tasks.js';
import { InitError, type Engine, type RunSink } from '../engine.js';
import { BATCH_IN_SEQUENCE_ORDER } from './batch-order.js';
import { BatchLoop } from './batch-loop.js';
import { PromptRenderer } from './chat-template.js';
import { fitPrompt } from './context-fit.js';
import { Generation } from './generation.js';
import { toInitError } from './load-errors.js';
import { SequencePool } from './sequence-pool.js';
import { chooseSlots } from './slot-count.js';
import { calibrateThreads } from './thread-calibration.js';
import { threadsFor } from '../../runners/thread-plan.js';

/** Tokens per decode call: llama.cpp's micro-batch. */
const BATCH_SIZE = 512;

/** A model that has been loaded, with everything that serves it. */
interface Loaded {
  readonly model: LlamaModel;
  readonly contextSize: number;
  readonly renderer: PromptRenderer;
  readonly pool: SequencePool;
  readonly loop: BatchLoop;
}

interface Plan {
  readonly llama: Llama;
  readonly contextSize: number;
  readonly slots: number;
}

/** GGUF models through node-llama-cpp. One request path: `start` → prompt → sequence → batch loop → sink. */
class LlamaEngine implements Engine {
  private plan: Plan | undefined;
  private loaded: Loaded | undefined;
  private readonly generations = new Map<number, Generation>();
  /** Requests that were aborted while their sequence was still being prepared. */
  private readonly preparing = new Map<number, { aborted: boolean; paused: boolean }>();

  constructor(private readonly spec: RunnerSpec) {}

  get steps(): number {
    return this.loaded?.loop.steps ?? 0;
  }

  async size(): Promise<number> {
    try {
      const info = await readGgufFileInfo(this.spec.path, { logWarnings: false });
      const llama = await getLlama({
        gpu: 'auto',
        build: 'never',
        progressLogs: false,
        logLevel: LlamaLogLevel.warn,
        maxThreads: this.spec.cpuCount, // else the thread splitter halves what a context asks for
      });
      const insights = await GgufInsights.from(info, llama);
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
      this.loaded = this.serve(model, context, contextSize, slots, setThreads);
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
    if (this.loaded === undefined || task.kind !== 'text-generation') {
      sink.fail('internal', 'The model is not loaded, or not for this.');
      return;
    }
    this.preparing.set(id, { aborted: false, paused: false });
    this.prepare(this.loaded, id, task, cacheScope, sink)
      .catch((error: unknown) => {
        if (error instanceof ParleyError) sink.fail(error.code, error.message, error.param);
        else {
          console.error('request could not be prepared', error);
          sink.fail('internal', 'The model failed while reading the prompt.');
        }
      })
      .finally(() => this.preparing.delete(id));
  }

  abort(id: number): void {
    const preparing = this.preparing.get(id);
    if (preparing !== undefined) preparing.aborted = true;
    const generation = this.generations.get(id);
    if (generation === undefined) return;
    generation.finished = true;
    this.loaded?.loop.wake();
  }

  pause(id: number): void {
    this.setPaused(id, true);
  }

  resume(id: number): void {
    this.setPaused(id, false);
  }

  private setPaused(id: number, paused: boolean): void {
    const preparing = this.preparing.get(id);
    if (preparing !== undefined) preparing.paused = paused;
    const generation = this.generations.get(id);
    if (generation === undefined) return;
    generation.paused = paused;
    this.loaded?.loop.wake();
  }

  private serve(
    model: LlamaModel,
    context: LlamaContext,
    contextSize: number,
    slots: number,
    setThreads: (tokens: number) => void,
  ): Loaded {
    const pool = new SequencePool(Array.from({ length: slots }, () => context.getSequence()));
    const loop = new BatchLoop(BATCH_SIZE, setThreads, (generation) => {
      pool.release(generation.slot);
      this.generations.delete(generation.id);
    });
    return { model, contextSize, renderer: new PromptRenderer(model), pool, loop };
  }

  private async prepare(
    { model, contextSize, renderer, pool, loop }: Loaded,
    id: number,
    task: TextGenerationTask,
    cacheScope: string,
    sink: RunSink,
  ): Promise<void> {
    const { tokens, droppedMessages, maxTokens } = fitPrompt(task, contextSize, (prompt) => renderer.tokens(prompt));
    const acquired = await pool.acquire(tokens, cacheScope);
    const state = this.preparing.get(id);
    if (state?.aborted === true) {
      pool.release(acquired.slot);
      return;
    }
    const { cachedTokens } = acquired;
    sink.chunk({ type: 'started', promptTokens: tokens.length, cachedTokens, droppedMessages });
    const generation = new Generation(model, tokens, acquired, { id, task, maxTokens }, sink);
    generation.paused = state?.paused ?? false;
    this.generations.set(id, generation);
    loop.add(generation);
  }
}

export function createLlamaEngine(spec: RunnerSpec): Engine {
  return new LlamaEngine(spec);
}
