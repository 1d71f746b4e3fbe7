import { defineConfig } from 'vitest/config';

/** `npm run test:soak`: one service, SOAK_MINUTES of load. Not a part of `npm test`. */
export default defineConfig({
  test: {
    include: ['test/soak/**/*.test.ts'],
    hookTimeout: 120_000,
    bail: 0,
  },
});
