import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { get, send } from '../support/http.js';
import { showJob, untilState } from '../support/job-client.js';
import { generateLater, IMAGE_MODEL, LONG_DRAWING, untilSteps } from '../support/picture-client.js';
import { ask, LONG, LONG_ANSWER } from '../support/questions.js';
import { startServer, type Server } from '../support/server.js';
import { firstPiece, readToEnd, sseEvents } from '../support/streaming.js';

let server: Server;

beforeAll(async () => {
  server = await startServer({ env: { PRELOAD_MODELS: `starter-chat,${IMAGE_MODEL}` } });
});
afterAll(() => server.stop());

const textOf = (stream: string): string =>
  sseEvents(stream)
    .filter((event) => event !== '[DONE]')
    .map((event) => JSON.parse(event) as { choices: { delta: { content?: string } }[] })
    .map(({ choices }) => choices[0]?.delta.content ?? '')
    .join('');

describe('while a picture is drawn', { timeout: 180_000 }, () => {
  it('probes answer, a text begins, goes on and ends, and the picture goes on, too', async () => {
    const id = await generateLater(server, LONG_DRAWING);
    const before = (await untilSteps(server.url, id, 1)).progress?.done ?? 0;

    for (const path of ['/healthz/live', '/healthz/ready'])
      expect((await get(`${server.url}${path}`)).status).toBe(200);
    const response = await ask(server, 'openai', LONG, true).response;
    expect(response.statusCode).toBe(200);
    await firstPiece(response);
    expect((await get(`${server.url}/healthz/live`)).status).toBe(200);
    const { text, complete } = await readToEnd(response);
    expect(complete).toBe(true);
    expect(sseEvents(text).at(-1)).toBe('[DONE]');
    expect(textOf(text)).toBe(LONG_ANSWER);

    const job = await showJob(server.url, id);
    expect(job.state).toBe('active'); // the text did not have to wait for it
    await untilSteps(server.url, id, before + 1);
    await send(`${server.url}/jobs/${id}`, 'DELETE');
    await untilState(server.url, id, 'cancelled');
  });

  it('a text that is being written goes on while one begins to be drawn', async () => {
    const response = await ask(server, 'openai', LONG, true).response;
    await firstPiece(response); // the stream is held up here by its reader
    const id = await generateLater(server, LONG_DRAWING);
    await untilSteps(server.url, id, 1);
    expect(textOf((await readToEnd(response)).text)).toBe(LONG_ANSWER);
    expect((await showJob(server.url, id)).state).toBe('active');
    await send(`${server.url}/jobs/${id}`, 'DELETE');
    await untilState(server.url, id, 'cancelled');
  });
});
