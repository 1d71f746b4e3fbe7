import { defineConfig } from 'vitest/config';

/** Tests that measure response times: they run after all others, one file at a time. */
const TIMED = ['test/faults/{noisy-neighbour,large-pages,event-loop}.test.ts'];

const shared = { testTimeout: 60_000, hookTimeout: 120_000 };

export default defineConfig({
  test: {
    // Two files at a time: most of them wait for a server to start or a store to answer, and more would starve the
    // engines of one another. Ports, folders and databases are each file's own.
    maxWorkers: 2,
    minWorkers: 1,
    projects: [
      {
        test: {
          ...shared,
          name: 'tests',
          include: ['test/**/*.test.ts'],
          exclude: ['test/soak/**', ...TIMED],
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...shared,
          name: 'timed',
          include: TIMED,
          pool: 'forks',
          poolOptions: { forks: { singleFork: true } },
          sequence: { groupOrder: 1 },
        },
      },
    ],
    reporters: process.env.CI === undefined ? ['default'] : ['default', './test/support/closing-line.reporter.ts'],
  },
});
