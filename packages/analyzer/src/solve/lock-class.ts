import type { Value } from '../domain/values.ts';
import type { LinkedUnit } from '../link/program.ts';
import type { Frame } from './frame.ts';
import { objectAround } from './lock-shape.ts';

/**
 * The kind that a lock is one of, wherever in the program it is reached from: the field of a type, or the variable, that
 * it lies in. Null where that is not known. Cost: linear in the length of the lock's path.
 */
export function lockClass(frame: Frame, lock: Value): string | null {
  const { table } = frame.context;
  let at = lock;
  let suffix = '';
  for (;;) {
    const node = table.node(at);
    if (node.kind !== 'addrField') break;
    // A tree's own lock is known by where the tree lies.
    const isOwnLock = frame.ownerOf(at) !== null;
    suffix = `.${node.name}${suffix}`;
    at = node.base;
    if (isOwnLock) continue;
    if (table.node(at).kind !== 'addrField') return ofMember(frame, at, suffix);
  }
  const node = table.node(at);
  if (node.kind === 'field') {
    // What a pointer of C leads to has a kind of its own that its field does not tell.
    return frame.fn.home.language === 'c' ? null : ofMember(frame, node.base, `.${node.name}${suffix}`);
  }
  if (node.kind === 'token') return isReadSection(node.name) ? null : `token ${node.name}`;
  const variable = ofVariable(frame, at) ?? ofClosure(frame, at);
  return variable === null ? null : `${variable}${suffix}`;
}

/** A constant of a function around this one: its closures share it, as the methods of an object share a field. */
function ofClosure({ context, fn }: Frame, value: Value): string | null {
  const { table, program } = context;
  const node = table.node(value);
  const variable = node.kind === 'entry' ? program.variable(node.variable) : undefined;
  if (node.kind !== 'entry' || variable?.constant !== true || variable.kind !== 'local') return null;
  const isAround = variable.owner !== undefined && variable.owner !== fn.ir.id;
  return isAround ? `variable ${program.names.variable(node.variable)}` : null;
}

/** Read sections wait for no one. */
export function isReadSection(token: string): boolean {
  return token === 'rcu' || token === 'srcu';
}

/** True for a lock that is the same one for every function: it lies in a variable of a file, or in a global. */
export function isOneForAll(frame: Frame, lock: Value): boolean {
  return ofVariable(frame, frame.context.table.root(lock)) !== null;
}

/** The object that a lock is a part of. */
export function objectOf(frame: Frame, lock: Value): Value {
  const { table } = frame.context;
  const at = objectAround(table, lock);
  const node = table.node(at);
  return node.kind === 'field' && frame.fn.home.language === 'typescript' ? node.base : at;
}

function ofMember(frame: Frame, object: Value, suffix: string): string | null {
  const { table, program, births } = frame.context;
  const type = program.typeOf(table, object, births);
  if (type === undefined || type.name === '') {
    const variable = ofVariable(frame, object);
    return variable === null ? null : `${variable}${suffix}`;
  }
  const [, field = ''] = suffix.split('.');
  const name = program.declarerOf(table, object, type.name, field);
  const home = homeOfType(frame, object, name);
  return home === null ? null : `${name}@${home}${suffix}`;
}

/** Types are told apart by their names; where two files have one each, by the file. */
function homeOfType(frame: Frame, object: Value, name: string): string | null {
  const { program, table } = frame.context;
  const { language } = frame.fn.home;
  const homes = program.homesOfClass(name, language);
  if (homes.length <= 1) return '';
  const root = table.node(table.root(object));
  const own: LinkedUnit | undefined =
    root.kind === 'entry' || root.kind === 'addrVar' ? program.homeOf(root.variable) : frame.fn.home;
  if (own === undefined || !own.unit.classes.has(name)) return null;
  return own.unit.path;
}

function ofVariable(frame: Frame, value: Value): string | null {
  const { table, program } = frame.context;
  const node = table.node(value);
  switch (node.kind) {
    case 'global':
    case 'addrGlobal':
      return `global ${node.name}`;
    case 'import':
      return `import ${node.module}#${node.name}`;
    case 'entry':
    case 'addrVar': {
      const variable = program.variable(node.variable);
      if (variable === undefined || variable.owner !== undefined) return null;
      // In C every file that names a global means the same one.
      const isGlobal = frame.fn.home.language === 'c' && variable.exported === true;
      return isGlobal ? `global ${variable.name}` : `variable ${program.names.variable(node.variable)}`;
    }
    default:
      return null;
  }
}
