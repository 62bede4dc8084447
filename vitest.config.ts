import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // These run the built program; `npm test` runs them after the build, one file at a time.
    exclude: ['test/acceptance/**', 'test/crash/**', 'test/real/**', 'node_modules/**'],
    testTimeout: 30_000,
    pool: 'forks',
    maxWorkers: 2,
  },
});
