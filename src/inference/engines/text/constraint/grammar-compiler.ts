import { createHash } from 'node:crypto';
import { ParleyError } from '../../../errors.js';
import type { TextGenerationTask } from '../../../text-tasks.js';
import { BudgetedWorker, BudgetExceededError } from '../../../threads/budgeted-worker.js';
import type { ChatFormat, ThoughtMarks } from '../chat-format/chat-format.js';
import { constraintOf, type Constraint } from './constraint.js';

/** A request's part of the grammar, and the model's. */
export interface ConstraintInput {
  readonly task: Pick<TextGenerationTask, 'output' | 'tools'>;
  readonly format: ChatFormat;
  readonly openThought: ThoughtMarks | null;
}

/** The compile's own bound of work ends most before; this holds whatever that misses. */
const LIMITS = { budgetMs: 3000, maxHeapMiB: 256, maxWaiting: 64, idleMs: 60_000 };

/** Constraints kept: clients send the same few schemas again and again. */
const MAX_CACHED = 64;

const SCRIPT = new URL('./grammar-compiler.worker.js', import.meta.url);

/**
 * Compiles the schemas of requests to grammars in a thread of its own, so that only their sender waits. Schemas are
 * compiled again only once they have left the cache.
 */
export class GrammarCompiler {
  private readonly worker: BudgetedWorker<string, Constraint>;
  /** By the digest of their input, the one used last at the end. */
  private readonly cached = new Map<string, Constraint>();

  constructor(limits = LIMITS) {
    this.worker = new BudgetedWorker(SCRIPT, limits, 'The schema compiler');
  }

  /** Returns null for any text. Throws `invalid_request` for what no grammar can hold to, or what costs too much. */
  async compile(input: ConstraintInput, keyId: string, signal: AbortSignal): Promise<Constraint | null> {
    const { task, format, openThought } = input;
    if (!hasSchema(task)) return constraintOf(task, format, openThought);
    const text = JSON.stringify({ task: { output: task.output, tools: task.tools }, format, openThought });
    const digest = createHash('sha256').update(text).digest('base64');
    const constraint = this.cached.get(digest) ?? (await this.compileInThread(text, task, keyId, signal));
    this.cached.delete(digest);
    this.cached.set(digest, constraint);
    const [oldest] = this.cached.keys();
    if (this.cached.size > MAX_CACHED && oldest !== undefined) this.cached.delete(oldest);
    return constraint;
  }

  stop(): Promise<void> {
    return this.worker.stop();
  }

  private async compileInThread(
    text: string,
    task: ConstraintInput['task'],
    keyId: string,
    signal: AbortSignal,
  ): Promise<Constraint> {
    try {
      return await this.worker.run(text, keyId, signal);
    } catch (error) {
      if (!(error instanceof BudgetExceededError)) throw error;
      const param = usedTools(task) ? 'tools' : (task.output?.param ?? 'response_format');
      const message = `${param} cannot be used: the schema takes too long to compile. Make it smaller, with fewer alternatives, $refs and counts.`;
      throw new ParleyError('invalid_request', message, { param });
    }
  }
}

function usedTools({ tools }: ConstraintInput['task']): boolean {
  return tools !== undefined && tools.choice !== 'none' && tools.tools.length > 0;
}

/** Without a schema the grammar is small, whatever the request says. */
function hasSchema(task: ConstraintInput['task']): boolean {
  return task.output?.kind === 'json-schema' || usedTools(task);
}
