import { fileURLToPath } from 'node:url';
import type { ModelFacts, RunnerSpec } from '../../../src/inference/runners/protocol.js';
import { DEFAULT_DEADLINES } from '../../../src/inference/runners/runner-deadlines.js';
import { runnerEnvironment } from '../../../src/inference/runners/runner-environment.js';
import { RunnerProcess } from '../../../src/inference/runners/runner-process.js';
import type { Run } from '../../../src/inference/runners/runner.js';
import type { SpeechPiece, SpeechStarted, TextToSpeechTask } from '../../../src/inference/speech-tasks.js';

function path(relative: string): string {
  return fileURLToPath(new URL(`../../../${relative}`, import.meta.url));
}

export const STARTER_VOICE = path('models/starter/starter-voice');

export interface Speech {
  readonly started: SpeechStarted;
  readonly pieces: readonly SpeechPiece[];
  /** The whole file. */
  readonly file: Buffer;
  /** Of sound, as the pieces say. */
  readonly seconds: number;
}

export function speechTask(text: string, options: Partial<TextToSpeechTask> = {}): TextToSpeechTask {
  return { kind: 'text-to-speech', model: 'voice', text, speed: 1, format: 'wav', sampling: {}, ...options };
}

/** A real process that runs the real engine over a voice's folder. */
export class PiperRunner {
  readonly runner: RunnerProcess;
  stderr = '';

  constructor(spec: Partial<RunnerSpec> = {}, environment: Readonly<Record<string, string>> = {}) {
    this.runner = new RunnerProcess(
      {
        model: 'voice',
        engine: 'piper',
        tasks: ['text-to-speech'],
        path: STARTER_VOICE,
        contextSize: 1024,
        slots: null,
        kvBudgetBytes: 2 ** 30,
        threads: null,
        cpuCount: 2,
        ...spec,
      },
      {
        script: path('dist/runner.main.js'),
        env: runnerEnvironment('piper', { PATH: process.env.PATH ?? '', ...environment }),
        deadlines: DEFAULT_DEADLINES,
        onStderr: (_, text) => (this.stderr += text),
      },
    );
  }

  async load(): Promise<ModelFacts> {
    await this.runner.size();
    return this.runner.load(() => undefined);
  }

  begin(text: string, options: Partial<TextToSpeechTask> = {}): Run {
    return this.runner.run(speechTask(text, options), 'alice');
  }

  async say(text: string, options: Partial<TextToSpeechTask> = {}): Promise<Speech> {
    let started: SpeechStarted | undefined;
    const pieces: SpeechPiece[] = [];
    let finished = false;
    for await (const chunk of this.begin(text, options).chunks) {
      if (chunk.type === 'speech') started = chunk;
      else if (chunk.type === 'audio') pieces.push(chunk);
      finished = chunk.type === 'finished';
    }
    if (started === undefined || !finished) throw new Error('a run without its beginning or its end');
    const seconds = pieces.reduce((sum, piece) => sum + piece.seconds, 0);
    return { started, pieces, file: Buffer.concat(pieces.map(({ bytes }) => bytes)), seconds };
  }

  stop(): Promise<void> {
    return this.runner.stop();
  }
}
