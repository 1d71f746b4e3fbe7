import { statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { get, post } from '../support/http.js';
import { HALFWAY, HubService, TALKING, TALKING_BYTES, type NewFile } from '../support/hub-service.js';
import { acceptedJob, LATER, listJobs, showJob, untilState } from '../support/job-client.js';
import { open, readToEnd } from '../support/streaming.js';
import { until } from '../support/wait.js';

const PATIENCE = { timeout: 150_000 };

const CATALOGUE = [
  {
    id: 'talk',
    title: 'Talk',
    engine: 'llama',
    tasks: ['text-generation'],
    hub: { repo: 'user/talk', files: ['talk.gguf'] },
  },
];
const TALK = 'user/talk/talk.gguf';

let service: HubService | undefined;
afterEach(() => service?.stop());

async function start(): Promise<HubService> {
  const started = await HubService.start({
    repos: { 'user/talk': { 'talk.gguf': TALKING } },
    catalogue: CATALOGUE,
    env: { PRELOAD_MODELS: '', DRAIN_SECONDS: '1' },
  });
  service = started;
  return started;
}

/** The hub has sent half of the file; waits until some of it is on the disk. */
function untilSomeIsKept(service: HubService): Promise<unknown> {
  return until('a partial download', () => {
    const partial = service.files().find((file) => file.endsWith('.partial'));
    return partial !== undefined && statSync(join(service.server.modelsDir, partial)).size > 0;
  });
}

/** Bytes of the only partial download. */
function partialBytes({ server, files }: { server: HubService['server']; files: string[] }): number {
  const partials = files.filter((file) => file.endsWith('.partial'));
  expect(partials).toHaveLength(1);
  return statSync(join(server.modelsDir, partials[0] ?? '')).size;
}

async function expectAnswers(service: HubService, model: string): Promise<void> {
  const answer = await post(`${service.url}/generate/fromtext`, { model_name: model, prompt: 'Hello!' });
  expect(answer).toMatchObject({ status: 200, text: 'Hello! How can I help you today?' });
}

/** What the second run fetched is what the first had not. */
function expectNothingTwice(service: HubService, key: string, kept: number): void {
  expect(kept).toBeGreaterThan(0);
  const [first, second, ...more] = service.hub.transfersOf(key);
  expect(first).toMatchObject({ status: 200, range: null });
  expect(second).toMatchObject({ status: 206, range: `bytes=${String(kept)}-`, sentBytes: TALKING_BYTES - kept });
  expect(more).toEqual([]);
}

/** A download that stands still halfway, which nobody waits for. */
async function heldPull(service: HubService): Promise<NewFile & { id: string }> {
  const file = await service.newFile(TALKING);
  const hold = service.hub.hold(file.key, HALFWAY);
  const { id } = acceptedJob(await post(`${service.url}/pull`, { model: file.model }, LATER));
  await hold.reached;
  await untilSomeIsKept(service);
  return { ...file, id };
}

describe.each(['SIGKILL', 'SIGTERM'] as const)('%s while a model is being pulled', (signal) => {
  it('and a new start finish the pull, and fetch nothing twice', PATIENCE, async () => {
    const service = await start();
    const { id, key, file } = await heldPull(service);
    const { code } = await service.end(signal);
    expect(code).toBe(signal === 'SIGTERM' ? 0 : null);
    const kept = partialBytes({ server: service.server, files: service.files() });
    await service.startAgain();
    const before = await showJob(service.url, id);
    expect(['queued', 'active', 'completed']).toContain(before.state);
    const job = await untilState(service.url, id, 'completed');
    expect(job.attempts).toBeGreaterThan(1);
    expect(job).toMatchObject({ error: null, created_at: before.created_at });
    expect((await get(`${service.url}/jobs/${id}/result`)).text).toMatch(/^Téléchargement .*\n100%\n$/);
    expectNothingTwice(service, key, kept);
    expect(service.files().filter((path) => path.startsWith('.'))).toEqual([]);
    await expectAnswers(service, file);
  });

  it('and a new start finish a launch', PATIENCE, async () => {
    const service = await start();
    const hold = service.hub.hold(TALK, HALFWAY);
    const { id } = acceptedJob(await post(`${service.url}/model/launch`, { model_name: 'talk' }, LATER));
    await hold.reached;
    await untilSomeIsKept(service);
    await service.end(signal);
    const kept = partialBytes({ server: service.server, files: service.files() });
    await service.startAgain();
    await untilState(service.url, id, 'completed');
    expectNothingTwice(service, TALK, kept);
    expect((await get(`${service.url}/model/getactive`)).body).toEqual(['talk']);
    await expectAnswers(service, 'talk');
  });

  it('and a new start finish what a client waited for', PATIENCE, async () => {
    const service = await start();
    const { key, file, model } = await service.newFile(TALKING);
    const hold = service.hub.hold(key, HALFWAY);
    const waiting = await open(`${service.url}/pull`, { model }).response;
    const reading = readToEnd(waiting);
    await hold.reached;
    const [{ id } = { id: '' }] = await listJobs(service.url, '?kind=pull');
    await service.end(signal);
    expect((await reading).text).not.toContain('100%');
    await service.startAgain();
    await untilState(service.url, id, 'completed');
    await expectAnswers(service, file);
  });
});

describe('SIGTERM', () => {
  it('leaves jobs that wait and what has ended to the next start', PATIENCE, async () => {
    const service = await start();
    const done = await service.newFile();
    const ended = acceptedJob(await post(`${service.url}/pull`, { model: done.model }, LATER));
    await untilState(service.url, ended.id, 'completed');
    const held = [];
    for (let count = 0; count < 4; count++) held.push(await heldPull(service));
    const file = await service.newFile();
    const waiting = acceptedJob(await post(`${service.url}/pull`, { model: file.model }, LATER));
    expect(waiting).toMatchObject({ state: 'queued', position: 1 });
    await service.restart('SIGTERM');
    for (const { id } of [...held, waiting]) await untilState(service.url, id, 'completed');
    expect(service.hub.transfersOf(file.key)).toHaveLength(1);
    expect(service.hub.transfersOf(done.key)).toHaveLength(1);
    const listed = await listJobs(service.url);
    expect(listed.map(({ id }) => id)).toEqual([waiting, ...held.toReversed(), ended].map(({ id }) => id));
  });
});
