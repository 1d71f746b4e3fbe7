import { fileURLToPath } from 'node:url';
import type { ModelFacts, RunnerSpec } from '../../../src/inference/runners/protocol.js';
import { DEFAULT_DEADLINES, type RunnerDeadlines } from '../../../src/inference/runners/runner-deadlines.js';
import { runnerEnvironment } from '../../../src/inference/runners/runner-environment.js';
import { RunnerProcess } from '../../../src/inference/runners/runner-process.js';
import type { Run } from '../../../src/inference/runners/runner.js';
import type { TextFinished, TextGenerationTask, TextStarted } from '../../../src/inference/text-tasks.js';

function path(relative: string): string {
  return fileURLToPath(new URL(`../../../${relative}`, import.meta.url));
}

export const STARTER = path('models/starter/starter-chat/starter-chat-q8_0.gguf');

export interface Answer {
  readonly started: TextStarted;
  readonly pieces: readonly string[];
  readonly text: string;
  readonly finished: TextFinished;
}

/** Everything that a run gives. */
export async function answerOf(run: Run): Promise<Answer> {
  let started: TextStarted | undefined;
  let finished: TextFinished | undefined;
  const pieces: string[] = [];
  for await (const chunk of run.chunks) {
    if (chunk.type === 'started') started = chunk;
    else if (chunk.type === 'text') pieces.push(chunk.text);
    else if (chunk.type === 'finished' && 'cachedTokens' in chunk) finished = chunk;
  }
  if (started === undefined || finished === undefined) throw new Error('a run without its start or its end');
  return { started, pieces, text: pieces.join(''), finished };
}

/** A real process that runs the real engine over the starter model. */
export class LlamaRunner {
  readonly runner: RunnerProcess;
  stderr = '';

  private constructor(spec: Partial<RunnerSpec>, deadlines: Partial<RunnerDeadlines> = {}) {
    this.runner = new RunnerProcess(
      {
        model: 'starter-chat',
        engine: 'llama',
        tasks: ['text-generation'],
        path: STARTER,
        contextSize: 1024,
        slots: 4,
        kvBudgetBytes: 2 ** 30,
        threads: [{ tokens: 1, threads: 1 }],
        cpuCount: 2,
        ...spec,
      },
      {
        script: path('dist/runner.main.js'),
        env: runnerEnvironment('llama', { PATH: process.env.PATH ?? '' }),
        deadlines: { ...DEFAULT_DEADLINES, ...deadlines },
        onStderr: (_, text) => (this.stderr += text),
      },
    );
  }

  static async load(
    spec: Partial<RunnerSpec> = {},
    deadlines: Partial<RunnerDeadlines> = {},
  ): Promise<{ llama: LlamaRunner; facts: ModelFacts }> {
    const llama = new LlamaRunner(spec, deadlines);
    await llama.runner.size();
    return { llama, facts: await llama.runner.load(() => undefined) };
  }

  static create(spec: Partial<RunnerSpec>): LlamaRunner {
    return new LlamaRunner(spec);
  }

  ask(task: TextGenerationTask, scope = 'alice'): Promise<Answer> {
    return answerOf(this.runner.run(task, scope));
  }

  stop(): Promise<void> {
    return this.runner.stop();
  }
}
