import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { conditions: ['@maplelock/source'] },
  ssr: { resolve: { conditions: ['@maplelock/source', 'node'] } },
  test: {
    include: ['packages/*/test/**/*.test.ts', 'fixtures/test/**/*.test.ts', 'scripts/test/**/*.test.ts'],
    testTimeout: 60_000,
  },
});
