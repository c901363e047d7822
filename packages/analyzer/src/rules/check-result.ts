import type { FunctionContract } from '@maplelock/core';
import type { Telling } from '../domain/state.ts';
import type { Language } from '../ir/source.ts';
import type { RuleInfo } from './rule.ts';
import { EVERYWHERE } from './severities.ts';

export const checkResult: RuleInfo = {
  id: 'check-result',
  description: 'reports a dropped result that says whether the store, or what else was asked for, happened',
  rationale:
    'A store can fail for want of memory, a search for want of a gap, a trylock because another holds the lock. Who goes on without looking works with a tree that does not hold what it should.',
  ...EVERYWHERE,
};

export function droppedMessage(api: string, row: FunctionContract, language: Language): string {
  const what = row.acquires === undefined ? 'it did what it was asked for' : 'the lock was taken';
  return `Whether ${what}, ${api}() says by its result only, and nothing looks at that. Check it, or write ${discard(api, language)} if it makes no difference.`;
}

export function droppedThroughHelperMessage(
  helper: string,
  api: string,
  isCallback: boolean,
  language: Language,
): string {
  if (isCallback) {
    return `The result of ${api}(), which says whether it did what it was asked for, is dropped by what calls this function. Check it in the function, or write ${discard(api, language)} there.`;
  }
  return `${helper}() passes on the result of ${api}(), which says whether it did what it was asked for, and nothing looks at that. Check it, or write ${discard(helper, language)} if it makes no difference.`;
}

export function uncheckedMessage(
  telling: Telling,
  cursor: string,
  viaHelper: boolean,
  language: Language,
): string {
  if (telling.dropped) {
    return `Whether it did what it was asked for, ${telling.api}() says by its result, and nothing looks at that, nor at mas_is_err(). Check it, or write ${discard(telling.api, language)} if it makes no difference.`;
  }
  const subject = viaHelper
    ? `The call stores by ${telling.api}(), which can fail`
    : `${telling.api}() can fail`;
  return `${subject}, and only the cursor tells: nothing asks mas_is_err(${cursor}) before the cursor is set anew or the function ends. Ask it, or use mas_store_gfp() and check its result.`;
}

function discard(api: string, language: Language): string {
  return language === 'c' ? `(void)${api}(…)` : `void ${api}(…)`;
}
