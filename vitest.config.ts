import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Spawned servers and engines share two cores: files run one after the other, so that none starves another.
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    reporters: process.env.CI === undefined ? ['default'] : ['default', './test/support/closing-line.reporter.ts'],
  },
});
