import { ParleyError } from '../../../errors.js';
import { BudgetedWorker, BudgetExceededError, WorkerJobError } from '../../../threads/budgeted-worker.js';
import { inputSize } from './input-size.js';
import type { Preparation } from './preparations.js';
import { TemplateEngine, templateRefusal } from './template-engine.js';
import type { RenderJob, TemplateInputs, TemplateProgram } from './template-program.js';
import { TimeLimitError, withinTime } from './time-limit.js';

/** Characters of messages, and how many of them, that are rendered on the runner's event loop. */
const MAX_INLINE_LENGTH = 32 * 1024;
const MAX_INLINE_MESSAGES = 64;
/** Milliseconds for that, on a busy machine, too; a template that takes longer is rendered again in the thread. */
const INLINE_MS = 50;
/** Budget of a rendering in the thread. Long prompts take milliseconds; a template may loop without end. */
const BUDGET_MS = 5000;
const MAX_HEAP_MIB = 256;
/** Characters that a prompt may have in memory; no context takes as many. */
const MAX_PROMPT_LENGTH = 32 * 1024 ** 2;
const MAX_WAITING = 256;
const IDLE_MS = 10_000;

/** Renders prompts with a model's chat template: short ones at once, long ones in a worker thread, within a budget. */
export class TemplateRenderer {
  readonly engine: TemplateEngine;
  private worker: BudgetedWorker<RenderJob, string> | undefined;

  /** Throws what the Jinja library throws for a broken template. */
  constructor(program: TemplateProgram) {
    this.engine = new TemplateEngine(program);
  }

  /** Throws `invalid_request`, also for what exceeds its budget, and `cancelled`. */
  async render(input: TemplateInputs, preparation: Preparation): Promise<string> {
    if (input.messages.length <= MAX_INLINE_MESSAGES && inputSize(input, MAX_INLINE_LENGTH) <= MAX_INLINE_LENGTH) {
      try {
        return withinTime(INLINE_MS, () => this.engine.render(input));
      } catch (error) {
        if (!(error instanceof TimeLimitError)) throw error;
      }
    }
    return this.renderInThread(input, preparation);
  }

  private async renderInThread(input: TemplateInputs, preparation: Preparation): Promise<string> {
    preparation.beginCostly();
    this.worker ??= new BudgetedWorker(
      new URL('render-worker.js', import.meta.url),
      { budgetMs: BUDGET_MS, maxHeapMiB: MAX_HEAP_MIB, maxWaiting: MAX_WAITING, idleMs: IDLE_MS },
      'The chat template',
    );
    try {
      const job = { program: this.engine.program, input, maxLength: MAX_PROMPT_LENGTH };
      return await this.worker.run(job, preparation.keyId, preparation.signal);
    } catch (error) {
      throw shownError(error);
    }
  }
}

function shownError(error: unknown): unknown {
  if (error instanceof BudgetExceededError) return templateRefusal(error.message, error);
  if (!(error instanceof WorkerJobError)) return error;
  console.error('a chat template could not be rendered', error);
  return new ParleyError('internal', 'The model failed while reading the prompt.', { cause: error });
}
