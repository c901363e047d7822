import type { RuleInfo } from './rule.ts';
import { EVERYWHERE } from './severities.ts';

export const lockOrder: RuleInfo = {
  id: 'lock-order',
  description:
    'reports two locks that are taken in both orders, and two locks of one kind that are nested without a declared order',
  rationale:
    'Where one path holds the first lock and waits for the second, and another holds the second and waits for the first, both wait for ever.',
  ...EVERYWHERE,
};

/** `first` is held where `second` is taken, in the words of the function that does it. */
export interface OrderInWords {
  readonly first: string;
  readonly second: string;
}

export function bothOrdersMessage(here: OrderInWords, other: OrderInWords, place: string): string {
  const names =
    here.first === other.second && here.second === other.first
      ? 'in the other order'
      : `in the other order (${other.second} under ${other.first})`;
  return `${here.second} is taken while ${here.first} is held, but ${place} takes them ${names}: two who do so at the same time wait for each other for ever. Take them in one order everywhere.`;
}

export function nestedKindMessage(here: OrderInWords, language: 'typescript' | 'c'): string {
  const declare =
    language === 'c'
      ? 'Take them in the order of their addresses or ids, and the second one by mtree_lock_nested(), mas_lock_nested() or spin_lock_nested()'
      : 'Take them in the order of an id that both have';
  return `${here.second} is taken while ${here.first}, a lock of the same kind, is held, and nothing says which of two comes first: two who nest them the other way round wait for each other for ever. ${declare}.`;
}
