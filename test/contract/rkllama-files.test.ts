import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { refusesUnreadableBodies } from '../support/broken-bodies.js';
import { expectError, expectNoLeak, messageOf } from '../support/error-shapes.js';
import { get, post, send, sendJson, type Answer } from '../support/http.js';
import { HALFWAY, HubService, TALKING, TALKING_BYTES, type NewFile } from '../support/hub-service.js';
import { listJobs } from '../support/job-client.js';
import { containing } from '../support/matchers.js';
import { STARTER_FILE } from '../support/server.js';
import { open, readToEnd } from '../support/streaming.js';
import { until } from '../support/wait.js';

const MIB = 1024 ** 2;
const TROUBLE = 'Erreur pendant le téléchargement : ';
const REMOVED = { message: 'Le modèle a été supprimé avec succès.' };
let service: HubService;

beforeAll(async () => {
  service = await HubService.start({
    repos: { 'user/gated': { 'gated.gguf': TALKING }, 'user/known': { 'known-file.gguf': TALKING } },
    catalogue: [
      {
        id: 'known-chat',
        title: 'Known chat',
        engine: 'llama',
        tasks: ['text-generation'],
        hub: { repo: 'user/known', files: ['known-file.gguf'] },
      },
    ],
  });
  service.hub.restrict('user/gated', { gated: true });
});
afterAll(() => service.stop());

const url = (path: string): string => `${service.url}/rkllama${path}`;
const pull = (model: string): Promise<Answer> => post(url('/pull'), { model });
const load = (name: string): Promise<Answer> => post(url('/load_model'), { model_name: name });
const unload = (): Promise<Answer> => send(url('/unload_model'), 'POST');

async function models(): Promise<string[]> {
  return ((await get(url('/models'))).body as { models: string[] }).models;
}

function filesOf({ repo }: NewFile): string[] {
  return service.files().filter((file) => file.startsWith(`${repo}/`));
}

/** What is below MODELS_DIR beside what is installed: nothing may be. */
function leftovers(): string[] {
  return service.files().filter((file) => file.startsWith('.'));
}

async function pulled(content?: Buffer | { readonly path: string }, suffix?: string): Promise<NewFile> {
  const file = await service.newFile(content, suffix);
  expect((await pull(file.model)).text).toMatch(/\n100%\n$/);
  return file;
}

