import { readdirSync } from 'node:fs';
import js from '@eslint/js';
import importX, { createNodeResolver } from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

/** The folders of src, and what each may import beside itself: docs/architecture.md draws it. */
export const ALLOWED_IMPORTS = {
  config: [],
  inference: ['config'],
  observability: ['config', 'inference'],
  egress: ['config', 'inference'],
  domains: ['config', 'inference', 'egress'],
  storage: ['config', 'inference', 'domains'],
  hub: ['config', 'inference', 'egress', 'storage'],
  jobs: ['config', 'inference', 'domains', 'storage', 'hub', 'observability'],
  http: ['config', 'inference', 'domains', 'storage', 'jobs', 'observability'],
  dialects: ['config', 'inference', 'domains', 'storage', 'egress', 'jobs', 'http'],
};

const folders = Object.entries(ALLOWED_IMPORTS).map(([folder, allowed]) => ({
  target: `./src/${folder}`,
  from: './src',
  except: [folder, ...allowed].map((name) => `./${name}`),
  message: `${folder}/ may import ${['only itself', ...allowed].join(', ')}`,
}));

/** A dialect never imports another; `root` answers at paths that two dialects share, and knows them. */
const dialects = readdirSync(new URL('./src/dialects', import.meta.url), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== 'root')
  .map(({ name }) => ({
    target: `./src/dialects/${name}`,
    from: './src/dialects',
    except: [`./${name}`],
    message: 'a dialect never imports another',
  }));

const zones = [
  ...folders,
  ...dialects,
  {
    target: './src/dialects',
    from: './src/http/admin',
    message: 'the queue dashboard looks at the jobs, and nothing looks at it',
  },
];

/** A runner is a child process with an engine: no HTTP, no Nest. */
const RUNNER_FILES = [
  'src/runner.main.ts',
  'src/inference/engines/**',
  'src/inference/runners/host.ts',
  'src/inference/threads/**',
];

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', 'data/', 'models/', 'bench/models/', 'coverage/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked],
    plugins: { 'import-x': importX },
    languageOptions: { parserOptions: { project: './tsconfig.test.json' } },
    settings: {
      // Without it '../x.js' leads to no .ts file, and the rules below never fire.
      'import-x/resolver-next': [
        createNodeResolver({ extensions: ['.ts', '.js'], extensionAlias: { '.js': ['.ts', '.js'] } }),
      ],
    },
    rules: {
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      '@typescript-eslint/restrict-template-expressions': 'error',
      '@typescript-eslint/no-confusing-void-expression': 'off',
      // DTO classes describe wire shapes for the documents; answers are plain objects of that shape.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/no-misused-spread': 'off',
      '@typescript-eslint/no-invalid-void-type': ['error', { allowInGenericTypeArguments: true }],
      '@typescript-eslint/prefer-nullish-coalescing': ['error', { ignorePrimitives: true }],
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-imports': 'off', // Nest needs values for injection
      'import-x/no-restricted-paths': ['error', { zones }],
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'max-params': ['error', 5],
      'no-console': ['error', { allow: ['error'] }], // runners speak to their parent through stderr
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'settings are read in src/config' },
      ],
    },
  },
  {
    files: RUNNER_FILES,
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { group: ['@nestjs/*', 'fastify', '@fastify/*'], message: 'a runner knows neither Nest nor HTTP' },
          ],
        },
      ],
    },
  },
  { files: ['src/main.ts', 'vitest.config.ts', 'test/**/*.ts'], rules: { 'no-restricted-properties': 'off' } },
  {
    files: ['**/*.mjs', '**/*.js'],
    languageOptions: {
      globals: {
        console: 'readonly',
        process: 'readonly',
        performance: 'readonly',
        Blob: 'readonly',
        Buffer: 'readonly',
        FormData: 'readonly',
        URL: 'readonly',
        fetch: 'readonly',
        AbortController: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        setInterval: 'readonly',
        setImmediate: 'readonly',
        TextDecoder: 'readonly',
        queueMicrotask: 'readonly',
      },
    },
  },
);
