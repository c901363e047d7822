import type { RuleInfo } from './rule.ts';
import { EVERYWHERE } from './severities.ts';

export const validAnnotations: RuleInfo = {
  id: 'valid-annotations',
  description: 'reports a lock annotation that names nothing, or that its function contradicts',
  rationale:
    'Callers and the analysis believe what an annotation says. One that is wrong hides what it should show.',
  ...EVERYWHERE,
};

export function namesNothingMessage(annotation: string, path: string, isC: boolean): string {
  const start = isC
    ? 'a parameter or a variable of the file'
    : 'a parameter, `this`, or a variable around the function';
  const what = path === '' ? 'has no path' : `names nothing: '${path}' leads nowhere from this function`;
  return `${annotation} ${what}. Let the path start at ${start} and end at a tree or a lock, or remove the annotation.`;
}

export function neverAcquiresMessage(name: string, path: string): string {
  return `${name}() says that it takes ${path}, but it returns without it on every path. Take the lock, or remove the annotation.`;
}

export function sometimesAcquiresMessage(name: string, path: string): string {
  return `${name}() says that it takes ${path}, but on one of its paths it returns without it, and does not tell which it was. Take the lock on every path, or return whether it was taken.`;
}

export function sometimesReleasesMessage(name: string, path: string): string {
  return `${name}() says that it gives ${path} back, but on one of its paths it returns with it held, and does not tell which it was. Give the lock back on every path, or return whether it was given back.`;
}

export function neverReleasesMessage(name: string, path: string): string {
  return `${name}() says that it gives ${path} back, but it returns with it held on every path. Give the lock back, or say @requiresLock (in C __must_hold) instead.`;
}

export function losesMessage(name: string, path: string, always: boolean, isC: boolean): string {
  const [held, released] = isC ? ['__must_hold', '__releases'] : ['@requiresLock', '@releases'];
  const when = always
    ? 'it returns without it'
    : 'on one of its paths it returns without it, and does not tell';
  return `${name}() says that its caller holds ${path}, and so ${held} promises it back, but ${when}. Take it again before the return, or say ${released} instead.`;
}

export function excludesNeededMessage(name: string, path: string, api: string): string {
  return `${name}() says that its caller does not hold ${path}, but ${api}() in it needs that lock, and ${name}() does not take it. Take it in ${name}(), or say @requiresLock (in C __must_hold) instead.`;
}
