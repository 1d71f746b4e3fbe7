import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/soak/**'], // `npm run test:soak`
    // Two files at a time: most of them wait for a server to start or a store to answer, and more would starve the
    // engines of one another. Ports, folders and databases are each file's own.
    maxWorkers: 2,
    minWorkers: 1,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    reporters: process.env.CI === undefined ? ['default'] : ['default', './test/support/closing-line.reporter.ts'],
  },
});
