import { defineConfig } from 'vitest/config';

/** Tests of the built program: acceptance scripts, documentation examples, crashes. They need `npm run build`. */
export default defineConfig({
  test: {
    include: ['test/acceptance/**/*.test.ts', 'test/crash/**/*.test.ts', 'test/real/**/*.test.ts'],
    testTimeout: 300_000,
    hookTimeout: 120_000,
    pool: 'forks',
    maxWorkers: 2,
  },
});
