import { ParleyError } from '../../../errors.js';
import type { Task } from '../../../tasks.js';
import type { DetokenizeTask, TokenizeTask } from '../../../vector-tasks.js';
import type { RunSink } from '../../engine.js';
import type { ModelTokens } from './model-tokens.js';

const MAX_LISTED = 150_000;
/** Each message to the parent is read at once, in the process that answers HTTP. */
const LISTED_AT_ONCE = 4096;

export function isTokenTask(task: Task): task is TokenizeTask | DetokenizeTask {
  return task.kind === 'tokenize' || task.kind === 'detokenize';
}

/** Does a token task at once: it waits for no graph. Tells the sink its end, and what went wrong. */
export function runTokenTask(task: TokenizeTask | DetokenizeTask, tokens: ModelTokens, sink: RunSink): void {
  try {
    const count = task.kind === 'tokenize' ? tokenize(task, tokens, sink) : detokenize(task, tokens, sink);
    sink.chunk({ type: 'finished', finishReason: 'stop', promptTokens: count, completionTokens: 0 });
    sink.done();
  } catch (error) {
    if (error instanceof ParleyError) sink.fail(error.code, error.message, error.param);
    else {
      console.error('token task failed', error);
      sink.fail('internal', 'The model failed while reading the text.');
    }
  }
}

function tokenize({ prompt, specialTokens }: TokenizeTask, own: ModelTokens, sink: RunSink): number {
  const tokens = prompt.kind === 'raw' && !specialTokens ? own.plain(prompt.text) : own.of(prompt);
  if (tokens.length > MAX_LISTED) {
    throw new ParleyError(
      'invalid_request',
      `The text has ${String(tokens.length)} tokens, and at most ${String(MAX_LISTED)} are listed: send it in parts.`,
    );
  }
  for (let from = 0; from < tokens.length; from += LISTED_AT_ONCE) {
    const some = tokens.slice(from, from + LISTED_AT_ONCE);
    sink.chunk({ type: 'tokens', tokens: some, pieces: some.map((token) => own.textOf([token])) });
  }
  return tokens.length;
}

function detokenize({ tokens }: DetokenizeTask, own: ModelTokens, sink: RunSink): number {
  const unknown = tokens.find((token) => !own.has(token));
  if (unknown !== undefined) {
    throw new ParleyError('invalid_request', `The model has no token ${String(unknown)}.`, { param: 'tokens' });
  }
  sink.chunk({ type: 'detokenized', text: own.textOf(tokens) });
  return tokens.length;
}
