import type { Server } from 'node:http';
import type { INestApplication } from '@nestjs/common';
import type { Logger } from 'pino';
import type { InferenceService } from './inference/inference.service.js';

const POLL_MS = 50;
/** How long answers that are complete may take to leave. */
const LAST_WORDS_MS = 1000;

interface Draining {
  readonly app: INestApplication;
  readonly inference: InferenceService;
  readonly extraServers: readonly Server[];
  readonly drainSeconds: number;
  readonly logger: Logger;
}

function busy(inference: InferenceService): number {
  return inference.queueInfo().reduce((sum, queue) => sum + queue.running + queue.waiting, 0);
}

async function drain({ app, inference, extraServers, drainSeconds, logger }: Draining): Promise<void> {
  inference.beginDrain();
  logger.info({ running: busy(inference), drainSeconds }, 'draining');
  const deadline = Date.now() + drainSeconds * 1000;
  while (busy(inference) > 0 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  await inference.close();
  await closeListeners(app, extraServers);
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
