import type { Language } from '../ir/source.ts';
import type { Fn } from '../link/program.ts';

/**
 * Names are no proof of anything, and nothing is reported for a name. They are evidence of intent: a function that
 * leaves a lock held, or gives back what it did not take, may be there to do just that.
 */
const ACQUIRING = new Set([
  'lock',
  'acquire',
  'enter',
  'begin',
  'start',
  'hold',
  'freeze',
  'claim',
  'grab',
  'trylock',
  'locked',
]);
const RELEASING = new Set(['unlock', 'release', 'leave', 'put']);

/** Words of names in C of functions that may take or give back locks, besides those that end in `lock`. */
const C_LOCKING_WORDS = new Set([
  ...['mutex', 'guard', 'acquire', 'release', 'claim'],
  ...['end', 'finish', 'done'],
]);

/** `spin_lock_init`, `trace_lock_acquire`, `pmd_addr_end`: with such a word it does something else. */
const NEVER_LOCKING_WORDS = new Set([
  ...['init', 'initializer', 'lockdep', 'trace', 'addr', 'destroy'],
  ...['is', 'test', 'assert', 'asserted'],
]);

/** Locks that are a bit or an owner in what they protect (`folio_lock`, `lock_buffer`): no lock that is followed. */
const BIT_LOCKING =
  /(^|_)(un|try)?lock_(page|folio|buffer|entries)s?$|(^|_)(folio|page|buffer)_(un|try)?lock(_killable|_or_retry)?$|_(get|insert|find)_locked$/;

/** `rq_lock`, `xfs_iunlock`, `find_locked`; but neither `clock` nor `block`, nor `mlock`, which is about memory. */
function endsInLock(word: string): boolean {
  return /lock(ed)?$/.test(word) && !/[bc]lock(ed)?$|^mu?n?lock/.test(word);
}

/** Camel case has words: `clock` and `blocks` are not about locks. */
const LOCKING_WORDS = new Set([
  ...['lock', 'unlock', 'locked', 'unlocked', 'trylock', 'mutex', 'guard', 'exclusive'],
  ...['acquire', 'release', 'claim', 'grab', 'hold', 'begin', 'enter'],
]);

/**
 * True for the name of a function that may take or give back a lock, or return something locked. One that asks
 * (`mmap_lock_is_contended`) does neither.
 */
export function soundsLikeLocking(name: string, language: Language): boolean {
  const words = wordsOf(name);
  if (language !== 'c') return words.some((w) => LOCKING_WORDS.has(w));
  if (words.some((w) => NEVER_LOCKING_WORDS.has(w)) || BIT_LOCKING.test(name)) return false;
  return words.some((w) => C_LOCKING_WORDS.has(w) || endsInLock(w));
}

const RELEASING_WORD = /un(lock|locked|guard)$|^(release|leave|put|end|finish|done|exit)$/;

/** True for the name of a function, of those that sound like locking, that may leave a lock taken. */
export function soundsTaking(name: string, language: Language): boolean {
  const words = wordsOf(name);
  const isLocking = (word: string): boolean =>
    language === 'c' ? C_LOCKING_WORDS.has(word) || endsInLock(word) : LOCKING_WORDS.has(word);
  const locking = words.filter(isLocking);
  const releases = locking.some((word) => RELEASING_WORD.test(word));
  // `mutex_unlock` takes no mutex.
  return locking.some((word) => !RELEASING_WORD.test(word) && !(releases && /^(mutex|guard)$/.test(word)));
}

/** `lock_or_retry`, `double_lock_balance`, `relock`: what is held may be given back on the way. */
const GIVING_WAY = /^(re|un)\w*lock|retry|double|switch|swap|balance|drop|downgrade|transfer|handover/;

/** True for the name of a function of C that takes a lock and gives none back. */
export function onlyTakes(name: string, language: Language): boolean {
  const words = wordsOf(name);
  return (
    language === 'c' &&
    words.some((word) => /lock$/.test(word) && endsInLock(word)) &&
    !words.some((word) => GIVING_WAY.test(word) || RELEASING_WORD.test(word))
  );
}

const ONE_OF_PAIR: readonly (readonly [RegExp, string])[] = [
  [/(un|try)(?=lock)/, ''],
  [/^locked$/, 'lock'],
  [/^release$/, 'acquire'],
  [/^(end|finish|done|stop|start)$/, 'begin'],
  [/^(leave|exit)$/, 'enter'],
  [/^irq(save|restore)$/, 'irq'],
  [/^(nested|killable|interruptible)$/, ''],
];

/** The same for the names of a function that takes a lock and of one that gives it back. */
export function stemOfPair(name: string): string {
  const halves = wordsOf(name).map((word) =>
    ONE_OF_PAIR.reduce((half, [from, to]) => half.replace(from, to), word),
  );
  return halves.filter((word) => word !== '').join('_');
}

/** True for the name of a function that may give back the lock of whatever it is given. */
export function soundsUnlocking(name: string): boolean {
  return /unlock/.test(name);
}

const INITIALIZING = new Set(['init', 'initialize', 'setup', 'lockdep']);

/** True for the name of a function that makes an object ready, and leaves it to whoever made it. */
export function soundsInitializing(name: string): boolean {
  return wordsOf(name).some((w) => INITIALIZING.has(w));
}

/** Words of names of functions that take a reference to an object, or keep it in another way. */
const PINNING = new Set([
  'get',
  'tryget',
  'grab',
  'hold',
  'pin',
  'ref',
  'kref',
  'refcount',
  'inc',
  'retain',
  'acquire',
  'addref',
  'claim',
  'lock',
  'trylock',
  'take',
]);

/** True for the name of a function that may see to it that what it is given stays. */
export function soundsPinning(name: string): boolean {
  return wordsOf(name).some((w) => PINNING.has(w));
}

