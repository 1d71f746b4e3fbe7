import { ParleyError, throwIfAborted } from '../errors.js';
import type { ModelFacts } from '../runners/protocol.js';
import { RunStream } from '../runners/run-stream.js';
import type { RemoteSpec, Run, Runner, RunnerEnd } from '../runners/runner.js';
import type { Chunk, Task } from '../tasks.js';
import { TokenCounter } from './conversation-overflow.js';
import { probe } from './model-probe.js';
import { RunFlow } from './run-flow.js';
import { textAnswer } from './text-run.js';
import { textOfTokens, tokensOf } from './tokens.js';
import type { Upstream } from './upstream.js';
import { brokenError, nonsense } from './upstream-errors.js';
import { embeddings, rankings } from './vectors.js';

/** A server that has answered for its model. */
interface Connected {
  readonly upstream: Upstream;
  readonly counter: TokenCounter;
}

/**
 * A model that another server has. Nothing happens here but the requests to it, so that it takes no memory and never
 * crashes: trouble ends the request that has it, and no other.
 */
export class RemoteRunner implements Runner {
  readonly pid = 0;
  readonly memoryBytes = 0;
  readonly ended: Promise<RunnerEnd>;
  alive = true;
  private readonly loading = new RunFlow();
  private readonly runs = new Map<RunFlow, RunStream>();
  private upstream: Upstream | undefined;
  private connected: Connected | undefined;
  private resolveEnded: (end: RunnerEnd) => void = () => undefined;

  constructor(
    private readonly spec: RemoteSpec,
    /** Throws `model_load_failed` when the server's key cannot be read. */
    private readonly connect: () => Upstream,
  ) {
    this.ended = new Promise((resolve) => (this.resolveEnded = resolve));
  }

  size(): Promise<number> {
    return Promise.resolve(0);
  }

  async load(): Promise<ModelFacts> {
    const { contextSize: wanted, remote } = this.spec;
    throwIfAborted(this.loading.signal);
    this.upstream = this.connect();
    const probed = await probe(this.upstream, this.loading.signal);
    const size = wanted ?? probed.contextSize;
    this.connected = { upstream: this.upstream, counter: new TokenCounter(this.upstream, size) };
    return {
      context: size === null ? null : { size, trained: probed.contextSize ?? size },
      slots: remote.slots,
      threads: null,
      gpuLayers: 0,
      gpuName: null,
      memoryBytes: 0,
    };
  }

  /** `cacheScope` stays here: a server that keeps caches across keys is the operator's choice. */
  run(task: Task, _cacheScope: string, headers: Readonly<Record<string, string>> = {}): Run {
    const flow = new RunFlow();
    const chunks = new RunStream(flow);
    if (!this.alive || this.connected === undefined) {
      chunks.close(this.unloaded());
      return { chunks, abort: () => undefined };
    }
    this.runs.set(flow, chunks);
    const { upstream, counter } = this.connected;
    void this.answer(task, { upstream: upstream.with(headers), counter }, flow, chunks);
    const abort = (): void => {
      if (this.runs.delete(flow)) flow.abort();
    };
    return { chunks, abort };
  }

  async stop(): Promise<void> {
    const running = [...this.runs];
    this.runs.clear();
    this.alive = false;
    for (const [flow, chunks] of running) {
      chunks.close(this.unloaded());
      flow.abort();
    }
    this.loading.abort();
    await this.upstream?.close();
    this.resolveEnded({ expected: true, reason: 'it was unloaded' });
  }

  private async answer(task: Task, connected: Connected, flow: RunFlow, chunks: RunStream): Promise<void> {
    try {
      for await (const chunk of chunksOf(task, connected, flow)) {
        chunks.push(chunk);
      }
      this.runs.delete(flow);
      chunks.close(null);
    } catch (error) {
      this.runs.delete(flow);
      chunks.close(brokenError(this.spec.model, error));
    }
  }

  private unloaded(): ParleyError {
    return new ParleyError('model_not_loaded', `The model "${this.spec.model}" was unloaded while it was answering.`);
  }
}

async function* chunksOf(task: Task, { upstream, counter }: Connected, flow: RunFlow): AsyncGenerator<Chunk, void> {
  switch (task.kind) {
    case 'text-generation':
    case 'image-text-to-text':
      return yield* textAnswer(upstream, task, counter, flow);
    case 'feature-extraction':
      return yield* embeddings(upstream, task, flow.signal);
    case 'text-ranking':
      return yield* rankings(upstream, task, flow.signal);
    case 'tokenize':
      yield await tokensOf(upstream, task, flow.signal);
      yield NOTHING_COUNTED;
      return;
    case 'detokenize':
      yield await textOfTokens(upstream, task, flow.signal);
      yield NOTHING_COUNTED;
      return;
    case 'image-to-text':
    case 'text-to-image':
    case 'image-to-image':
    case 'text-to-speech':
      throw nonsense(upstream.model, `cannot do ${task.kind}`); // the catalogue lets no such entry in
  }
}

const NOTHING_COUNTED = { type: 'finished', finishReason: 'stop', promptTokens: 0, completionTokens: 0 } as const;
