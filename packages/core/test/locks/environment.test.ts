import { afterEach, describe, expect, it, vi } from 'vitest';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.resetModules();
});

describe('MAPLELOCK_DISCIPLINE', () => {
  it.each([
    ['off', 'off'],
    ['warn', 'warn'],
    ['throw', 'throw'],
    ['nonsense', 'throw'],
  ])('%s makes the mode %s', async (value, mode) => {
    vi.stubEnv('MAPLELOCK_DISCIPLINE', value);
    vi.resetModules();
    const { getDiscipline } = await import('../../src/index.ts');
    expect(getDiscipline()).toBe(mode);
  });

  it('is not needed where there is no process', async () => {
    const { process: hidden } = globalThis;
    vi.resetModules();
    Reflect.deleteProperty(globalThis, 'process');
    try {
      const { getDiscipline } = await import('../../src/discipline/mode.ts');
      expect(getDiscipline()).toBe('throw');
    } finally {
      globalThis.process = hidden;
    }
  });
});