describe('POST /pull', () => {
  it('tells name and size, then the progress, and installs the file', async () => {
    const file = await service.newFile(TALKING);
    const answer = await pull(file.model);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    const lines = answer.text.split('\n');
    expect(lines[0]).toBe(`Téléchargement ${file.file} (${(TALKING_BYTES / MIB).toFixed(2)} MB)...`);
    expect(lines.slice(-2)).toEqual(['100%', '']);
    for (const line of lines.slice(1, -1)) expect(line).toMatch(/^\d{1,3}%$/);
    expect(filesOf(file)).toEqual([`${file.repo}/${file.file}`, `${file.repo}/${file.file}.manifest.json`]);
    expect(readFileSync(join(service.server.modelsDir, file.repo, file.file)).equals(readFileSync(STARTER_FILE))).toBe(
      true,
    );
    expect(leftovers()).toEqual([]);
  });

  it('tells a progress that rises while it is under way', async () => {
    const { key, model } = await service.newFile(Buffer.alloc(4 * MIB, 3));
    service.hub.fault(key, { cutAfter: MIB, times: 1 });
    service.hub.hold(key, 0).release();
    const hold = service.hub.hold(key, MIB);
    const response = await open(url('/pull'), { model }).response;
    let text = '';
    response.on('data', (piece: string) => (text += piece));
    const percents = (): number[] => [...text.matchAll(/^(\d+)%$/gm)].map(([, number]) => Number(number));
    await until('progress', () => percents().some((percent) => percent >= 25 && percent < 100) || undefined);
    expect(text).not.toContain('100%');
    hold.release();
    await until('the end', () => response.complete || undefined);
    expect(percents()).toEqual(percents().toSorted((a, b) => a - b));
    expect(new Set(percents()).size).toBe(percents().length);
    expect(percents().at(-1)).toBe(100);
  });

  it('makes a model that is listed, loads and answers', async () => {
    const { file } = await pulled(TALKING);
    expect(await models()).toContain(file);
    expect((await load(file)).body).toEqual({ message: `Modèle ${file} chargé avec succès.` });
    const answer = await post(url('/generate'), { messages: 'What is the capital of France?' });
    expect(answer.body).toMatchObject({ choices: [{ content: 'The capital of France is Paris.' }] });
    await unload();
    expect((await load(file.replace('.gguf', ''))).status).toBe(200);
    await unload();
  });

  it('of what is installed fetches nothing', async () => {
    const { key, model } = await pulled();
    const answer = await pull(model);
    expect(answer.text).toMatch(/^Téléchargement .*\.\.\.\n100%\n$/);
    expect(service.hub.transfersOf(key)).toHaveLength(1);
  });

  it('answers at the root, too', async () => {
    const { model } = await service.newFile();
    expect((await post(`${service.url}/pull`, { model })).text).toMatch(/\n100%\n$/);
  });

  it('takes a name of the catalogue, and its file by name makes the same model', async () => {
    expect(await models()).not.toContain('known-chat');
    expect((await pull('known-chat')).text).toMatch(/^Téléchargement .*\n100%\n$/s);
    expect((await pull('hf/user/known/known-file.gguf')).text).toMatch(/\n100%\n$/);
    expect((await models()).filter((name) => name.startsWith('known'))).toEqual(['known-chat']);
    expect(service.hub.transfersOf('user/known/known-file.gguf')).toHaveLength(1);
  });

  it('of a second file of the same name makes a model with a long name', async () => {
    const { file } = await pulled();
    await service.hub.commit('other/repo', { [file]: TALKING });
    expect((await pull(`hf/other/repo/${file}`)).text).toMatch(/\n100%\n$/);
    const names = (await models()).filter((name) => name.endsWith(file));
    expect(names).toHaveLength(2);
    const [long = ''] = names.filter((name) => name !== file);
    expect(long).toMatch(/^(other--repo|user--repo-\d+)--file-\d+\.gguf$/);
    expect((await sendJson(url('/rm'), 'POST', { model: long })).status).toBe(200);
    expect(await models()).toContain(file);
  });

  it('takes a file in a folder of the repository', async () => {
    await service.hub.commit('user/deep', { 'q8/deep.gguf': TALKING });
    expect((await pull('hf/user/deep/q8/deep.gguf')).text).toMatch(/^Téléchargement deep\.gguf .*\n100%\n$/s);
    expect(existsSync(join(service.server.modelsDir, 'user/deep/q8/deep.gguf'))).toBe(true);
    expect(await models()).toContain('deep.gguf');
    expect((await load('deep.gguf')).status).toBe(200);
    await unload();
  });

  it('ignores unknown fields', async () => {
    const { model } = await service.newFile();
    expect((await post(url('/pull'), { model, insecure: true })).status).toBe(200);
  });
});

