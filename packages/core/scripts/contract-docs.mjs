import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

/** Where the page is kept. */
export const page = new URL('../../../docs/core/contract.md', import.meta.url);

const GROUPS = [
  ['tree', 'Trees'],
  ['lock', 'Locks'],
  ['normal', 'The normal API'],
  ['cursor', 'Cursors'],
  ['advanced', 'The advanced API'],
  ['debug', 'Looking inside'],
];

const lockName = (lock) => {
  if (lock.of === 'token') return lock.name === 'rcu' ? 'a read section' : lock.name;
  const place = lock.at.replace(/^\$this$/u, 'it');
  return lock.of === 'object' ? place : `the ${lock.of === 'internal' ? 'internal ' : ''}lock`;
};

function locksOf(row) {
  const parts = [];
  for (const { access } of row.needs ?? [])
    parts.push(access === 'write' ? 'needs the write lock' : 'needs RCU or the lock');
  for (const { lock } of row.takes ?? []) parts.push(`takes ${lockName(lock)} itself`);
  for (const { lock, when } of row.acquires ?? [])
    parts.push(`${when === undefined ? 'takes' : 'tries'} ${lockName(lock)}`);
  for (const { lock } of row.releases ?? []) parts.push(`leaves ${lockName(lock)}`);
  if (row.drops !== undefined) parts.push(`may drop ${lockName(row.drops)}`);
  return [...new Set(parts)].join('; ') || 'none';
}

function cursorOf({ cursor }) {
  if (cursor === undefined) return '';
  const uses = cursor.uses === 'position' ? 'goes on from its place' : 'walks anew';
  const leaves = {
    node: 'leaves a place',
    start: 'leaves it at the start',
    pause: 'pauses it',
    same: 'leaves it as it was',
  };
  const first = cursor.uses === 'nothing' && cursor.leaves !== 'node' ? '' : `${uses}, `;
  const illegal = cursor.illegal === undefined ? '' : `; not from ${cursor.illegal.join(', ')}`;
  const failed = cursor.failed === undefined ? '' : `, or where it fails in ${cursor.failed}`;
  const exhausted = cursor.exhausted === undefined ? '' : `, or at its limit in ${cursor.exhausted}`;
  return `${first}${leaves[cursor.leaves]}${failed}${exhausted}${illegal}`;
}

function resultOf({ result, prealloc }) {
  const kinds = {
    errno: '0 or a negative errno',
    'errno-or-value': 'a value, or a negative errno',
    entry: 'an entry or null',
    'entry-state': 'the entry before; failure by `mas_is_err()`',
    boolean: 'a boolean',
    guard: 'a guard',
    cursor: 'a cursor',
    tree: 'a tree',
    iterable: 'an iterable',
    value: 'a value',
    none: '',
  };
  const check = result.mustCheck === true ? ' (check it)' : '';
  const nodes = {
    reserve: '; reserves nodes',
    'reserve-many': '; reserves nodes for many stores',
    take: '; uses reserved nodes',
    consume: '; uses the reserved nodes, gives the rest back',
    free: 'gives reserved nodes back',
    forget: 'nothing may be reserved',
  };
  return `${kinds[result.kind]}${check}${prealloc === undefined ? '' : nodes[prealloc].replace(/^; /, kinds[result.kind] === '' ? '' : '; ')}`;
}

const cell = (text) => text.replaceAll('|', '\\|').replaceAll('`', '`');

function rowOf(row) {
  const call = `\`${row.name}(${row.params.join(', ')})\`${row.deprecated === undefined ? '' : ' (deprecated)'}`;
  return `| ${[call, row.summary, locksOf(row), cursorOf(row), resultOf(row)].map(cell).join(' | ')} |`;
}

/** The page as it should be. */
export function contractPage(contract) {
  const sections = GROUPS.map(([group, title]) => {
    const rows = contract.functions.filter((row) => row.group === group).map(rowOf);
    const head = '| call | what it does | locks | cursor | result |\n| --- | --- | --- | --- | --- |';
    return `## ${title}\n\n<!-- prettier-ignore -->\n${head}\n${rows.join('\n')}\n`;
  });
  return `# The contract

What each function asks of its caller and does to locks and cursors. This page is generated from the table \`CONTRACT\` that \`@maplelock/core\` exports (\`npm run docs -w @maplelock/core\`); the same table drives the checks at run time and the linter. "RCU" is an open read section, see [rcu.md](rcu.md).

${sections.join('\n')}`;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
  const { CONTRACT } = await import('@maplelock/core');
  const text = contractPage(CONTRACT);
  if (!values.check) writeFileSync(page, text);
  else if (readFileSync(page, 'utf8') !== text) {
    console.error('docs/core/contract.md is not what the contract says; run npm run docs -w @maplelock/core');
    process.exitCode = 1;
  }
}
