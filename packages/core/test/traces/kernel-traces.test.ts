import { readdirSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { validate } from '../support/trees.ts';
import { Follower, readTrace } from './trace-reader.ts';

/** Recorded from lib/maple_tree.c of Linux 6.12, run in user space: each operation with its results. */
const files = readdirSync(new URL('.', import.meta.url)).filter((name) => name.endsWith('.jsonl.gz'));

describe('the tree does what the kernel’s did', () => {
  it('has the traces of every family', () => {
    expect(files.length).toBe(16);
  });

  it.each(files)('%s', (file) => {
    const { header, lines } = readTrace(new URL(file, import.meta.url));
    expect(lines.length).toBe(header.ops);
    const follower = new Follower(header.flags);
    for (const [number, line] of lines.entries()) {
      const { wanted, got } = follower.step(line);
      if (!isDeepStrictEqual(got, wanted)) {
        expect(got, `operation ${number + 1}: ${JSON.stringify(line).slice(0, 300)}`).toEqual(wanted);
      }
    }
    if (lines.at(-1)?.[0] !== 'mas_lock') validate(follower.tree);
  });
});
