import { setImmediate } from 'node:timers/promises';
import { ParleyError } from '../../errors.js';
import type { ModelFacts, RunnerSpec } from '../../runners/protocol.js';
import type { Task } from '../../tasks.js';
import type { TextToSpeechTask } from '../../speech-tasks.js';
import { InitError, type Engine, type RunSink } from '../engine.js';
import { threadCount } from '../onnx/thread-count.js';
import { Turns } from '../onnx/turns.js';
import { RunControl } from '../onnx/run-control.js';
import { planVoice } from './plan-voice.js';
import { speak } from './speech-run.js';
import type { Voice, VoicePlan } from './voice.js';

/** Memory of a loaded voice for each byte of its files, the weights and their packed copy. */
const BYTES_PER_FILE_BYTE = 2;
/** The process, and what encoders and a long sentence take: 109 MB after loading and up to 204 MB were measured. */
const WORKING_BYTES = 200 * 1024 ** 2;

interface Request {
  readonly control: RunControl;
  /** Ends espeak-ng; the model itself cannot be interrupted. */
  readonly stop: AbortController;
}

/**
 * Voices in ONNX: Piper's, MMS and Kokoro. One request at a time (`slots` is 1): a run takes all threads and blocks the
 * process. Sentences are made far faster than they are heard, so a second request waits for seconds at most.
 */
class PiperEngine implements Engine {
  steps = 0;
  private plan: VoicePlan | undefined;
  private voice: Voice | undefined;
  private readonly turns = new Turns();
  private readonly requests = new Map<number, Request>();

  constructor(private readonly spec: RunnerSpec) {}

  async size(): Promise<number> {
    this.plan = await planVoice(this.spec.path, this.spec.files);
    return Math.round(this.plan.bytes * BYTES_PER_FILE_BYTE) + WORKING_BYTES;
  }

  async load(onProgress: (fraction: number) => void): Promise<Omit<ModelFacts, 'memoryBytes'>> {
    if (this.plan === undefined) throw new InitError('failed', 'load before size');
    this.voice = await this.plan.load(threadCount(this.spec));
    onProgress(1);
    return { context: null, slots: 1, threads: null, gpuLayers: 0, gpuName: null };
  }

  start(id: number, task: Task, _cacheScope: string, sink: RunSink): void {
    const { voice } = this;
    if (voice === undefined || task.kind !== 'text-to-speech') {
      sink.fail('invalid_request', `This model does not do "${task.kind}".`, 'model');
      return;
    }
    const request = { control: new RunControl(), stop: new AbortController() };
    this.requests.set(id, request);
    void this.turns.take(() => this.answer(voice, task, request, sink)).finally(() => this.requests.delete(id));
  }

  abort(id: number): void {
    const request = this.requests.get(id);
    request?.control.abort();
    request?.stop.abort();
  }

  pause(id: number): void {
    this.requests.get(id)?.control.pause();
  }

  resume(id: number): void {
    this.requests.get(id)?.control.resume();
  }

  /** Never rejects: what goes wrong is the request's. */
  private async answer(voice: Voice, task: TextToSpeechTask, { control, stop }: Request, sink: RunSink): Promise<void> {
    const checkpoint = async (): Promise<void> => {
      // Messages of the parent, an abort among them, are only received between two runs.
      await setImmediate();
      await control.turn();
    };
    try {
      await checkpoint();
      for await (const chunk of speak({ voice, task, signal: stop.signal, checkpoint })) {
        if (control.aborted) return;
        if (chunk.type === 'audio') this.steps++;
        sink.chunk(chunk);
      }
      sink.done();
    } catch (error) {
      if (control.aborted) return;
      if (error instanceof ParleyError) sink.fail(error.code, error.message, error.param);
      else {
        console.error('a text could not be spoken', error);
        sink.fail('internal', 'The model failed while speaking.');
      }
    }
  }
}

export function createPiperEngine(spec: RunnerSpec): Engine {
  return new PiperEngine(spec);
}
