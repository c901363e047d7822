import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { contractPage, page } from '../../scripts/contract-docs.mjs';
import { CONTRACT } from '../../src/index.ts';

it('docs/core/contract.md is what the contract says', () => {
  expect(readFileSync(page, 'utf8')).toBe(contractPage(CONTRACT));
});

it('names every function', () => {
  const text = contractPage(CONTRACT);
  for (const { name } of CONTRACT.functions) expect(text).toContain(`\`${name}(`);
});
