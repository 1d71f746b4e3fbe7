import type { LlamaModel, Token } from 'node-llama-cpp';
import { ParleyError } from '../../../errors.js';
import type { Task } from '../../../tasks.js';
import type { Prompt } from '../../../text-tasks.js';
import type { DetokenizeTask, TokenizeTask } from '../../../vector-tasks.js';
import type { RunSink } from '../../engine.js';

/** What token tasks need of a model. */
export interface TokenParts {
  readonly model: LlamaModel;
  /** The tokens that the model would be given for a prompt. Throws `invalid_request`. */
  readonly renderPrompt: (prompt: Prompt) => readonly Token[];
}

export function isTokenTask(task: Task): task is TokenizeTask | DetokenizeTask {
  return task.kind === 'tokenize' || task.kind === 'detokenize';
}

/** Does a token task at once: it needs neither a sequence nor a turn. Tells the sink its end, and what went wrong. */
export function runTokenTask(task: TokenizeTask | DetokenizeTask, parts: TokenParts, sink: RunSink): void {
  try {
    const count = task.kind === 'tokenize' ? tokenize(task, parts, sink) : detokenize(task, parts, sink);
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

function tokenize(task: TokenizeTask, { model, renderPrompt }: TokenParts, sink: RunSink): number {
  const { prompt, specialTokens } = task;
  const bare = prompt.kind === 'raw' && (!specialTokens || prompt.text === '');
  const tokens = bare ? model.tokenize(prompt.text, false) : renderPrompt(prompt);
  sink.chunk({ type: 'tokens', tokens, pieces: tokens.map((token) => model.detokenize([token], true)) });
  return tokens.length;
}

function detokenize({ tokens }: DetokenizeTask, { model }: TokenParts, sink: RunSink): number {
  // llama.cpp ends the whole process for a number that is no token.
  const vocabulary = model.fileInfo.metadata.tokenizer.ggml.tokens.length;
  const known = (token: number): token is Token => Number.isInteger(token) && token >= 0 && token < vocabulary;
  const text = model.detokenize(
    tokens.map((token) => {
      if (known(token)) return token;
      throw new ParleyError('invalid_request', `The model has no token ${String(token)}.`, { param: 'tokens' });
    }),
    true,
  );
  sink.chunk({ type: 'detokenized', text });
  return tokens.length;
}
