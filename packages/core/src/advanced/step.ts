import { READ_ONWARD } from '../contract/disciplines.ts';
import { requireIndex } from '../arguments.ts';
import { ULONG_MAX } from '../constants.ts';
import type { MaState } from '../cursor/ma-state.ts';
import { isPlaced, locate, nextSlot, prevSlot, walk } from '../cursor/place.ts';
import { enforceCursor, ruleOf } from '../discipline/enforce.ts';
import { discipline } from '../discipline/mode.ts';

const MAS_NEXT_RULE = ruleOf('mas_next', READ_ONWARD);
const MAS_NEXT_RANGE_RULE = ruleOf('mas_next_range', READ_ONWARD);
const MAS_PREV_RULE = ruleOf('mas_prev', READ_ONWARD);
const MAS_PREV_RANGE_RULE = ruleOf('mas_prev_range', READ_ONWARD);

/**
 * Moves to the entry behind the one at the cursor, up to max. Amortised O(1), O(log n) where the cursor has no place.
 *
 * @returns the entry, or null where none starts up to max: then the state is `overflow` and the range stays, or is that
 * of the gap in which max lies.
 * @throws LockDisciplineError (require-read-lock, no-stale-state); RangeError where max is not an index.
 * Kernel: lib/maple_tree.c, mas_next(), 6.12.
 */
export function mas_next<T>(mas: MaState<T>, max: number): T | null {
  if (discipline.on === true) enforceCursor(MAS_NEXT_RULE, mas);
  requireIndex('mas_next', max);
  return next(mas, max, false);
}

/**
 * Moves to the range behind the one at the cursor, entry or gap, up to max. Amortised O(1).
 *
 * @returns the entry, or null at a gap or where max is reached: then the state is `overflow`.
 * @throws as mas_next().
 * Kernel: lib/maple_tree.c, mas_next_range(), 6.12.
 */
export function mas_next_range<T>(mas: MaState<T>, max: number): T | null {
  if (discipline.on === true) enforceCursor(MAS_NEXT_RANGE_RULE, mas);
  requireIndex('mas_next_range', max);
  return next(mas, max, true);
}

/**
 * Moves to the entry before the one at the cursor, down to min. Amortised O(1), O(log n) where the cursor has no place.
 *
 * @returns the entry, or null where none ends down to min: then the state is `underflow`.
 * @throws LockDisciplineError (require-read-lock, no-stale-state); RangeError where min is not an index.
 * Kernel: lib/maple_tree.c, mas_prev(), 6.12.
 */
export function mas_prev<T>(mas: MaState<T>, min: number): T | null {
  if (discipline.on === true) enforceCursor(MAS_PREV_RULE, mas);
  requireIndex('mas_prev', min);
  return prev(mas, min, false);
}

/**
 * Moves to the range before the one at the cursor, entry or gap, down to min. Amortised O(1).
 *
 * @returns the entry, or null at a gap or where min is reached: then the state is `underflow`.
 * @throws as mas_prev().
 * Kernel: lib/maple_tree.c, mas_prev_range(), 6.12.
 */
export function mas_prev_range<T>(mas: MaState<T>, min: number): T | null {
  if (discipline.on === true) enforceCursor(MAS_PREV_RANGE_RULE, mas);
  requireIndex('mas_prev_range', min);
  return prev(mas, min, true);
}

/** mas_next() and mas_next_range(), unchecked. */
export function next<T>(mas: MaState<T>, max: number, gaps: boolean): T | null {
  if (mas.last >= max) {
    mas.status = 'overflow';
    return null;
  }
  const wasNone = mas.status === 'none';
  switch (mas.status) {
    case 'active':
    case 'overflow':
      mas.status = 'active';
      if (!isPlaced(mas)) relocate(mas);
      break;
    case 'none':
    case 'pause':
    case 'start':
      walk(mas);
      break;
    case 'underflow': {
      // The step back went one too far, so the entry where it happened is the next one.
      const entry = walk(mas);
      if (entry !== null) return entry;
      break;
    }
    case 'error':
      return null;
  }
  if (mas.status === 'active') return nextSlot(mas, max, gaps);
  if (mas.status === 'root') {
    if (wasNone && mas.index === 0) {
      mas.last = 0;
      return null;
    }
    mas.index = 1;
    mas.last = ULONG_MAX;
    mas.status = 'none';
  }
  return null;
}

/** mas_prev() and mas_prev_range(), unchecked. */
export function prev<T>(mas: MaState<T>, min: number, gaps: boolean): T | null {
  if (mas.index <= min) {
    mas.status = 'underflow';
    return null;
  }
  switch (mas.status) {
    case 'active':
    case 'underflow':
      mas.status = 'active';
      if (!isPlaced(mas)) relocate(mas);
      break;
    case 'none':
    case 'pause':
    case 'start':
      walk(mas);
      break;
    case 'overflow': {
      // The step forward went one too far, so the entry where it happened is the previous one.
      const entry = walk(mas);
      if (entry !== null) return entry;
      break;
    }
    case 'error':
      return null;
  }
  if (mas.status === 'active') return prevSlot(mas, min, gaps);
  if (mas.status === 'root' && mas.index === 0) {
    mas.status = 'none';
    return null;
  }
  if (mas.status === 'root' || mas.index > 0) {
    // Behind what sits in the root, so the previous place is index 0.
    if (min > 0 && mas.tree.rootEntry !== null) {
      mas.status = 'underflow';
      return null;
    }
    mas.index = mas.last = 0;
    mas.status = 'root';
    return mas.tree.rootEntry as T | null;
  }
  return null;
}

/** Finds the place of a cursor that lost it, or had none, at its index. */
function relocate(mas: MaState): void {
  if (mas.tree.height > 0) locate(mas);
  else walk(mas);
}
