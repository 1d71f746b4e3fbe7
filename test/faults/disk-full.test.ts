import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { expectError } from '../support/error-shapes.js';
import { get, post } from '../support/http.js';
import { HALFWAY, HubService, TALKING, TALKING_BYTES } from '../support/hub-service.js';
import { acceptedJob, LATER, untilState } from '../support/job-client.js';
import { question } from '../support/questions.js';
import { SmallDisk } from '../support/small-disk.js';
import { open, readToEnd } from '../support/streaming.js';

/** More than a pull of the starter model asks for, its reserve included. */
const ENOUGH_MIB = 300;
const KNOWN = {
  id: 'known',
  title: 'Known',
  engine: 'llama',
  tasks: ['text-generation'],
  hub: { repo: 'user/known', files: ['known.gguf'] },
};

let disk: SmallDisk;
let service: HubService;

beforeAll(async () => {
  disk = SmallDisk.create(ENOUGH_MIB);
  const known = join(disk.folder, 'models.yaml');
  writeFileSync(known, JSON.stringify({ models: [KNOWN] })); // JSON is YAML
  service = await HubService.start({
    repos: { 'user/known': { 'known.gguf': TALKING } },
    env: { MODELS_FILE: known, MODELS_DIR: join(disk.folder, 'models'), FILES_DIR: join(disk.folder, 'files') },
  });
});
afterAll(async () => {
  await service.stop();
  disk.remove();
});
beforeEach(() => disk.resize(ENOUGH_MIB));

async function installed(): Promise<string[]> {
  return ((await get(`${service.url}/rkllama/models`)).body as { models: string[] }).models;
}

async function expectText(): Promise<void> {
  const { path, body } = question('openai', 'What is the capital of France?', false);
  expect((await post(`${service.url}${path}`, body)).text).toContain('Paris');
}

it('that fills up during a download costs that download alone, which goes on once there is room', async () => {
  const { key, file, model } = await service.newFile(TALKING);
  const hold = service.hub.hold(key, HALFWAY);
  const response = await open(`${service.url}/rkllama/pull`, { model }).response;
  await hold.reached;
  await disk.leave(64 * 1024);
  hold.release();
  const { text, complete } = await readToEnd(response);
  expect(complete).toBe(true);
  expect(text).toContain('The disk of MODELS_DIR became full during the download');
  expect(text).not.toMatch(/100%/);
  expect(await installed()).not.toContain(file);
  await expectText();

  disk.resize(ENOUGH_MIB);
  const again = await post(`${service.url}/rkllama/pull`, { model });
  expect(again.text).toMatch(/\n100%\n$/);
  expect(await installed()).toContain(file);
  const second = service.hub.transfersOf(key).at(-1);
  expect(second?.status).toBe(206);
  expect(second?.sentBytes).toBeLessThan(TALKING_BYTES);
  const prompt = 'What is the capital of France?';
  const answer = await post(`${service.url}/ml-backend/generate/fromtext`, { model_name: file, prompt });
  expect(answer.text).toBe('The capital of France is Paris.');
});

it('that is too small for a model is told before a byte is fetched', async () => {
  disk.resize(200);
  const launch = await post(`${service.url}/ml-backend/model/launch`, { model_name: 'known' });
  expectError(launch, 'ml-backend', 507);
  expect(service.hub.transfersOf('user/known/known.gguf')).toEqual([]);
});

it('fails a job with a launch that fills it, and does it when it is asked for again', async () => {
  const hold = service.hub.hold('user/known/known.gguf', HALFWAY);
  const launch = post(`${service.url}/ml-backend/model/launch`, { model_name: 'known' });
  await hold.reached;
  await disk.leave(64 * 1024);
  hold.release();
  expectError(await launch, 'ml-backend', 507);
  disk.resize(ENOUGH_MIB);
  expect((await post(`${service.url}/ml-backend/model/launch`, { model_name: 'known' })).status).toBe(200);
});

it('that has no room for what was made fails that job alone, and leaves no half a file', async () => {
  const speech = { model: 'starter-voice', input: 'One two three. Four five six.', response_format: 'wav' };
  await disk.leave(0);
  const job = acceptedJob(await post(`${service.url}/v1/audio/speech`, speech, LATER));
  const { error } = await untilState(service.url, job.id, 'failed');
  expect(error?.code).toBe('insufficient_storage');
  await expectText();
  disk.resize(ENOUGH_MIB);
  expect(
    readdirSync(join(disk.folder, 'files'), { recursive: true, withFileTypes: true }).filter((each) => each.isFile()),
  ).toEqual([]);
  const next = acceptedJob(await post(`${service.url}/v1/audio/speech`, speech, LATER));
  await untilState(service.url, next.id, 'completed');
});
