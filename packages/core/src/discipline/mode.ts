/** What a broken lock discipline does: throw, print to the console and go on, or nothing, unchecked. */
export type DisciplineMode = 'throw' | 'warn' | 'off';

/**
 * The state of the checks. `on` is read by every call of the API before anything else, and compared with true: V8 then
 * compares an address, where it would have to ask of any value what it counts as.
 */
export const discipline: { on: boolean; mode: DisciplineMode } = { on: true, mode: 'throw' };

/**
 * Chooses what a call that breaks the lock discipline does. The default is `throw`, or what the environment variable
 * MAPLELOCK_DISCIPLINE says where there is one. With `off` no call checks anything.
 *
 * @throws RangeError for anything but the three modes.
 */
export function setDiscipline(mode: DisciplineMode): void {
  if (!isMode(mode))
    throw new RangeError(`setDiscipline(): no mode ${String(mode)}; there are throw, warn and off`);
  discipline.mode = mode;
  discipline.on = mode !== 'off';
}

/** The mode that is set. */
export function getDiscipline(): DisciplineMode {
  return discipline.mode;
}

function isMode(mode: unknown): mode is DisciplineMode {
  return mode === 'throw' || mode === 'warn' || mode === 'off';
}

/** The part of the global scope that this package looks at, and that not every host has. */
interface Host {
  readonly process?: { readonly env?: Readonly<Record<string, string | undefined>> };
  readonly console?: { warn(message: string): void };
}
const host = globalThis as Host;

const fromEnvironment = host.process?.env?.['MAPLELOCK_DISCIPLINE'];
if (isMode(fromEnvironment)) setDiscipline(fromEnvironment);

/** Prints a warning where the host has a console. */
export function warn(message: string): void {
  host.console?.warn(message);
}
