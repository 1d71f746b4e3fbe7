import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InvalidSettingError, readSettings, SETTINGS } from '../../src/config/settings.js';
import { argsOf, copyOf, expand, pairsOf, stagesOf, type Stage } from '../../tools/container/dockerfile.mjs';
import { allowedBy } from '../../tools/container/dockerignore.mjs';

const ROOT = new URL('../../', import.meta.url).pathname;
const text = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const dockerfile = text('Dockerfile');
const { globals, stages } = stagesOf(dockerfile);
const allowed = allowedBy(text('.dockerignore'));
const version = (JSON.parse(text('package.json')) as { version: string }).version;

function stage(name: string): Stage {
  const found = stages.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no stage ${name}`);
  return found;
}

const texts = (of: Stage, keyword: string): string[] =>
  of.instructions.filter((one) => one.keyword === keyword).map((one) => one.text);
const last = (of: Stage, keyword: string): string => texts(of, keyword).at(-1) ?? '';
const environment = (of: Stage): Record<string, string> =>
  Object.assign({}, ...texts(of, 'ENV').map((line) => pairsOf(line))) as Record<string, string>;
const ofLlama = (env: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(env).filter(([name]) => name.startsWith('NODE_LLAMA_CPP_')));

/** Files of the build context at or below `path`. */
function inContext(path: string): string[] {
  const full = join(ROOT, path);
  if (!existsSync(full)) return [];
  const files = statSync(full).isDirectory()
    ? readdirSync(full, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length))
    : [path];
  return files.filter(allowed);
}

async function exitOf(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}): Promise<number | null> {
  const child = spawn(process.execPath, args, { cwd, env: { PATH: process.env.PATH, ...env }, stdio: 'ignore' });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code;
}

describe('Dockerfile', () => {
  const service = stage('service');
  const env = environment(service);

  it('builds on images pinned by version alone', () => {
    const names = new Set(stages.map(({ name }) => name));
    const images = stages.map(({ base }) => base).filter((base) => !names.has(base));
    expect(images).not.toHaveLength(0);
    for (const image of images) expect(image).toMatch(/:\d+\.\d+\.\d+[\w.-]*$/);
    expect(stages.at(-1)).toBe(service);
  });

  it('has a last stage on each base that GPU may name', () => {
    for (const gpu of ['none', 'cuda']) {
      const { stages: withGpu } = stagesOf(dockerfile, { GPU: gpu });
      const base = withGpu.find(({ name }) => name === 'service')?.base;
      expect(withGpu.map(({ name }) => name)).toContain(base);
    }
    expect(globals.GPU).toBe('none');
  });

  it('copies what is there and what .dockerignore lets through', () => {
    for (const { name, instructions } of stages) {
      const args: Record<string, string> = {};
      for (const { keyword, text: line } of instructions) {
        if (keyword === 'ARG') Object.assign(args, argsOf(line, globals));
        if (keyword !== 'COPY') continue;
        const { from, sources } = copyOf(expand(line, args));
        if (from === null) for (const path of sources) expect(inContext(path), `${name}: ${path}`).not.toHaveLength(0);
        else if (!from.startsWith('base-')) {
          const folder = last(stage(from), 'WORKDIR');
          for (const path of sources) expect(path).toMatch(new RegExp(`^${folder}/(node_modules|dist)$`));
        }
      }
    }
  });

  it('runs only scripts that it has copied before', () => {
    for (const { instructions } of stages) {
      const copied: string[] = [];
      for (const { keyword, text: line } of instructions) {
        if (keyword === 'COPY') copied.push(...copyOf(line).sources.flatMap(inContext));
        if (keyword !== 'RUN') continue;
        const scripts = `${line} ${line.includes('npm run build') ? text('package.json') : ''}`.match(
          /tools\/[\w/-]+\.mjs/g,
        );
        for (const script of scripts ?? []) expect(copied).toContain(script);
      }
    }
  });

  it('has every folder that the compiler and the service read', () => {
    const copied = texts(stage('build'), 'COPY').flatMap((line) => copyOf(line).sources);
    expect(copied).toEqual(expect.arrayContaining(['src', 'tools/build', 'tsconfig.json', 'nest-cli.json']));
    const served = texts(service, 'COPY').flatMap((line) => copyOf(line).sources);
    expect(served).toEqual(expect.arrayContaining(['package.json', 'config/models.yaml', 'models/starter']));
  });

  it.each([
    '.env',
    '.git/config',
    '.npmrc.local',
    'secrets/api-keys.yaml',
    'data/models/private.gguf',
    'models/private.gguf',
    'node_modules/pino/package.json',
    'test/ops/container.test.ts',
    'config/keys.yaml',
  ])('does not see %s', (path) => {
    expect(allowed(path)).toBe(false);
  });

  it('runs as a user who is not root, by number', () => {
    const [uid, gid] = last(service, 'USER').split(':').map(Number);
    expect(uid).toBeGreaterThan(1000);
    expect(gid).toBeGreaterThan(1000);
    expect(texts(service, 'RUN').join(' ')).toContain(
      `install -d -o ${String(uid)} -g ${String(gid)} ${env.DATA_DIR ?? ''}`,
    );
    expect(last(service, 'VOLUME')).toBe(env.DATA_DIR);
  });

  it('starts what the build makes, under an init', () => {
    const command = JSON.parse(last(service, 'ENTRYPOINT')) as string[];
    expect(command).toEqual(['/usr/bin/tini', '--', 'node', 'dist/main.js']);
    expect(inContext('src/main.ts')).toHaveLength(1);
    expect(texts(service, 'RUN').join(' ')).toMatch(/apt-get install [^&]*\btini\b/);
    expect(last(service, 'STOPSIGNAL')).toBe('SIGTERM');
  });

  it('takes settings that exist, and refuses to serve the world without keys', () => {
    const known = new Set(Object.values(SETTINGS).map((one) => one.env));
    const ours = Object.keys(env).filter((name) => !name.startsWith('NODE_'));
    expect(ours.filter((name) => !known.has(name))).toEqual([]);
    expect(() => readSettings(env)).toThrow(InvalidSettingError);
    const settings = readSettings({ ...env, API_KEYS: 'key' });
    expect(settings.port).toBe(SETTINGS.port.fallback);
    expect(last(service, 'EXPOSE')).toBe(String(settings.port));
  });

  it('finds the llama.cpp that it built: by the same options, which model processes get, too', () => {
    const built = ofLlama(environment(stage('dependencies')));
    expect(built.NODE_LLAMA_CPP_CMAKE_OPTION_GGML_OPENMP).toBe('ON');
    expect(ofLlama(env)).toEqual(built);
    expect(readSettings({ ...env, API_KEYS: 'key' }).runnerEnv).toMatchObject(built);
  });

  it('is labelled for inventories', () => {
    const labels = Object.assign({}, ...texts(service, 'LABEL').map((line) => pairsOf(line))) as Record<string, string>;
    for (const name of ['title', 'description', 'licenses', 'version', 'revision', 'created']) {
      expect(labels[`org.opencontainers.image.${name}`]).toBeTruthy();
    }
    const args = Object.assign({}, ...texts(service, 'ARG').map((line) => pairsOf(line))) as Record<string, string>;
    expect(args.VERSION).toBe(version);
    for (const base of ['base-none', 'base-cuda']) {
      expect(texts(stage(base), 'LABEL').join(' ')).toContain('org.opencontainers.image.base.name=');
    }
  });
});

describe('health check', () => {
  const command = JSON.parse(last(stage('service'), 'HEALTHCHECK').replace(/^.*?CMD /, '')) as string[];
  const script = join(ROOT, command[1] ?? '');
  let status = 200;
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.writeHead(status).end();
  });
  let port = '';

  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    port = String((server.address() as AddressInfo).port);
  });
  afterAll(() => server.close());

  it('asks a probe that the service has, on PORT', async () => {
    expect(await exitOf([script], ROOT, { PORT: port })).toBe(0);
    const { paths } = JSON.parse(text('openapi/root.json')) as { paths: object };
    expect(Object.keys(paths)).toEqual(expect.arrayContaining(asked));
    expect(asked).toEqual(['/healthz/live']);
  });

  it('fails where the service answers badly or not at all', async () => {
    status = 503;
    expect(await exitOf([script], ROOT, { PORT: port })).toBe(1);
    expect(await exitOf([script], ROOT, { PORT: '1' })).toBe(1);
  });
});

describe('what is pruned', () => {
  const folder = mkdtempSync(join(tmpdir(), 'parley-prune-'));
  const LLAMA = 'node-llama-cpp/llama';
  const BUILD = `${LLAMA}/localBuilds/linux-x64-abc`;
  const KEPT = [
    'pino/pino.js',
    'pino/package.json',
    `onnxruntime-node/bin/napi-v6/linux/${process.arch}/libonnxruntime.so.1`,
    `${LLAMA}/grammars/json.gbnf`,
    `${BUILD}/Release/llama-addon.node`,
    `${BUILD}/Release/libllama.so`,
    `${BUILD}/Release/_nlcBuildMetadata.json`,
    `${BUILD}/buildDone.status`,
  ];
  const FOR_CUDA = ['@node-llama-cpp/linux-x64-cuda/bins/libggml-cuda.so'];
  const DROPPED = [
    'pino/pino.d.ts',
    'pino/pino.js.map',
    'typescript/lib/tsc.js',
    '@node-llama-cpp/linux-x64/bins/llama-addon.node',
    '@node-llama-cpp/linux-x64-vulkan/bins/llama-addon.node',
    '@node-llama-cpp/linux-x64-cuda-ext/bins/libggml-cuda.so',
    'onnxruntime-node/bin/napi-v6/win32/x64/onnxruntime.dll',
    `onnxruntime-node/bin/napi-v6/linux/other/libonnxruntime.so.1`,
    `${LLAMA}/gitRelease.bundle`,
    `${BUILD}/CMakeFiles/llama.o`,
  ];

  function makeTree(): void {
    rmSync(join(folder, 'node_modules'), { recursive: true, force: true });
    for (const path of [...KEPT, ...FOR_CUDA, ...DROPPED]) {
      mkdirSync(dirname(join(folder, 'node_modules', path)), { recursive: true });
      writeFileSync(join(folder, 'node_modules', path), '');
    }
    mkdirSync(join(folder, 'node_modules/.bin'));
    const packages = { 'node_modules/pino': {}, 'node_modules/typescript': {} };
    writeFileSync(join(folder, 'node_modules/.package-lock.json'), JSON.stringify({ packages }));
  }

  const prune = (gpu: string): Promise<number | null> => exitOf([join(ROOT, 'tools/container/prune.mjs'), gpu], folder);
  const left = (): string[] =>
    [...KEPT, ...FOR_CUDA, ...DROPPED].filter((path) => existsSync(join(folder, 'node_modules', path)));

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('leaves what a CPU image opens, and lists no package that is gone', async () => {
    makeTree();
    expect(await prune('none')).toBe(0);
    expect(left()).toEqual(KEPT);
    const list = readFileSync(join(folder, 'node_modules/.package-lock.json'), 'utf8');
    expect(Object.keys((JSON.parse(list) as { packages: object }).packages)).toEqual(['node_modules/pino']);
  });

  it('keeps the package for CUDA 13 in a CUDA image', async () => {
    makeTree();
    expect(await prune('cuda')).toBe(0);
    expect(left()).toEqual([...KEPT, ...FOR_CUDA]);
  });

  it('refuses another GPU, and removes nothing', async () => {
    makeTree();
    expect(await prune('rocm')).toBe(1);
    expect(left()).toHaveLength(KEPT.length + FOR_CUDA.length + DROPPED.length);
  });
});
