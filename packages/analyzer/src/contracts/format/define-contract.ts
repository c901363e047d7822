import ts from 'typescript';
import type {
  AccessNeed,
  CursorEffect,
  CursorInit,
  FunctionContract,
  LockEffect,
  LockRef,
  ResultContract,
  TreeEffect,
} from '@maplelock/core';
import type { AnalyzerContract, CMacro, Container, Guard } from '../model.ts';
import { CONTRACT_SHAPE } from './contract-shape.ts';
import { type JsonSchema, jsonSchemaOf } from './json-schema.ts';
import { findProblem } from './shape.ts';

/** A lock: the path of a lock object, or what `LockRef` says. */
export type LockDescription = string | LockRef;

/** An effect on a lock: the lock alone, which is meant for writing, or with its mode. */
export type EffectDescription =
  | string
  | (Omit<LockEffect, 'lock' | 'mode'> & {
      readonly lock: LockDescription;
      readonly mode?: LockEffect['mode'];
    });

/** What users say of one function. All of it may be left out. */
export interface FunctionDescription {
  readonly summary?: string;
  readonly params?: readonly string[];
  readonly group?: FunctionContract['group'];
  readonly needs?: readonly AccessNeed[];
  readonly acquires?: readonly EffectDescription[];
  readonly releases?: readonly EffectDescription[];
  readonly takes?: readonly EffectDescription[];
  readonly asserts?: readonly EffectDescription[];
  readonly runs?: readonly { readonly at: string; readonly under?: readonly EffectDescription[] }[];
  readonly drops?: LockDescription;
  readonly sleeps?: 'always' | 'gfp';
  readonly gfp?: string;
  readonly reentrant?: true;
  readonly cursor?: Omit<CursorEffect, 'illegal'>;
  readonly makesCursor?: CursorInit;
  readonly tree?: TreeEffect;
  readonly modifies?: string;
  readonly result?: ResultContract;
  readonly deprecated?: string;
}

/** A contract as users write it, in JSON or TypeScript. See docs/contracts.md. */
export interface ContractDescription {
  readonly $schema?: string;
  readonly name: string;
  readonly module?: string;
  readonly header?: string;
  readonly languages?: readonly ('typescript' | 'c')[];
  readonly container?: Partial<Container> & Pick<Container, 'types' | 'lock'>;
  readonly functions: Readonly<Record<string, FunctionDescription>>;
  readonly sameAs?: Readonly<Record<string, string>>;
  readonly macros?: Readonly<Record<string, CMacro>>;
  readonly guards?: Readonly<Record<string, Guard>>;
  readonly externalLocks?: readonly { readonly tree: string; readonly lock: string }[];
  readonly mentions?: readonly string[];
}

/** A contract that cannot be used: where it is wrong, what is wrong, and what to do. */
export class ContractError extends Error {
  override readonly name = 'ContractError';
  readonly remedy: string;

  constructor(message: string, remedy: string) {
    super(message);
    this.remedy = remedy;
  }
}

/** The JSON schema of contract files: `contract.schema.json` of this package. */
export const CONTRACT_SCHEMA: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'A contract for Maplelock',
  ...jsonSchemaOf(CONTRACT_SHAPE),
};

/** Makes a contract for `analyze({ contracts })` of what users write. Throws `ContractError`. */
export function defineContract(description: ContractDescription): AnalyzerContract {
  const problem = findProblem(description, CONTRACT_SHAPE);
  if (problem !== null)
    throw new ContractError(
      problem.at === '' ? `the contract ${problem.message}` : `${problem.at} ${problem.message}`,
      problem.remedy,
    );
  const { name, module, header, container, macros, guards, externalLocks, mentions } = description;
  const languages = description.languages ?? [module === undefined ? 'c' : 'typescript'];
  if (languages.includes('typescript') && module === undefined) {
    throw new ContractError(
      `the contract '${name}' is for TypeScript and names no module`,
      'Write "module": the name that programs import, or "languages": ["c"].',
    );
  }
  const functions = Object.entries(description.functions).map(([key, f]) => functionOf(key, f));
  return {
    name,
    languages,
    functions: [...functions, ...inherited(description, functions)],
    ...(module !== undefined && { module }),
    ...(header !== undefined && { header }),
    ...(container && { container: { cursors: {}, owner: '', advice: {}, ...container } }),
    ...(macros && { macros }),
    ...(guards && { guards }),
    ...(externalLocks && { externalLocks }),
    ...(mentions
      ? { mentions }
      : { mentions: [...Object.keys(description.functions), ...Object.keys(macros ?? {})] }),
  };
}

