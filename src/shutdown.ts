import type { Server } from 'node:http';
import type { INestApplication } from '@nestjs/common';
import type { Logger } from 'pino';
import type { InferenceService } from './inference/inference.service.js';
import type { Workers } from './jobs/workers.js';
import type { Store } from './store/store.js';

const POLL_MS = 50;
/** How long the end itself may take once nothing runs any more: putting jobs back, closing the store. */
const LAST_STEPS_MS = 20_000;
/** How long answers that are complete may take to leave. */
const LAST_WORDS_MS = 1000;

interface Draining {
  readonly app: INestApplication;
  readonly inference: InferenceService;
  readonly workers: Workers;
  readonly store: Store;
  readonly extraServers: readonly Server[];
  readonly drainSeconds: number;
  readonly logger: Logger;
}

function busy(inference: InferenceService): number {
  return inference.queueInfo().reduce((sum, queue) => sum + queue.running + queue.waiting, 0);
}

async function drain({ app, inference, workers, store, extraServers, drainSeconds, logger }: Draining): Promise<void> {
  inference.beginDrain();
  logger.info({ running: busy(inference), drainSeconds }, 'draining');
  const deadline = Date.now() + drainSeconds * 1000;
  while (busy(inference) > 0 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  setTimeout(() => {
    logger.error('the shutdown hangs: ending now');
    process.exit(1);
  }, LAST_STEPS_MS).unref();
  await workers.stop(); // before the models end: a job that loses its model would fail instead of being put back
  await inference.close();
  await closeListeners(app, extraServers);
  await store.close();
}

/** Stops listening. What is still being sent may leave; a connection that only sits there does not hold up the end. */
async function closeListeners(app: INestApplication, extraServers: readonly Server[]): Promise<void> {
  const servers = [app.getHttpServer() as Server, ...extraServers];
  const hurry = setTimeout(() => servers.forEach((server) => server.closeAllConnections()), LAST_WORDS_MS);
  for (const server of extraServers) server.close();
  await app.close();
  clearTimeout(hurry);
}

/** SIGTERM and SIGINT: refuse new work, let running answers finish, end the runners, exit 0. A second one hurries. */
export function drainOnSignals(draining: Draining): void {
  let signals = 0;
  const onSignal = (): void => {
    if (++signals > 1) {
      void draining.inference.close().finally(() => process.exit(0));
      return;
    }
    drain(draining).then(
      () => process.exit(0),
      (error: unknown) => {
        draining.logger.error(error, 'shutdown failed');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}
