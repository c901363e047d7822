import { ULONG_MAX } from './constants.ts';

/** True for an integer from 0 to ULONG_MAX. */
export const isIndex = (index: number): boolean =>
  index >= 0 && index <= ULONG_MAX && Math.floor(index) === index;

/** Throws unless the argument is an index. For the calls that have no way to return -EINVAL. */
export const requireIndex = (name: string, index: number): void => {
  if (!isIndex(index))
    throw new RangeError(`${name} is ${String(index)}: not an integer from 0 to ULONG_MAX`);
};
