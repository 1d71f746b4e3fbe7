import { setImmediate } from 'node:timers/promises';
import { ParleyError } from '../../errors.js';
import type { RunSink } from '../engine.js';
import { Preparations, type CostlyPreparation, type Preparation } from '../text/preparation/preparations.js';
import { Turns } from './turns.js';

/** Ends the work on a request that nobody waits for any more. */
class Aborted extends Error {
  override readonly name = 'Aborted';
}

/** What one request's work is given. */
export interface OneRun {
  /** For the part of the work that reads texts, before any native run. */
  readonly preparation: Preparation;
  /** Called between two native runs, during which nothing else happens in the process. Throws to end the work. */
  readonly checkpoint: () => Promise<void>;
  /** As `checkpoint`, where nothing was done that counts as a step. */
  readonly throwIfAborted: () => void;
}

/**
 * The requests of an engine whose runs take all threads and block the process: one after the other, each ended between
 * two runs once nobody waits for it.
 */
export class OneAtATime {
  /** See `Engine.steps`. */
  steps = 0;
  private readonly turns = new Turns();
  /** Requests that have been started, neither ended nor aborted. */
  private readonly wanted = new Set<number>();
  private readonly preparations = new Preparations();

  get costlyPreparations(): readonly CostlyPreparation[] {
    return this.preparations.costly;
  }

  /** `failure` is what a client is told of an error that is not its own. */
  start(id: number, sink: RunSink, failure: string, work: (run: OneRun) => Promise<void>): void {
    this.wanted.add(id);
    void this.turns
      .take(() => this.run(id, sink, work))
      .catch((error: unknown) => {
        if (error instanceof Aborted || !this.wanted.has(id)) return;
        if (error instanceof ParleyError) sink.fail(error.code, error.message, error.param);
        else {
          console.error(failure, error);
          sink.fail('internal', failure);
        }
      })
      .finally(() => {
        this.wanted.delete(id);
        this.preparations.end(id);
      });
  }

  abort(id: number): void {
    this.wanted.delete(id);
    this.preparations.abort(id);
  }

  private async run(id: number, sink: RunSink, work: (run: OneRun) => Promise<void>): Promise<void> {
    const throwIfAborted = (): void => {
      if (!this.wanted.has(id)) throw new Aborted();
    };
    const checkpoint = async (): Promise<void> => {
      this.steps++;
      // Messages of the parent, an abort among them, are only received between two runs.
      await setImmediate();
      throwIfAborted();
    };
    throwIfAborted();
    await work({ preparation: this.preparations.begin(id, String(id)), checkpoint, throwIfAborted });
    throwIfAborted();
    sink.done();
  }
}
