/** The classes of the program that stand in for an interface, or for a class that they extend. */
import type { Callee, Unit } from '../ir/ir.ts';
import { type ClassHome, classHome, lineOf, methodHome } from './class-homes.ts';
import { type Locate, normalized } from './locate.ts';

/** What a call of a method may call, if its type has no such method of its own. */
export type MethodsAmong = (
  type: ClassHome,
  name: string,
  caller: Unit,
) => readonly Extract<Callee, { kind: 'function' | 'external' }>[];

/** Of a type with more stand-ins than this nothing is said. */
const MOST_STAND_INS = 8;

/** Cost: linear in the classes and what they extend and implement. */
export function methodsAmong(modules: readonly Unit[], locate: Locate<Unit>): MethodsAmong {
  const standIns = new Map<string, ClassHome[]>();
  for (const unit of modules) {
    for (const cls of unit.classes.values()) {
      const own = { cls, unit };
      for (const above of typesAbove(own, locate)) {
        const key = keyOf(above);
        const list = standIns.get(key);
        if (list === undefined) standIns.set(key, [own]);
        else list.push(own);
      }
    }
  }
  return (type, name, caller) => {
    const found = standIns.get(keyOf(type));
    if (found === undefined || methodHome(type, name, locate) !== undefined) return [];
    const methods = new Map<string, Extract<Callee, { kind: 'function' | 'external' }>>();
    for (const standIn of found) {
      const home = methodHome(standIn, name, locate);
      const fn = home?.cls.methods.get(name);
      if (home === undefined || fn === undefined) continue;
      const module = normalized(home.unit.path);
      const callee =
        home.unit === caller
          ? ({ kind: 'function', fn } as const)
          : ({ kind: 'external', name: `${home.cls.name}.${name}`, module } as const);
      methods.set(`${module}#${home.cls.name}`, callee);
    }
    return methods.size > MOST_STAND_INS ? [] : [...methods.values()];
  };
}

function keyOf({ cls, unit }: ClassHome): string {
  return `${unit.path}#${cls.name}`;
}

/** What a class extends, and the interfaces that it or those implement, with what these extend. */
function typesAbove(own: ClassHome, locate: Locate<Unit>): ClassHome[] {
  const line = lineOf(own, locate);
  const promised = line.flatMap(({ cls, unit }) =>
    (cls.implements ?? []).flatMap((type) => {
      const home = classHome({ type, unit }, locate);
      return home === undefined ? [] : lineOf(home, locate);
    }),
  );
  const above = new Map([...line.slice(1), ...promised].map((home) => [keyOf(home), home]));
  above.delete(keyOf(own));
  return [...above.values()];
}
