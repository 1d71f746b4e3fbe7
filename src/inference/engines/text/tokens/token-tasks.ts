import { ParleyError } from '../../../errors.js';
import type { Task } from '../../../tasks.js';
import type { DetokenizeTask, TokenizeTask } from '../../../vector-tasks.js';
import type { RunSink } from '../../engine.js';
import { Preparations, type CostlyPreparation, type Preparation } from '../preparation/preparations.js';
import type { ModelTokens } from './model-tokens.js';

/** Most tokens that are listed for one text. */
const MAX_LISTED = 150_000;
/** Tokens of one chunk: a message of them all would hold up the service's event loop. */
const CHUNK_TOKENS = 2048;

type TokenTask = TokenizeTask | DetokenizeTask;

export function isTokenTask(task: Task): task is TokenTask {
  return task.kind === 'tokenize' || task.kind === 'detokenize';
}

/** The token tasks of a model. They wait for no graph, and long texts let batch steps of other requests go on. */
export class TokenTasks {
  private readonly preparations = new Preparations();

  get costlyPreparations(): readonly CostlyPreparation[] {
    return this.preparations.costly;
  }

  /** Tells the sink the task's end, and what went wrong. */
  async run(id: number, task: TokenTask, tokens: ModelTokens, keyId: string, sink: RunSink): Promise<void> {
    const preparation = this.preparations.begin(id, keyId);
    try {
      const count =
        task.kind === 'tokenize'
          ? await tokenize(task, tokens, preparation, sink)
          : await detokenize(task, tokens, preparation, sink);
      preparation.throwIfAborted();
      sink.chunk({ type: 'finished', finishReason: 'stop', promptTokens: count, completionTokens: 0 });
      sink.done();
    } catch (error) {
      if (preparation.aborted) return;
      if (error instanceof ParleyError) sink.fail(error.code, error.message, error.param);
      else {
        console.error('token task failed', error);
        sink.fail('internal', 'The model failed while reading the text.');
      }
    } finally {
      this.preparations.end(id);
    }
  }

  abort(id: number): void {
    this.preparations.abort(id);
  }
}

async function tokenize(
  { prompt, specialTokens }: TokenizeTask,
  own: ModelTokens,
  preparation: Preparation,
  sink: RunSink,
): Promise<number> {
  const plain = prompt.kind === 'raw' && !specialTokens;
  const tokens = plain ? await own.plain(prompt.text, preparation) : await own.of(prompt, preparation);
  if (tokens.length > MAX_LISTED) {
    throw new ParleyError(
      'invalid_request',
      `The text has ${String(tokens.length)} tokens, and at most ${String(MAX_LISTED)} are listed: send it in parts.`,
    );
  }
  for (let start = 0; start === 0 || start < tokens.length; start += CHUNK_TOKENS) {
    const part = tokens.slice(start, start + CHUNK_TOKENS);
    sink.chunk({ type: 'tokens', tokens: part, pieces: part.map((token) => own.textOf([token])) });
    await preparation.pause();
  }
  return tokens.length;
}

async function detokenize(
  { tokens }: DetokenizeTask,
  own: ModelTokens,
  preparation: Preparation,
  sink: RunSink,
): Promise<number> {
  const unknown = tokens.find((token) => !own.has(token));
  if (unknown !== undefined) {
    throw new ParleyError('invalid_request', `The model has no token ${String(unknown)}.`, { param: 'tokens' });
  }
  await preparation.pause();
  sink.chunk({ type: 'detokenized', text: own.textOf(tokens) });
  return tokens.length;
}