/** Makes a contract of the text of a JSON file. Throws `ContractError`, with line and column where the text is no JSON. */
export function parseContract(json: string): AnalyzerContract {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new ContractError(
      `the contract is no JSON: ${placed((error as Error).message, json)}`,
      'Mend it there.',
    );
  }
  return defineContract(value as ContractDescription);
}

/** What is wrong with the text, and where: JavaScript engines say an offset in some cases only. */
function placed(message: string, json: string): string {
  const [said = message, position] = message.split(' at position ');
  const offset =
    position === undefined ? ts.parseConfigFileTextToJson('', json).error?.start : parseInt(position, 10);
  if (offset === undefined) return said;
  const lines = json.slice(0, offset).split('\n');
  const reason = said.replace(/, "[^]* is not valid JSON$/, '');
  return `${reason} at line ${lines.length}, column ${(lines.at(-1) ?? '').length + 1}`;
}

/** Methods of classes that have those of another. */
function inherited(
  { sameAs = {}, functions: described }: ContractDescription,
  functions: readonly FunctionContract[],
): FunctionContract[] {
  return Object.entries(sameAs).flatMap(([name, other]) => {
    const methods = functions.filter((f) => f.name.startsWith(`${other}.`));
    if (methods.length === 0) {
      throw new ContractError(
        `sameAs.${name} names '${other}', of which functions has no method`,
        `Write functions of the form "${other}.method", or mend the name.`,
      );
    }
    return methods
      .map((f) => ({ ...f, name: `${name}${f.name.slice(other.length)}` }))
      .filter((f) => !Object.hasOwn(described, f.name));
  });
}

function functionOf(name: string, f: FunctionDescription): FunctionContract {
  const { acquires, releases, takes, asserts, runs, drops, result, ...rest } = f;
  const at = `functions[${JSON.stringify(name)}]`;
  const effects = (key: string, given: readonly EffectDescription[]): LockEffect[] =>
    given.map((effect, k) => effectOf(effect, `${at}.${key}[${k}]`));
  const needsOrNothing = f.needs === undefined && takes !== undefined ? 'normal' : 'advanced';
  return {
    ...rest,
    name,
    group: f.group ?? ((acquires ?? releases) ? 'lock' : needsOrNothing),
    params: f.params ?? [],
    summary: f.summary ?? '',
    result: result ?? { kind: 'value' },
    ...(acquires && { acquires: effects('acquires', acquires) }),
    ...(releases && { releases: effects('releases', releases) }),
    ...(takes && { takes: effects('takes', takes) }),
    ...(asserts && { asserts: effects('asserts', asserts) }),
    ...(runs && {
      runs: runs.map(({ at: callback, under }, k) => ({
        at: callback,
        ...(under && { under: effects(`runs[${k}].under`, under) }),
      })),
    }),
    ...(drops !== undefined && { drops: lockOf(drops, `${at}.drops`) }),
  };
}

function effectOf(effect: EffectDescription, at: string): LockEffect {
  if (typeof effect === 'string') return { lock: lockOf(effect, at), mode: 'write' };
  return { mode: 'write', ...effect, lock: lockOf(effect.lock, `${at}.lock`) };
}

function lockOf(lock: LockDescription, at: string): LockRef {
  if (typeof lock === 'string') return { of: 'object', at: lock };
  const { of, at: path, name } = lock as { of: LockRef['of']; at?: string; name?: string };
  if (of === 'token' ? name === undefined : path === undefined) {
    throw new ContractError(
      `${at} says neither where the lock is nor its name`,
      of === 'token' ? 'Write "name": "rcu".' : 'Write "at": a path, as "$0.lock".',
    );
  }
  return lock;
}
