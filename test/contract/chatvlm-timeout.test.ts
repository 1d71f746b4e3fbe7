import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectDetail, messageOf } from '../support/error-shapes.js';
import { postForm, type FormFile } from '../support/forms.js';
import type { Answer } from '../support/http.js';
import { listJobs } from '../support/job-client.js';
import { printed } from '../support/printed.js';
import { freeze, runnerOf, thaw } from '../support/processes.js';
import { startServer, type Server } from '../support/server.js';

const TEXT = 'Never mind the clock';

let server: Server;
let page: FormFile;

beforeAll(async () => {
  page = { name: 'page.png', bytes: await printed([TEXT], 480).png().toBuffer() };
  server = await startServer({ env: { PRELOAD_MODELS: 'starter-ocr', CHATVLM_TIMEOUT: '4' } });
});
afterAll(() => server.stop());

const read = (): Promise<Answer> => postForm(`${server.url}/chatvlm/ocr`, {}, [['file', page]]);
const batch = (): Promise<Answer> => postForm(`${server.url}/chatvlm/batch/ocr`, {}, [['files', page]]);

/** What a request is answered while its model does not answer, and whether the model answers afterwards. */
async function whileFrozen(ask: () => Promise<Answer>): Promise<Answer> {
  const runner = await runnerOf(server.pid);
  freeze(runner);
  try {
    return await ask();
  } finally {
    thaw(runner);
  }
}

describe('a request of chatvlm that takes longer than CHATVLM_TIMEOUT', () => {
  it('is answered with 504, and its work ends', async () => {
    const answer = await whileFrozen(read);
    expectDetail(answer, 504);
    expect(messageOf(answer)).toContain('longer than 4 s');
    expect((await read()).body).toMatchObject({ text: TEXT });
  });

  it('is answered with 504 as a batch, whose job is cancelled', async () => {
    const answer = await whileFrozen(batch);
    expectDetail(answer, 504);
    const states = (await listJobs(server.url)).map(({ kind, state }) => `${kind} ${state}`);
    expect(states).toContain('batch-ocr cancelled');
    expect((await batch()).body).toMatchObject({ successful: 1, failed: 0 });
  });
});
