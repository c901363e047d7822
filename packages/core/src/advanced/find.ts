import { READ_ONWARD } from '../contract/disciplines.ts';
import { requireIndex } from '../arguments.ts';
import { ULONG_MAX } from '../constants.ts';
import type { MaState } from '../cursor/ma-state.ts';
import { isPlaced, locate, nextSlot, prevSlot, walk } from '../cursor/place.ts';
import { enforceCursor, ruleOf } from '../discipline/enforce.ts';
import { discipline } from '../discipline/mode.ts';

const MAS_FIND_RULE = ruleOf('mas_find', READ_ONWARD);
const MAS_FIND_RANGE_RULE = ruleOf('mas_find_range', READ_ONWARD);
const MAS_FIND_REV_RULE = ruleOf('mas_find_rev', READ_ONWARD);
const MAS_FIND_RANGE_REV_RULE = ruleOf('mas_find_range_rev', READ_ONWARD);

/**
 * On the first call the entry at the cursor's index or the next one, then the next one each time, up to max. Gaps are
 * passed over. Amortised O(1) a step, O(log n) the first.
 *
 * @returns the entry, with index and last at its range, or null where there is none up to max.
 * @throws LockDisciplineError (require-read-lock, no-stale-state); RangeError where max is not an index.
 * Kernel: lib/maple_tree.c, mas_find(), 6.12.
 */
export function mas_find<T>(mas: MaState<T>, max: number): T | null {
  if (discipline.on === true) enforceCursor(MAS_FIND_RULE, mas);
  if (max !== ULONG_MAX) requireIndex('mas_find', max);
  if (mas.status === 'active' && mas.version === mas.tree.version && mas.at >= 0) {
    if (mas.last >= max) return null;
  } else {
    const entry = startFind(mas, max);
    if (entry !== undefined) return entry;
  }
  const entry = nextSlot(mas, max, false);
  // Where it stopped short of max counts as found, unlike in mas_next().
  if (entry === null) mas.status = 'active';
  return entry;
}

/**
 * mas_find() that stops at gaps as well: the next slot of the tree each time, up to max. Amortised O(1) a step.
 *
 * @returns the entry, or null at a gap, or where max is reached: then the state is `overflow`.
 * @throws as mas_find().
 * Kernel: lib/maple_tree.c, mas_find_range(), 6.12.
 */
export function mas_find_range<T>(mas: MaState<T>, max: number): T | null {
  if (discipline.on === true) enforceCursor(MAS_FIND_RANGE_RULE, mas);
  requireIndex('mas_find_range', max);
  const entry = startFind(mas, max);
  return entry !== undefined ? entry : nextSlot(mas, max, true);
}

/**
 * On the first call the entry at the cursor's index or the previous one, then the previous one each time, down to min.
 * Amortised O(1) a step, O(log n) the first.
 *
 * @returns the entry, with index and last at its range, or null where there is none down to min.
 * @throws LockDisciplineError (require-read-lock, no-stale-state); RangeError where min is not an index.
 * Kernel: lib/maple_tree.c, mas_find_rev(), 6.12.
 */
export function mas_find_rev<T>(mas: MaState<T>, min: number): T | null {
  if (discipline.on === true) enforceCursor(MAS_FIND_REV_RULE, mas);
  requireIndex('mas_find_rev', min);
  const entry = startFindRev(mas, min);
  return entry !== undefined ? entry : prevSlot(mas, min, false);
}

/**
 * mas_find_rev() that stops at gaps as well. Amortised O(1) a step.
 *
 * @returns the entry, or null at a gap, or where min is reached: then the state is `underflow`.
 * @throws as mas_find_rev().
 * Kernel: lib/maple_tree.c, mas_find_range_rev(), 6.12.
 */
export function mas_find_range_rev<T>(mas: MaState<T>, min: number): T | null {
  if (discipline.on === true) enforceCursor(MAS_FIND_RANGE_REV_RULE, mas);
  requireIndex('mas_find_range_rev', min);
  const entry = startFindRev(mas, min);
  return entry !== undefined ? entry : prevSlot(mas, min, true);
}

/** What a forward search answers before it steps, or undefined where it is to step from where the cursor is now. */
function startFind<T>(mas: MaState<T>, max: number): T | null | undefined {
  switch (mas.status) {
    case 'active':
      if (mas.last >= max) return null;
      if (isPlaced(mas)) return undefined;
      if (mas.tree.height > 0) {
        locate(mas);
        return undefined;
      }
      mas.status = 'start';
      break;
    case 'pause':
      if (mas.last >= max) return null;
      mas.index = ++mas.last;
      mas.status = 'start';
      break;
    case 'none':
      if (mas.last >= max) return null;
      mas.index = mas.last;
      mas.status = 'start';
      break;
    case 'underflow':
      if (mas.index >= max) {
        mas.status = 'overflow';
        return null;
      }
      mas.status = 'start';
      break;
    case 'overflow':
      if (mas.last >= max) return null;
      mas.status = 'start';
      break;
    case 'error':
      return null;
  }
  if (mas.status === 'start') {
    if (mas.index > max) return null;
    const entry = walk(mas);
    if (entry !== null) return entry;
  }
  if ((mas.status as string) === 'root') {
    mas.status = 'none';
    mas.index = 1;
    mas.last = ULONG_MAX;
    return null;
  }
  if ((mas.status as string) === 'none' || mas.index === max) return null;
  return undefined;
}

/** What a backward search answers before it steps, or undefined where it is to step from where the cursor is now. */
function startFindRev<T>(mas: MaState<T>, min: number): T | null | undefined {
  switch (mas.status) {
    case 'active':
      if (mas.index < min) return null;
      if (isPlaced(mas)) return undefined;
      if (mas.tree.height > 0) {
        locate(mas);
        return undefined;
      }
      mas.status = 'start';
      break;
    case 'pause':
      if (mas.index <= min) {
        mas.status = 'underflow';
        return null;
      }
      mas.last = --mas.index;
      mas.status = 'start';
      break;
    case 'none':
      if (mas.index <= min) return null;
      mas.last = mas.index;
      mas.status = 'start';
      break;
    case 'overflow':
      if (mas.index <= min) {
        mas.status = 'underflow';
        return null;
      }
      return stepBackFrom(mas, min);
    case 'underflow':
      if (mas.index <= min) return null;
      return stepBackFrom(mas, min);
    case 'error':
      return null;
  }
  if (mas.status === 'start') {
    if (mas.index < min) return null;
    const entry = walk(mas);
    if (entry !== null) return entry;
  }
  return afterWalkBack(mas, min);
}

/** Goes on from an overflow or underflow: on the place where that happened, or, if it was before any walk, from the root. */
function stepBackFrom<T>(mas: MaState<T>, min: number): T | null | undefined {
  mas.status = 'active';
  if (!isPlaced(mas)) {
    const entry = walk(mas);
    if (mas.status !== 'active') return entry ?? afterWalkBack(mas, min);
  }
  return mas.index < min ? null : undefined;
}

function afterWalkBack<T>(mas: MaState<T>, min: number): T | null | undefined {
  if (mas.status === 'root') {
    mas.status = 'none';
    return null;
  }
  if (mas.status === 'none') {
    // The walk found the space behind what sits in the root, so the previous place is index 0.
    if (min > 0 && mas.tree.rootEntry !== null) {
      mas.status = 'underflow';
      return null;
    }
    mas.index = mas.last = 0;
    mas.status = 'root';
    return mas.tree.rootEntry as T | null;
  }
  return mas.index < min ? null : undefined;
}
