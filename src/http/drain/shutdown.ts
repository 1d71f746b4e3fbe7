import type { Server } from 'node:http';
import type { INestApplication } from '@nestjs/common';
import type { Logger } from 'pino';
import type { OpenAnswers } from './open-answers.js';
import type { InferenceService } from '../../inference/inference.service.js';
import type { Workers } from '../../jobs/core/workers.js';
import type { Store } from '../../storage/store/store.js';

const POLL_MS = 50;
/** How long the end itself may take once nothing runs any more: putting jobs back, closing the store. */
const LAST_STEPS_MS = 20_000;
/** The same for somebody who has asked twice. What is not put back by then is taken up as what a killed process leaves. */
const HURRIED_STEPS_MS = 2000;
/** How long answers that are complete may take to leave. */
const LAST_WORDS_MS = 1000;
const HURRIED_WORDS_MS = 200;

interface Draining {
  readonly app: INestApplication;
  readonly inference: InferenceService;
  readonly answers: OpenAnswers;
  readonly workers: Workers;
  readonly store: Store;
  readonly extraServers: readonly Server[];
  readonly drainSeconds: number;
  readonly logger: Logger;
}

/**
 * Ends the process with 0 on a signal, until there is more to end. Imported first of all: this file may import types alone.
 *
 * @returns what gives this up.
 */
export function exitOnSignals(): () => void {
  const exit = (): void => process.exit(0);
  process.on('SIGTERM', exit).on('SIGINT', exit);
  return () => void process.off('SIGTERM', exit).off('SIGINT', exit);
}

/**
 * The end of the service, on SIGTERM or SIGINT: refuse new work, let answers finish, put jobs back, end the runners, exit
 * with 0. A second signal does not wait for answers, and hardly for the rest; a third for nothing.
 */
export class Shutdown {
  private signals = 0;
  private readonly hurry = new AbortController();

  constructor(private readonly draining: Draining) {}

  get begun(): boolean {
    return this.signals > 0;
  }

  listen(): void {
    process.on('SIGTERM', () => this.onSignal());
    process.on('SIGINT', () => this.onSignal());
  }

  private onSignal(): void {
    this.signals++;
    if (this.signals === 1) void this.end();
    else if (this.signals === 2) this.hurryUp();
    else process.exit(1); // the runners end with their parent
  }

  private async end(): Promise<void> {
    const { logger } = this.draining;
    try {
      await this.untilAnswered();
      setTimeout(() => {
        logger.error('the shutdown hangs: ending now');
        process.exit(1);
      }, LAST_STEPS_MS).unref();
      await this.lastSteps();
      process.exit(0);
    } catch (error) {
      logger.error(error, 'shutdown failed');
      process.exit(1);
    }
  }

  private hurryUp(): void {
    this.hurry.abort();
    setTimeout(() => {
      this.draining.logger.warn('ended in a hurry: jobs that are not back in their queue are taken up a little later');
      process.exit(0);
    }, HURRIED_STEPS_MS).unref();
  }

  private async untilAnswered(): Promise<void> {
    const { inference, answers, drainSeconds, logger } = this.draining;
    inference.beginDrain();
    logger.info({ answers: answers.count, drainSeconds }, 'draining');
    const deadline = performance.now() + drainSeconds * 1000;
    while (answers.count > 0 && performance.now() < deadline && !this.hurry.signal.aborted) {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  private async lastSteps(): Promise<void> {
    const { inference, workers, store } = this.draining;
    await workers.stop(); // before the models end: a job that loses its model would fail instead of being put back
    await inference.close();
    await this.closeListeners();
    await store.close();
  }

  /** Stops listening. What is still being sent may leave; a connection that only sits there does not hold up the end. */
  private async closeListeners(): Promise<void> {
    const { app, extraServers } = this.draining;
    const servers = [app.getHttpServer() as Server, ...extraServers];
    const cut = (): void => servers.forEach((server) => server.closeAllConnections());
    const timer = setTimeout(cut, this.hurry.signal.aborted ? HURRIED_WORDS_MS : LAST_WORDS_MS);
    this.hurry.signal.addEventListener('abort', () => setTimeout(cut, HURRIED_WORDS_MS));
    for (const server of extraServers) server.close();
    await app.close();
    clearTimeout(timer);
  }
}
