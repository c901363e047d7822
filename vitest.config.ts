import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { conditions: ['@maplelock/source'] },
  ssr: { resolve: { conditions: ['@maplelock/source', 'node'] } },
  test: {
    include: ['packages/*/test/**/*.test.ts', 'fixtures/test/**/*.test.ts', 'scripts/test/**/*.test.ts'],
    testTimeout: 60_000,
    // As many as there are cores on the smallest machines: by itself vitest leaves one of them idle.
    maxWorkers: 2,
  },
});
