import type { CursorStatus, FunctionContract } from './contract.ts';
import type { Discipline } from './disciplines.ts';
import { joined, rows } from './rows.ts';

const asking = (status: CursorStatus): Discipline => ({
  group: 'cursor',
  asks: { at: '$0', status },
  result: { kind: 'boolean' },
});

/** Making cursors, moving them without looking at the tree, and asking for their state: no lock needed. */
export const CURSORS: readonly FunctionContract[] = joined(() => [
  rows(
    {
      group: 'cursor',
      makesCursor: { at: '$result', tree: '$0' },
      cursor: { at: '$result', uses: 'nothing', leaves: 'start' },
      result: { kind: 'cursor' },
    },
    `
    MA_STATE(mt, index, last) H486 Makes a cursor on a range of a tree.
  `,
  ),
  rows(
    {
      group: 'cursor',
      makesCursor: { at: '$0', tree: '$1' },
      cursor: { at: '$0', uses: 'nothing', leaves: 'start' },
      prealloc: 'forget',
      result: { kind: 'none' },
    },
    `
    mas_init(mas, mt, index) H548 Makes a cursor anew.
  `,
  ),
  rows(
    { group: 'cursor', cursor: { at: '$0', uses: 'nothing', leaves: 'start' }, result: { kind: 'none' } },
    `
    mas_reset(mas) H579 Forgets the cursor’s place, keeps its range.
  `,
  ),
  rows(
    {
      group: 'cursor',
      cursor: { at: '$0', uses: 'nothing', leaves: 'start' },
      prealloc: 'forget',
      result: { kind: 'none' },
    },
    `
    mas_set(mas, index) H769 Puts the cursor on one index.
    mas_set_range(mas, first, last) H754 Puts the cursor on a range.
  `,
  ),
  rows(
    { group: 'cursor', cursor: { at: '$0', uses: 'nothing', leaves: 'same' }, result: { kind: 'none' } },
    `
    __mas_set_range(mas, first, last) H733 Sets the cursor’s range, keeps its place.
  `,
  ),
  rows(
    { group: 'cursor', cursor: { at: '$0', uses: 'nothing', leaves: 'pause' }, result: { kind: 'none' } },
    `
    mas_pause(mas) C5956 Lets an iteration go on after its lock was dropped.
  `,
  ),
  rows(
    asking('error'),
    `
    mas_is_err(mas) H559 True where the last operation failed.
  `,
  ),
  rows(
    asking('active'),
    `
    mas_is_active(mas) H564 True where the cursor has a place in a node.
  `,
  ),
  rows(
    asking('start'),
    `
    mas_is_start(mas) C240 True where the cursor has not been walked.
  `,
  ),
  rows(
    asking('root'),
    `
    mas_is_ptr(mas) C235 True on a tree that is one entry at 0.
  `,
  ),
  rows(
    asking('none'),
    `
    mas_is_none(mas) C245 True where nothing was found.
  `,
  ),
  rows(
    asking('pause'),
    `
    mas_is_paused(mas) C250 True after mas_pause().
  `,
  ),
  rows(
    asking('overflow'),
    `
    mas_is_overflow(mas) C255 True where a step went beyond its maximum.
  `,
  ),
  rows(
    asking('underflow'),
    `
    mas_is_underflow(mas) C260 True where a step went below its minimum.
  `,
  ),
]);
