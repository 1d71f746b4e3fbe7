import type { LlamaModel, Token } from 'node-llama-cpp';
import type { ToolUse } from '../../chat-tools.js';
import { ParleyError } from '../../errors.js';
import type { TextGenerationTask } from '../../text-tasks.js';
import type { RunSink } from '../engine.js';
import { AnswerParser } from '../text/chat-format/answer-parser.js';
import type { GrammarCompiler } from '../text/constraint/grammar-compiler.js';
import { AnswerWriter } from './answer-writer.js';
import { Preparations, type CostlyPreparation, type Preparation } from '../text/preparation/preparations.js';
import { BatchLoop } from './batch-loop.js';
import type { PromptRenderer } from './chat-template.js';
import { fitPrompt } from './context-fit.js';
import { Generation, type SharedPrefix } from './generation.js';
import type { GrammarCache } from './grammar-cache.js';
import type { RenderedPrompt } from './prompt-tokens.js';
import type { SequencePool } from './sequence-pool.js';
import { TokenChoice } from './token-choice.js';

/** Tokens below which copying a KV cache costs more than evaluating them again. */
const LEAST_SHARED = 32;

/** A loaded model and what serves it. */
export interface ServedModel {
  readonly model: LlamaModel;
  readonly contextSize: number;
  readonly renderer: PromptRenderer;
  readonly pool: SequencePool;
  readonly grammars: GrammarCache;
  readonly compiler: GrammarCompiler;
}

/** The requests of one model. One path: `start` → prompt → sequence → batch loop → sink. */
export class Answers {
  private readonly loop: BatchLoop;
  private readonly generations = new Map<number, Generation>();
  /** Requests that have no sequence yet. */
  private readonly preparations = new Preparations();
  /** Those of them whose reader is slow. */
  private readonly paused = new Set<number>();

  /** @param beforeTurn Told the size of each turn, in tokens, before it begins. */
  constructor(
    private readonly served: ServedModel,
    batchSize: number,
    beforeTurn: (tokens: number) => void,
  ) {
    this.loop = new BatchLoop(batchSize, beforeTurn, (generation) => {
      served.pool.release(generation.slot);
      this.generations.delete(generation.id);
    });
  }

  get steps(): number {
    return this.loop.steps;
  }

  get costlyPreparations(): readonly CostlyPreparation[] {
    return this.preparations.costly;
  }

  start(id: number, task: TextGenerationTask, cacheScope: string, sink: RunSink): void {
    const preparation = this.preparations.begin(id, cacheScope);
    this.prepare(id, task, preparation, sink)
      .catch((error: unknown) => {
        if (preparation.aborted) return;
        if (error instanceof ParleyError) sink.fail(error.code, error.message, error.param);
        else {
          console.error('request could not be prepared', error);
          sink.fail('internal', 'The model failed while reading the prompt.');
        }
      })
      .finally(() => {
        this.preparations.end(id);
        this.paused.delete(id);
      });
  }

  abort(id: number): void {
    this.preparations.abort(id);
    const generation = this.generations.get(id);
    if (generation === undefined) return;
    generation.finished = true;
    this.loop.wake();
  }

  setPaused(id: number, paused: boolean): void {
    const generation = this.generations.get(id);
    if (generation === undefined) {
      if (paused) this.paused.add(id);
      else this.paused.delete(id);
      return;
    }
    generation.paused = paused;
    this.loop.wake();
  }

  private async prepare(id: number, task: TextGenerationTask, preparation: Preparation, sink: RunSink): Promise<void> {
    const { keyId: scope, signal } = preparation;
    const { model, contextSize, renderer, pool, grammars, compiler } = this.served;
    const fitted = await fitPrompt(task, contextSize, renderer.promptTokens(task, preparation));
    const { rendered, droppedMessages, maxTokens } = fitted;
    const { openThought } = rendered;
    const constraint = await compiler.compile({ task, format: renderer.format, openThought }, scope, signal);
    const held =
      constraint === null ? null : { state: await grammars.stateOf(constraint.gbnf), barred: renderer.silent };
    const choice = new TokenChoice(model, task, held);
    const { tokens: prompt } = rendered;
    const acquired = await pool.acquire(prompt, scope);
    if (preparation.aborted) {
      pool.release(acquired.slot);
      return;
    }
    const { cachedTokens } = acquired;
    const narrowed = constraint?.narrowed ?? [];
    sink.chunk({
      type: 'started',
      promptTokens: prompt.length,
      cachedTokens,
      droppedMessages,
      ...(narrowed.length > 0 && { narrowed }),
    });
    const writer = this.writerOf(task, rendered, sink);
    const shared = this.prefixToShare(prompt, scope, cachedTokens);
    const generation = new Generation(model, { id, prompt, maxTokens, acquired, scope, shared, choice, writer }, sink);
    generation.paused = this.paused.has(id);
    this.generations.set(id, generation);
    this.loop.add(generation);
  }

  private writerOf(task: TextGenerationTask, { tokens, openThought }: RenderedPrompt, sink: RunSink): AnswerWriter {
    const { model, renderer } = this.served;
    const toolNames = callableNames(task.tools);
    const reads = task.prompt.kind === 'messages' && (toolNames.length > 0 || task.reasoning !== undefined);
    const parser = reads
      ? new AnswerParser({
          format: renderer.format,
          toolNames,
          constrained: true, // by the grammar of `constraintOf`, from the first token on
          separateThoughts: task.reasoning === 'separate',
          openedThought: openThought,
        })
      : null;
    return new AnswerWriter(model, { prompt: tokens, wishes: task, parser, marks: renderer.marks }, sink);
  }

  /** The request in flight that has, or will have, the most of this prompt in its KV cache. */
  private prefixToShare(prompt: readonly Token[], scope: string, cachedTokens: number): SharedPrefix | null {
    let best: SharedPrefix | null = null;
    for (const from of this.generations.values()) {
      if (from.scope !== scope || from.finished || from.paused) continue;
      const tokens = Math.min(commonPrefix(from.prompt, prompt), prompt.length - 1);
      if (tokens >= cachedTokens + LEAST_SHARED && tokens > (best?.tokens ?? 0)) best = { from, tokens };
    }
    return best;
  }
}

/** The functions that an answer may call. */
function callableNames(use: ToolUse | undefined): string[] {
  if (use === undefined || use.choice === 'none') return [];
  return typeof use.choice === 'object' ? [use.choice.name] : use.tools.map(({ name }) => name);
}

function commonPrefix(a: readonly Token[], b: readonly Token[]): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length++;
  return length;
}
