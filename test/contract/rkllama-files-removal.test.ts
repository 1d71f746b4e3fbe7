import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refusesUnreadableBodies } from '../support/broken-bodies.js';
import { expectError, messageOf } from '../support/error-shapes.js';
import { del, get, post, sendJson, type Answer } from '../support/http.js';
import { HALFWAY, HubService, TALKING, type NewFile } from '../support/hub-service.js';
import { listJobs, untilJob } from '../support/job-client.js';
import { childrenOf, isRunning } from '../support/processes.js';
import { STARTER_FILE } from '../support/server.js';
import { open, readToEnd } from '../support/streaming.js';

const TROUBLE = 'Erreur pendant le téléchargement : ';
const REMOVED = { message: 'Le modèle a été supprimé avec succès.' };
const REMOVALS = [
  ['POST', '/rkllama/rm'],
  ['DELETE', '/rkllama/rm'],
] as const;

let service: HubService;

beforeAll(async () => {
  service = await HubService.start();
});
afterAll(() => service.stop());

const url = (path: string): string => `${service.url}/rkllama${path}`;
const load = (name: string): Promise<Answer> => post(url('/load_model'), { model_name: name });

async function models(): Promise<string[]> {
  return ((await get(url('/models'))).body as { models: string[] }).models;
}

/** What there is of a model's files, complete or not. */
function filesOf({ repo }: NewFile): string[] {
  return service.files().filter((file) => file.startsWith(`${repo}/`) || file.startsWith('.'));
}

async function pulled(): Promise<NewFile> {
  const file = await service.newFile(TALKING);
  expect((await post(url('/pull'), { model: file.model })).text).toMatch(/\n100%\n$/);
  return file;
}

describe.each(REMOVALS)('%s %s', (method, path) => {
  const remove = (model: string): Promise<Answer> => sendJson(`${service.url}${path}`, method, { model });

  it.each([(file: string) => file, (file: string) => file.replace('.gguf', '')])(
    'removes a model and its files (%#)',
    async (nameOf) => {
      const file = await pulled();
      const answer = await remove(nameOf(file.file));
      expect(answer).toMatchObject({ status: 200, type: 'application/json' });
      expect(answer.body).toEqual(REMOVED);
      expect(await models()).not.toContain(file.file);
      expect(existsSync(join(service.server.modelsDir, file.repo))).toBe(false);
      expect((await remove(file.file)).body).toEqual({ error: `Le modèle : ${file.file} est introuvable.` });
      expect((await load(file.file)).status).toBe(400);
    },
  );

  it('unloads the model first, and it is no longer the current one', async () => {
    const { file } = await pulled();
    const before = childrenOf(service.server.pid);
    await load(file);
    const [runner = 0] = childrenOf(service.server.pid).filter((pid) => !before.includes(pid));
    expect(isRunning(runner)).toBe(true);
    expect((await remove(file)).body).toEqual(REMOVED);
    expect(isRunning(runner)).toBe(false);
    expect((await get(url('/current_model'))).status).toBe(404);
  });

  it.each(['no-such-model', 'Llama3-8B', '../starter-chat', 'user/repo', '/etc/passwd', '..', '__proto__'])(
    'does not find %s',
    async (name) => {
      const before = service.files();
      const answer = await remove(name);
      expect(answer).toMatchObject({ status: 404, type: 'application/json' });
      expect(answer.body).toEqual({ error: `Le modèle : ${name} est introuvable.` });
      expect(service.files()).toEqual(before);
    },
  );

  it.each(['starter-chat', 'starter-chat.gguf'])('refuses the starter model as %s', async (name) => {
    expectError(await remove(name), 'rkllama', 403);
    expect(existsSync(STARTER_FILE)).toBe(true);
    expect(await models()).toContain('starter-chat');
  });

  it.each([{}, { model: '' }, { model: null }, { model: 7 }, { model_name: 'starter-chat' }])(
    'refuses %j, naming the field',
    async (body) => {
      const answer = await sendJson(`${service.url}${path}`, method, body);
      expectError(answer, 'rkllama', 400);
      expect(messageOf(answer)).toContain('model');
    },
  );
});

describe('removing a model while it is being downloaded', () => {
  const forms = [(file: string) => file, (file: string) => file.replace('.gguf', '')];
  const cases = forms.flatMap((nameOf) => [
    ...REMOVALS.map(([method, path]) => ({ method, path, field: 'model', nameOf })),
    { method: 'DELETE', path: '/ml-backend/model/delete', field: 'model_name', nameOf },
  ]);

  it.each(cases)('by $method $path ends the download ($#)', async ({ method, path, field, nameOf }) => {
    const file = await service.newFile(TALKING);
    const hold = service.hub.hold(file.key, HALFWAY);
    const response = await open(url('/pull'), { model: file.model }).response;
    await hold.reached;
    const [{ id } = { id: '' }] = await listJobs(service.url, '?kind=pull&limit=1');

    const answer = await sendJson(`${service.url}${path}`, method, { [field]: nameOf(file.file) });
    expect({ status: answer.status, body: answer.body }).toEqual({
      status: 200,
      body: path.endsWith('/rm') ? REMOVED : null,
    });
    expect(filesOf(file)).toEqual([]);
    expect(await models()).not.toContain(file.file);

    const { text, complete } = await readToEnd(response);
    expect(complete).toBe(true);
    expect(text).toContain(`\n${TROUBLE}`);
    expect(text).not.toContain('100%');
    const job = await untilJob(service.url, id, ({ finished_at }) => finished_at !== null);
    expect(job).toMatchObject({ state: 'cancelled', result_url: null });
    expect((await sendJson(`${service.url}${path}`, method, { [field]: file.file })).status).toBe(404);
  });
});

describe('DELETE /model/delete', () => {
  it('removes a pulled model as /rm does', async () => {
    const file = await pulled();
    const answer = await del(`${service.url}/model/delete`, { model_name: file.file });
    expect({ status: answer.status, text: answer.text }).toEqual({ status: 200, text: 'null' });
    expect(filesOf(file)).toEqual([]);
    expect(await models()).not.toContain(file.file);
  });
});

describe('bodies that cannot be read', () => {
  refusesUnreadableBodies('rkllama', () => url('/rm'), 'DELETE');
});
