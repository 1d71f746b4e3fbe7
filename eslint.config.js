import js from '@eslint/js';
import importX from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

/** The arrows of docs/architecture.md: dialects → domain → inference, and nothing back. */
const DIALECTS = ['chatvlm', 'llama-local', 'ml-backend', 'openai', 'rkllama'];
const zones = [
  {
    target: './src/inference',
    from: [
      './src/dialects',
      './src/lifecycle',
      './src/generate',
      './src/chat',
      './src/embed',
      './src/responses',
      './src/state',
      './src/health',
      './src/drain',
      './src/metrics',
      './src/security',
      './src/docs',
      './src/jobs',
      './src/store',
      './src/hub',
      './src/egress',
      './src/admin',
      './src/telemetry',
    ],
    message: 'the core knows nothing of what is built on it',
  },
  {
    target: ['./src/jobs', './src/dialects', './src/store', './src/security'],
    from: ['./src/admin'],
    message: 'the board looks at the jobs, and nothing looks at the board',
  },
  {
    target: [
      './src/lifecycle',
      './src/generate',
      './src/chat',
      './src/embed',
      './src/responses',
      './src/ocr',
      './src/images',
      './src/speech',
    ],
    from: ['./src/dialects', './src/state', './src/jobs', './src/health', './src/metrics', './src/docs'],
    message: 'a domain sees neither HTTP nor jobs',
    except: ['./state.module.ts'],
  },
  {
    target: ['./src/hub', './src/egress', './src/locks', './src/store', './src/state', './src/telemetry'],
    from: ['./src/dialects', './src/jobs'],
    message: 'what jobs and dialects are built on knows neither',
  },
  {
    target: ['./src/jobs/*.ts'],
    from: ['./src/dialects', './src/jobs/api'],
    message: 'a job sees no HTTP: its routes are in jobs/api',
  },
  {
    target: './src/compatibility',
    from: ['./src/dialects', './src/docs', './src/jobs', './src/hub', './src/store', './src/state'],
    message: 'the entries speak of what documents and answers show, not of the code behind them',
  },
  ...DIALECTS.map((dialect) => ({
    target: `./src/dialects/${dialect}`,
    from: DIALECTS.filter((other) => other !== dialect).map((other) => `./src/dialects/${other}`),
    message: 'a dialect never imports another',
  })),
  {
    target: ['./src/inference/engines', './src/inference/runners/host.ts', './src/runner.main.ts'],
    from: ['./node_modules/@nestjs', './node_modules/fastify'],
    message: 'a runner imports neither Nest nor HTTP',
  },
];

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', 'data/', 'models/', 'bench/models/', 'coverage/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked],
    plugins: { 'import-x': importX },
    languageOptions: { parserOptions: { project: './tsconfig.test.json' } },
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
