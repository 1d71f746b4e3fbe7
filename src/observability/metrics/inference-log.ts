import { Logger } from '@nestjs/common';
import type { EvictionReason, InferenceObserver, RejectionReason } from '../../inference/observer.js';

/** What an operator wants to read of the core: models that come, go and fail. */
export class InferenceLog implements InferenceObserver {
  private readonly logger = new Logger('Models');

  modelLoaded(model: string, seconds: number): void {
    this.logger.log(`${model} loaded in ${seconds.toFixed(1)} s`);
  }

  modelLoadFailed(model: string, reason: string, detail: string): void {
    this.logger.warn(`${model} not loaded: ${reason}${detail === '' ? '' : `\n${detail}`}`);
  }

  modelUnloaded(model: string, reason: EvictionReason): void {
    this.logger.log(`${model} unloaded: ${reason}`);
  }

  runnerEnded(model: string, reason: string): void {
    this.logger.warn(`the runner of ${model} ended unexpectedly: ${reason}`);
  }

  rejected(reason: RejectionReason, model: string): void {
    this.logger.debug(`request for ${model} refused: ${reason}`);
  }

  requestEnded(): void {
    // the access log has a line for each request
  }

  interToken(): void {
    // far too many to log
  }
}
