import { afterEach, describe, it } from 'vitest';
import { get, post } from '../support/http.js';
import { generateLater, IMAGE_MODEL, SMALL, untilSteps } from '../support/picture-client.js';
import { childrenOf, freeze, isRunner, isRunning } from '../support/processes.js';
import { ask, LONG } from '../support/questions.js';
import { startServer, type Server } from '../support/server.js';
import { firstPiece } from '../support/streaming.js';
import { until } from '../support/wait.js';

let server: Server | undefined;
afterEach(() => server?.stop());

/** The process that comes while something is asked for, which need not have been answered. */
async function born(parent: Server, cause: () => Promise<unknown>): Promise<number> {
  const before = new Set(childrenOf(parent.pid));
  void cause().catch(() => undefined);
  return until('a new runner', () => childrenOf(parent.pid).find((pid) => !before.has(pid) && isRunner(pid)));
}

function launch({ url }: Server, model: string): Promise<unknown> {
  return post(`${url}/model/launch`, { model_name: model });
}

async function untilLoaded({ url }: Server, model: string): Promise<void> {
  await until(model, async () => ((await get(`${url}/model/getactive`)).body as string[]).includes(model) || undefined);
}

describe('kill -9 of the service', () => {
  it('leaves no runner behind: none that is idle, decodes, draws, loads or stands still', async () => {
    const running = await startServer({ env: { PRELOAD_MODELS: '' } });
    server = running;
    const idle = await born(running, () => launch(running, 'starter-embed'));
    await untilLoaded(running, 'starter-embed');
    const still = await born(running, () => launch(running, 'starter-ocr'));
    await untilLoaded(running, 'starter-ocr');
    freeze(still); // its event loop will never tell it that the service is gone
    const drawing = await born(running, () => launch(running, IMAGE_MODEL));
    await untilLoaded(running, IMAGE_MODEL);
    const loading = await born(running, () => launch(running, 'starter-voice'));
    freeze(loading);
    const decoding = await born(running, () => launch(running, 'starter-chat'));
    await untilLoaded(running, 'starter-chat');
    await untilSteps(running.url, await generateLater(running, { ...SMALL, steps: 200 }), 1);
    await firstPiece(await ask(running, 'openai', LONG, true).response);

    running.signal('SIGKILL');
    await running.exit;
    const runners = { idle, still, drawing, loading, decoding };
    for (const [state, pid] of Object.entries(runners)) {
      await until(`the runner that was ${state} to end`, () => !isRunning(pid) || undefined);
    }
  });
});
