/** Locks that a test file takes before each of its tests, and gives back after it. */
import type { Value } from '../domain/values.ts';
import type { Fn } from '../link/program.ts';
import type { ClosureUse } from './context.ts';
import type { Frame } from './frame.ts';
import { narrowShape } from './lock-shape.ts';
import type { WholeProgram } from './whole-program.ts';

/** What test runners call the functions that are given what to run around the tests of a file. */
const HOOKS: ReadonlyMap<string, ClosureUse> = new Map([
  ['before', 'setup'],
  ['beforeAll', 'setup'],
  ['beforeEach', 'setup'],
  ['setup', 'setup'],
  ['suiteSetup', 'setup'],
  ['after', 'teardown'],
  ['afterAll', 'teardown'],
  ['afterEach', 'teardown'],
  ['teardown', 'teardown'],
  ['suiteTeardown', 'teardown'],
]);

export function testHook(name: string): ClosureUse | undefined {
  return HOOKS.get(name);
}

/** The file takes the lock before its tests: all that it hands to the runner may be run under it. */
export function isTakenBeforeTests(whole: WholeProgram, frame: Frame, lock: Value): boolean {
  if (frame.fn.home.language !== 'typescript') return false;
  return whole.partners('keepers', narrowShape(frame, lock)).some((fn) => isHook(whole, frame, fn, 'setup'));
}

/** The function leaves locks to the tests of the file, and another gives one of them back after them. */
export function isGivenBackAfterTests(whole: WholeProgram, frame: Frame): boolean {
  if (!isHook(whole, frame, frame.fn, 'setup')) return false;
  const { keptShapes = [] } = frame.context.summary(frame.fn.index) ?? {};
  return keptShapes.some((shape) =>
    whole.partners('releasers', shape).some((fn) => isHook(whole, frame, fn, 'teardown')),
  );
}

function isHook(whole: WholeProgram, frame: Frame, fn: Fn, use: ClosureUse): boolean {
  return fn.home === frame.fn.home && whole.usesOf(fn)?.has(use) === true;
}