describe('POST /pull of what cannot be fetched', () => {
  async function refused(model: string): Promise<string> {
    const [before, asked] = [service.files(), service.hub.requests.filter(({ file }) => file !== null).length];
    const answer = await pull(model);
    expectError(answer, 'rkllama', 400);
    expect(messageOf(answer)).toContain(TROUBLE);
    expect(messageOf(answer).startsWith(TROUBLE)).toBe(true);
    expect(service.files()).toEqual(before);
    expect(service.hub.requests.filter(({ file }) => file !== null)).toHaveLength(asked);
    return messageOf(answer);
  }

  it('names the repository that is missing', async () => {
    expect(await refused('hf/user/no-such-repo/model.gguf')).toContain('user/no-such-repo');
  });

  it('names the file that is missing', async () => {
    const { repo } = await service.newFile();
    expect(await refused(`hf/${repo}/missing.gguf`)).toContain('missing.gguf');
  });

  it('says what to do about a repository that is gated', async () => {
    const message = await refused('hf/user/gated/gated.gguf');
    expect(message).toContain(`${service.hub.url}/user/gated`);
    expect(message).toContain('HF_TOKEN');
    expect(message).toMatch(/licen[cs]e/);
  });

  it.each([
    'nothing',
    'hf',
    'hf/',
    'hf/user',
    'hf/user/repo',
    'hf/user/repo/',
    'hf//repo/file.gguf',
    'hf/user//file.gguf',
    'user/repo/file.gguf',
    'HF/user/repo/file.gguf',
    'https://huggingface.co/user/repo/file.gguf',
    'hf/user/repo/../../../file.gguf',
    'hf/user/repo/folder/../../file.gguf',
    'hf/user/repo/./file.gguf',
    'hf/user/repo//etc/passwd',
    'hf/../../file.gguf',
    'hf/./repo/file.gguf',
    'hf/user/../file.gguf',
    'hf/user/repo/..',
    'hf/user/repo/.',
    'hf/us..er/repo/file.gguf',
    'hf/.downloads/repo/file.gguf',
    'hf/user/repo/.hidden.gguf',
    'hf/user/repo/a\\..\\..\\file.gguf',
    'hf/user/repo/file\u0000.gguf',
    'hf/user/repo/file\n.gguf',
    'hf/user/repo/file.gguf.manifest.json',
    `hf/user/repo/${'x'.repeat(300)}.gguf`,
    `hf/user/${'x'.repeat(300)}/file.gguf`,
    'hf/user/repo?x=y/file.gguf',
    'hf/user/repo#x/file.gguf',
    'starter-chat',
    '__proto__',
  ])('refuses %j', async (model) => {
    await refused(model);
  });

  it.each([{}, { model: '' }, { model: null }, { model: 7 }, { model: ['hf/user/repo/file.gguf'] }])(
    'refuses %j, naming the field',
    async (body) => {
      const answer = await post(url('/pull'), body);
      expectError(answer, 'rkllama', 400);
      expect(messageOf(answer)).toContain('model');
    },
  );

  it('says in the stream what goes wrong later, and installs nothing', async () => {
    const file = await service.newFile(TALKING);
    const hold = service.hub.hold(file.key, HALFWAY);
    service.hub.fault(file.key, { wrongBytes: true });
    const response = await open(url('/pull'), { model: file.model }).response;
    expect(response.statusCode).toBe(200);
    hold.release();
    const { text, complete } = await readToEnd(response);
    expect(complete).toBe(true);
    const lines = text.split('\n');
    expect(lines[0]).toMatch(/^Téléchargement /);
    expect(lines.at(-1)).toBe('');
    expect(lines.at(-2)).toContain(TROUBLE);
    expect(lines.at(-2)).toContain(file.file);
    expect(text).not.toContain('100%');
    expectNoLeak({ text } as Answer);
    expect(await models()).not.toContain(file.file);
    expect(filesOf(file)).toEqual([]);
    expect(leftovers()).toEqual([]);
    expect((await listJobs(service.url, '?kind=pull&limit=1'))[0]).toMatchObject({
      state: 'failed',
      error: { code: 'model_load_failed', message: containing(file.file) },
    });
  });
});

describe('a pulled file that is not GGUF', () => {
  it('is listed, refuses to load in words, and can be removed', async () => {
    const file = await pulled(Buffer.alloc(1000, 1), 'rkllm');
    expect(await models()).toContain(file.file);
    const answer = await load(file.file);
    expectError(answer, 'rkllama', 400);
    expect(messageOf(answer)).toContain(file.file);
    expect(messageOf(answer)).not.toContain('introuvable');
    expect((await get(url('/current_model'))).status).toBe(404);
    expect((await post(url('/rm'), { model: file.file })).body).toEqual(REMOVED);
    expect(filesOf(file)).toEqual([]);
  });

  it('refuses to load when it only says that it is GGUF', async () => {
    const { file } = await pulled(Buffer.alloc(1000, 1), 'gguf');
    const answer = await load(file);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expectError(answer, 'rkllama', answer.status);
    expect((await get(url('/current_model'))).status).toBe(404);
  });
});

describe('bodies that cannot be read', () => {
  refusesUnreadableBodies('rkllama', () => url('/pull'));
});

describe('STRICT=true', () => {
  let strict: HubService;
  beforeEach(async () => {
    strict = await HubService.start({ env: { STRICT: 'true', PRELOAD_MODELS: '' } });
  });
  afterEach(() => strict.stop());

  it('takes the field that the routes know, and refuses others by name', async () => {
    const { model, file } = await strict.newFile();
    const routes = [
      ['POST', '/pull', model],
      ['POST', '/rm', file],
      ['DELETE', '/rm', file],
    ] as const;
    for (const [method, path, value] of routes) {
      const answer = await sendJson(`${strict.url}${path}`, method, { model: value, mirostat: 2 });
      expectError(answer, 'rkllama', 400);
      expect(messageOf(answer)).toContain('mirostat');
    }
    expect(strict.files()).toEqual([]);
    expect((await post(`${strict.url}/pull`, { model })).text).toMatch(/\n100%\n$/);
    expect((await sendJson(`${strict.url}/rm`, 'DELETE', { model: file })).status).toBe(200);
  });
});