/** True for the name of a function that takes a reference only where the object is not about to be freed. */
export function refusesTheDead(name: string): boolean {
  return /unless_zero|not_zero|not_dead|tryget|try_get/.test(name);
}

/** Words of names of functions that end the life of what they are given, or hand it on. */
const DISOWNING = new Set(['free', 'kfree', 'kvfree', 'rcu', 'put', 'release', 'destroy', 'drop', 'dispose']);

/** True for the name of a function that is called by the owner of what it is given. */
export function soundsDisowning(name: string): boolean {
  return wordsOf(name).some((w) => DISOWNING.has(w));
}

/** True for the name of a function in C that says that its callers hold what it needs. */
export function soundsCalledUnderLock(name: string): boolean {
  return name.startsWith('__') || /unmapped_area|locked|_nolock/.test(name);
}

/** Words of names of functions that are written in pairs. */
const PAIRS: readonly (readonly [string, string])[] = [
  ['lock', 'unlock'],
  ['start', 'stop'],
  ['begin', 'end'],
  ['enter', 'exit'],
  ['enter', 'leave'],
  ['acquire', 'release'],
  ['open', 'close'],
  ['open', 'release'],
  ['get', 'put'],
  ['prepare', 'finish'],
  ['prepare', 'complete'],
  ['prepare', 'unprepare'],
  ['suspend', 'resume'],
  ['freeze', 'thaw'],
  ['hold', 'release'],
  ['grab', 'drop'],
  ['pre', 'post'],
  ['map', 'unmap'],
  ['pin', 'unpin'],
  ['init', 'exit'],
  ['start', 'end'],
  ['start', 'finish'],
  ['begin', 'finish'],
  ['begin', 'commit'],
  ['take', 'drop'],
  ['take', 'release'],
  ['constructor', 'destructor'],
];

/** Few names are asked for often. So many are kept. */
const MOST_NAMES = 10_000;
const known = new Map<string, readonly string[]>();

/** `Pool.lockAll` → [`lock`, `all`]; the class does not count. */
export function wordsOf(name: string): readonly string[] {
  let words = known.get(name);
  if (words === undefined) {
    if (known.size >= MOST_NAMES) known.clear();
    known.set(name, (words = splitWords(name)));
  }
  return words;
}

function splitWords(name: string): string[] {
  const last = name.slice(name.lastIndexOf('.') + 1);
  return (
    last
      .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
      // `lock2` is the other half of `unlock2`.
      .replace(/(lock)(\d+)\b/gi, '$1_$2')
      .toLowerCase()
      .split(/[^a-z0-9]+/)
      .filter((w) => w !== '')
  );
}

const DISPOSING = new Set(['unlock', 'release', 'leave', 'dispose']);

/** True for the name of a field that may hold a function which gives a lock back. */
export function soundsDisposing(name: string): boolean {
  return wordsOf(name).some((w) => DISPOSING.has(w));
}

/** Words of names of flags that say whether a lock is held. */
const TELLING = new Set([
  'lock',
  'locked',
  'unlocked',
  'nolock',
  'locking',
  'held',
  'holding',
  'hold',
  'guarded',
]);

/** True for the name of a flag by which callers say whether they hold a lock. */
export function soundsTelling(name: string): boolean {
  return wordsOf(name).some((w) => TELLING.has(w));
}

const UNLOCKING = new Set(['unlock', 'unlocked', 'release', 'drop', 'locked', 'held']);

/** True for the name of a flag by which callers ask for their lock to be given back. */
export function asksToUnlock(name: string): boolean {
  return wordsOf(name).some((w) => UNLOCKING.has(w));
}

const HELD = new Set(['locked', 'unlocked', 'held']);

/** True for the name of a variable that is no lock, but says whether one is held. */
export function saysWhetherHeld(name: string): boolean {
  return wordsOf(name).some((w) => HELD.has(w));
}

export function soundsAcquiring(fn: Fn): boolean {
  return wordsOf(fn.ir.name).some((w) => ACQUIRING.has(w));
}

export function soundsReleasing(fn: Fn): boolean {
  const words = wordsOf(fn.ir.name);
  // What C programs release and put are objects, as a rule: unless the function does no more, or is an operation of a table.
  const isOfObjects = fn.home.language === 'c' && !fn.outline.isWrapper && !fn.ir.escapes;
  return words.some((w) => w.endsWith('unlock')) || (!isOfObjects && words.some((w) => RELEASING.has(w)));
}

/** True if a parameter says whether a lock is held, or is the address of a flag that does: `bool *unlocked`. */
export function tellsByFlag({ ir, home }: Fn): boolean {
  return ir.params.some((id) => saysWhetherHeld(home.unit.variables[id]?.name ?? ''));
}

/** The names that would be the counterpart of a function that leaves a lock held: `uffd_move_lock` → `uffd move unlock`. */
export function counterpartsOf(acquirer: Fn): string[] {
  const words = wordsOf(acquirer.ir.name);
  return PAIRS.flatMap(([x, y]) => {
    const k = words.indexOf(x);
    return k < 0 ? [] : [[...words.slice(0, k), y, ...words.slice(k + 1)].join(' ')];
  });
}

/** True if the two names are the same but for the two words of a pair: `m_start` and `m_stop`. */
export function arePaired(acquirer: Fn, releaser: Fn): boolean {
  const a = wordsOf(acquirer.ir.name);
  const b = wordsOf(releaser.ir.name);
  if (a.length !== b.length) return false;
  return PAIRS.some(([x, y]) => {
    const k = a.indexOf(x);
    if (k < 0) return false;
    const l = b.indexOf(y);
    return l >= 0 && a.filter((_, i) => i !== k).join() === b.filter((_, i) => i !== l).join();
  });
}
