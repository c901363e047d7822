import type { RuleInfo } from './rule.ts';
import { EVERYWHERE } from './severities.ts';

export const noLeakedPrealloc: RuleInfo = {
  id: 'no-leaked-prealloc',
  description: 'reports a path on which reserved nodes are neither stored nor given back',
  rationale:
    'Nodes that mas_preallocate() or mas_expected_entries() reserved belong to the cursor. When the cursor goes, nobody can give them back any more.',
  ...EVERYWHERE,
};

export function leakedNodesMessage(cursor: string, where: string): string {
  return `Nodes are reserved for ${cursor} here, and neither stored nor given back ${where}. Call mas_store_prealloc() or mas_destroy() on that path.`;
}
