import type { Contract } from '../src/index.ts';

export const page: URL;
export function contractPage(contract: Contract): string;
