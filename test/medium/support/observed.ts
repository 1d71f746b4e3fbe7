import type { EvictionReason, InferenceObserver, RequestReport } from '../../../src/inference/observer.js';

/** Writes down what the core tells. */
export class Observed implements InferenceObserver {
  readonly requests: RequestReport[] = [];
  /** One line an event, in order. */
  readonly events: string[] = [];

  requestEnded(report: RequestReport): void {
    this.requests.push(report);
  }

  interToken(): void {
    // measured elsewhere
  }

  rejected(reason: 'overloaded' | 'draining', model: string): void {
    this.events.push(`rejected ${model}: ${reason}`);
  }

  modelLoaded(model: string): void {
    this.events.push(`loaded ${model}`);
  }

  modelLoadFailed(model: string): void {
    this.events.push(`load failed ${model}`);
  }

  modelUnloaded(model: string, reason: EvictionReason): void {
    this.events.push(`unloaded ${model}: ${reason}`);
  }

  runnerEnded(model: string, reason: string): void {
    this.events.push(`runner ended ${model}: ${reason}`);
  }
}
