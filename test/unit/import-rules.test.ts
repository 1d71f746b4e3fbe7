import { ESLint } from 'eslint';
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { REGISTRY } from '../../src/dialects/registry.js';

const RULES = ['import-x/no-restricted-paths', 'no-restricted-imports'];

const eslint = new ESLint({
  // A planted file belongs to no TypeScript project: only the rules about imports look at it.
  overrideConfig: { languageOptions: { parserOptions: { project: null } } },
  ruleFilter: ({ ruleId }) => RULES.includes(ruleId),
});

interface LintConfig {
  readonly ALLOWED_IMPORTS: Readonly<Record<string, readonly string[]>>;
}

const CONFIG = new URL('../../eslint.config.js', import.meta.url).href;
const { ALLOWED_IMPORTS } = (await import(CONFIG)) as LintConfig;

const FOLDERS = Object.entries(ALLOWED_IMPORTS);
const NAMES = FOLDERS.map(([name]) => name);

/** An existing module of each folder, as seen from a file right in another one. */
const MODULES: Readonly<Record<string, string>> = {
  config: '../config/settings.js',
  inference: '../inference/errors.js',
  observability: '../observability/logging/logging.js',
  egress: '../egress/egress-fetcher.js',
  domains: '../domains/chat/chat.service.js',
  storage: '../storage/store/store.js',
  hub: '../hub/pull.js',
  jobs: '../jobs/core/job.js',
  http: '../http/routing/dialect.js',
  dialects: '../dialects/registry.js',
};

async function complaintsAbout(filePath: string, specifier: string): Promise<string[]> {
  const [result] = await eslint.lintText(`import '${specifier}';\n`, { filePath });
  return (result?.messages ?? []).map(({ ruleId, message }) => `${String(ruleId)}: ${message}`);
}

describe('the import rules', () => {
  it('know every folder of src', () => {
    const folders = readdirSync('src', { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(folders.map(({ name }) => name).sort()).toEqual([...NAMES].sort());
  });

  it.each(FOLDERS)('%s may import what its list allows, and nothing else', async (folder, allowed) => {
    for (const name of NAMES) {
      const complaints = await complaintsAbout(`src/${folder}/planted.ts`, MODULES[name] ?? '');
      const expected =
        name === folder || allowed.includes(name) ? [] : [expect.stringContaining(`${folder}/ may import`)];
      expect(complaints, `${folder} → ${name}`).toEqual(expected);
    }
  });

  it.each(REGISTRY)('$name imports no other dialect', async ({ name }) => {
    for (const other of REGISTRY) {
      const complaints = await complaintsAbout(
        `src/dialects/${name}/planted.ts`,
        `../${other.name}/${other.name}.dialect.js`,
      );
      const expected = other.name === name ? [] : [expect.stringContaining('a dialect never imports another')];
      expect(complaints, `${name} → ${other.name}`).toEqual(expected);
    }
  });

  it.each(['src/runner.main.ts', 'src/inference/engines/planted.ts', 'src/inference/runners/host.ts'])(
    '%s imports neither Nest nor HTTP',
    async (file) => {
      for (const library of ['@nestjs/common', 'fastify', '@fastify/multipart']) {
        expect(await complaintsAbout(file, library)).toEqual([expect.stringContaining('neither Nest nor HTTP')]);
      }
    },
  );
});
