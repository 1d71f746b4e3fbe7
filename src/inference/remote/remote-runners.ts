import { readFileSync } from 'node:fs';
import type { KeySource } from '../catalogue/remote-source.js';
import { ParleyError } from '../errors.js';
import type { RemoteSpec, Runner } from '../runners/runner.js';
import { CircuitBreaker } from './circuit-breaker.js';
import { RemoteRunner } from './remote-runner.js';
import { Upstream } from './upstream.js';

export interface RemoteOptions {
  /** Value of an environment variable; null while it is unset or empty. */
  readonly secretOf: (variable: string) => string | null;
  /** Milliseconds, of a clock that only goes forward. */
  readonly now?: () => number;
}

/** Connects to other servers. What is known of one that was away outlives the runners of its model. */
export class RemoteRunners {
  private readonly breakers = new Map<string, CircuitBreaker>();

  constructor(private readonly options: RemoteOptions) {}

  start(spec: RemoteSpec): Runner {
    const { model, remote } = spec;
    return new RemoteRunner(
      spec,
      () => new Upstream(model, remote, this.keyOf(model, remote.key), this.breakerOf(model)),
    );
  }

  private breakerOf(model: string): CircuitBreaker {
    let breaker = this.breakers.get(model);
    if (breaker === undefined) {
      breaker = new CircuitBreaker(model, this.options.now);
      this.breakers.set(model, breaker);
    }
    return breaker;
  }

  /** A file is read at each load, so that a key can be changed without a restart. */
  private keyOf(model: string, source: KeySource | null): string | null {
    if (source === null) return null;
    const key = source.kind === 'env' ? this.options.secretOf(source.name) : contentOf(source.path);
    // What has a line break in it could not be sent.
    if (key !== null && key !== '' && /^[\x21-\x7e]+$/.test(key)) return key;
    const where = source.kind === 'env' ? `the environment variable ${source.name} has none` : 'its file has none';
    throw new ParleyError('model_load_failed', `The model "${model}" needs a key for its server, and ${where}.`);
  }
}

function contentOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return null;
  }
}
