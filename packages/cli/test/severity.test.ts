import { expect, it } from 'vitest';
import { severityOf } from '../src/severity.ts';
import { FINDING } from './made-up-audit.ts';

const options = { strict: false, quiet: false, severities: new Map() };
const possible = { ...FINDING, certainty: 'possible' } as const;
const external = { ...FINDING, rule: 'no-external-lock' };

it('reports what is proved', () => {
  expect(severityOf(FINDING, options)).toBe('error');
});

it('reports what is possible in strict only', () => {
  expect(severityOf(possible, options)).toBe('off');
  expect(severityOf(possible, { ...options, strict: true })).toBe('error');
});

it('looks at the language of the file', () => {
  expect(severityOf(external, options)).toBe('error');
  expect(severityOf({ ...external, file: 'a.h' }, options)).toBe('warn');
  expect(severityOf({ ...external, file: 'a.h' }, { ...options, strict: true })).toBe('error');
});

it('does as the user says', () => {
  const severities = new Map([['require-write-lock', 'off'] as const]);
  expect(severityOf(FINDING, { ...options, severities })).toBe('off');
});

it('keeps warnings back if it is to be quiet', () => {
  expect(severityOf({ ...external, file: 'a.c' }, { ...options, quiet: true })).toBe('off');
  expect(severityOf(FINDING, { ...options, quiet: true })).toBe('error');
});
