import type { MaState } from './ma-state.ts';

/** True where the last operation failed; `mas.error` says how. Kernel: include/linux/maple_tree.h, mas_is_err(), 6.12. */
export function mas_is_err<T>(mas: MaState<T>): boolean {
  return mas.status === 'error';
}

/** True where the cursor is on a slot. Kernel: include/linux/maple_tree.h, mas_is_active(), 6.12. */
export function mas_is_active<T>(mas: MaState<T>): boolean {
  return mas.status === 'active';
}

/** True where the next operation walks from the root. Kernel: lib/maple_tree.c, mas_is_start(), 6.12. */
export function mas_is_start<T>(mas: MaState<T>): boolean {
  return mas.status === 'start';
}

/** True on a tree that is one entry at index 0. Kernel: lib/maple_tree.c, mas_is_ptr(), 6.12. */
export function mas_is_ptr<T>(mas: MaState<T>): boolean {
  return mas.status === 'root';
}

/** True where nothing was found. Kernel: lib/maple_tree.c, mas_is_none(), 6.12. */
export function mas_is_none<T>(mas: MaState<T>): boolean {
  return mas.status === 'none';
}

/** True after mas_pause(). Kernel: lib/maple_tree.c, mas_is_paused(), 6.12. */
export function mas_is_paused<T>(mas: MaState<T>): boolean {
  return mas.status === 'pause';
}

/** True where a step reached its maximum. Kernel: lib/maple_tree.c, mas_is_overflow(), 6.12. */
export function mas_is_overflow<T>(mas: MaState<T>): boolean {
  return mas.status === 'overflow';
}

/** True where a step reached its minimum. Kernel: lib/maple_tree.c, mas_is_underflow(), 6.12. */
export function mas_is_underflow<T>(mas: MaState<T>): boolean {
  return mas.status === 'underflow';
}
