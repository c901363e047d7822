/** True for an integer from 0 to ULONG_MAX. */
export const isIndex = (index: number): boolean => Number.isSafeInteger(index) && index >= 0;

/** True where `size` indices in a row, at least one, may lie between two indices. */
export const mayFit = (min: number, max: number, size: number): boolean =>
  isIndex(min) && isIndex(max) && isIndex(size) && size > 0 && max - min >= size - 1;

/** Throws unless the argument is an index. For the calls that have no way to return -EINVAL. */
export const requireIndex = (name: string, index: number): void => {
  if (!isIndex(index))
    throw new RangeError(`${name} is ${String(index)}: not an integer from 0 to ULONG_MAX`);
};
