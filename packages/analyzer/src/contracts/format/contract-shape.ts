/** What a contract that users write may hold. The check and the JSON schema are made from this table. */
import type { Field, Shape } from './shape.ts';

const NAME = /^(new )?[A-Za-z_$][\w$]*(\.[A-Za-z_$][\w$]*)?$/;
const NAMES = "names of functions ('lock'), methods ('Mutex.lock') and constructors ('new Mutex')";

const text = (say: string, pattern?: RegExp): Shape => ({
  kind: 'text',
  say,
  ...(pattern && { pattern }),
});
const list = (of: Shape): Shape => ({ kind: 'list', of });
const oneOf = (...values: string[]): Shape => ({ kind: 'one-of', values });
const object = (fields: Readonly<Record<string, Field>>): Shape => ({ kind: 'object', fields });
const YES: Shape = { kind: 'true' };
const COUNT: Shape = { kind: 'count' };

const PATH = text(
  "a way from the call: '$0' (an argument), '$this', '$result', then fields: '$0.lock', '$0.&lock' for a part of a struct",
  /^\$(\d+|this|result)(\.(&?[A-Za-z_$][\w$]*|\d+|\*))*$/,
);
const FIELD_PATH = text(
  "fields, as 'lock' or '&lock'; empty for the object itself",
  /^(&?[A-Za-z_$][\w$]*(\.&?[A-Za-z_$][\w$]*)*)?$/,
);
const LOCK_FIELD = text(
  "one field: 'mutex', or '&lock' for a lock that is a part of the object",
  /^&?[A-Za-z_$][\w$]*$/,
);
const WORD = text('a name', /^[A-Za-z_$][\w$]*$/);
const SENTENCE = text('a sentence');

const LOCK: Shape = {
  kind: 'text-or',
  text: PATH,
  else: object({
    of: {
      shape: oneOf('object', 'internal', 'tree', 'token'),
      about:
        "'object': the lock itself is at the path; 'internal': the own lock of the container there; 'tree': whatever lock protects it; 'token': a lock without an object, as 'rcu'.",
      required: true,
    },
    at: { shape: PATH, about: 'Where it is. Not for tokens.' },
    name: { shape: WORD, about: "The token's name." },
  }),
};
const MODE: Field = { shape: oneOf('write', 'read'), about: 'Exclusive (the default) or shared.' };
const TAKEN: Readonly<Record<string, Field>> = {
  lock: { shape: LOCK, about: 'Which lock: a path, or an object.', required: true },
  mode: MODE,
};
/** An effect on a lock; its short form is the path of the lock alone. */
const effect = (more: Readonly<Record<string, Field>> = {}): Shape => ({
  kind: 'text-or',
  text: PATH,
  else: object({ ...TAKEN, ...more }),
});
const EFFECT = effect();

const FUNCTION = object({
  summary: { shape: SENTENCE, about: 'One sentence, for people.' },
  params: { shape: list(WORD), about: 'Names of the parameters, for people.' },
  group: {
    shape: oneOf('normal', 'advanced', 'cursor', 'lock', 'tree', 'debug'),
    about:
      "'normal' locks itself, 'advanced' leaves it to the caller. Follows from the rest where it is left out.",
  },
  needs: {
    shape: list(
      object({
        access: {
          shape: oneOf('read', 'write'),
          about: 'read: RCU or the lock; write: the lock held for writing.',
          required: true,
        },
        tree: { shape: PATH, about: 'The container whose lock is needed.', required: true },
      }),
    ),
    about: 'Containers whose lock the caller must hold.',
  },
  acquires: {
    shape: list(
      effect({
        when: {
          shape: oneOf('nonzero', 'zero', 'nonnegative'),
          about: 'The results that mean that it was taken. Left out: taken in any case.',
        },
        releaser: {
          shape: PATH,
          about: "Where the call leaves a function that gives the lock back: '$result'.",
        },
      }),
    ),
    about: 'Locks that are held after the call.',
  },
  releases: { shape: list(EFFECT), about: 'Locks of the caller that are no longer held after the call.' },
  takes: {
    shape: list(EFFECT),
    about: 'Locks that the call takes and gives back itself: the caller must not hold them.',
  },
  runs: {
    shape: list(
      object({
        at: { shape: PATH, about: 'The function that is run: an argument.', required: true },
        under: { shape: list(EFFECT), about: 'Locks that are held around it.' },
      }),
    ),
    about: 'Functions that the call is given, and runs once before it is done.',
  },
  drops: { shape: LOCK, about: 'A lock of the caller that the call may give back and take again.' },
  asserts: { shape: list(EFFECT), about: 'Locks that are held after the call because it checks it.' },
  sleeps: {
    shape: oneOf('always', 'gfp'),
    about: "'always': may wait; 'gfp': if the gfp argument of C lets it.",
  },
  gfp: { shape: PATH, about: 'The argument that carries the gfp flags.' },
  reentrant: { shape: YES, about: 'Taking the lock twice nests.' },
  cursor: {
    shape: object({
      at: { shape: PATH, about: 'The cursor.', required: true },
      uses: {
        shape: oneOf('position', 'nothing'),
        about: 'Whether it goes on from the node that the cursor remembers.',
        required: true,
      },
      leaves: {
        shape: oneOf('node', 'start', 'pause', 'same'),
        about: 'What the cursor remembers afterwards.',
        required: true,
      },
    }),
    about: 'What the call does to a cursor.',
  },
  makesCursor: {
    shape: object({
      at: { shape: PATH, about: 'The cursor.', required: true },
      tree: { shape: PATH, about: 'The container that it walks.', required: true },
    }),
    about: 'The call makes a cursor.',
  },
  tree: {
    shape: object({
      at: { shape: PATH, about: 'The container.', required: true },
      lock: { shape: PATH, about: 'The lock that protects it instead of its own.' },
      private: { shape: YES, about: 'Nobody else sees it: it needs no lock.' },
    }),
    about: 'The call makes a container, or says how it is locked.',
  },
  modifies: { shape: PATH, about: 'A container whose other cursors lose their place.' },
  result: {
    shape: object({
      kind: {
        shape: oneOf('errno', 'errno-or-value', 'entry', 'entry-state', 'boolean', 'guard', 'value', 'none'),
        about: "What the result means. 'guard': disposing of it gives back the lock that the call took.",
        required: true,
      },
      mustCheck: { shape: YES, about: 'Who drops the result does not know whether the work was done.' },
      keptBy: {
        shape: oneOf('lock', 'counted'),
        about:
          "For an entry: what keeps it besides the read section that it was found in. 'lock': no section, only the lock of the tree, held without a break; 'counted': references. Left out: the lock that entries are erased under.",
      },
    }),
    about: 'What the call returns.',
  },
  deprecated: { shape: SENTENCE, about: 'Why it should not be used.' },
});

const MACRO = object({
  kind: {
    shape: oneOf(
      'loop',
      'declare',
      'guard',
      'scoped-guard',
      'scoped-cond-guard',
      'class',
      'erase',
      'define-function',
      'declaration',
      'identity',
      'wait',
      'noreturn',
      'annotation',
    ),
    about: 'How the macro is read.',
    required: true,
  },
  step: { shape: WORD, about: 'loop: the function that each round calls.' },
  args: { shape: list(COUNT), about: 'loop: which arguments of the macro it is given.' },
  into: { shape: COUNT, about: 'loop: the argument that holds its result.' },
  until: { shape: oneOf('null'), about: 'loop: the result that ends it.' },
  name: { shape: COUNT, about: 'declare, declaration: the argument that is the name of the variable.' },
  type: { shape: WORD, about: 'declare, declaration: its struct.' },
  init: {
    shape: WORD,
    about:
      'declare, declaration: the function that is called with its address, and for declare with the other arguments.',
  },
  arg: { shape: COUNT, about: 'identity: the argument that it equals.' },
  condition: { shape: COUNT, about: 'wait: the argument that is true when it ends.' },
  unless: {
    shape: oneOf('errno', 'zero'),
    about: 'wait: the result that says that it gave up before.',
  },
  meaning: {
    shape: oneOf('requires', 'requires-read', 'acquires', 'releases', 'excludes'),
    about: 'annotation: what it says of its argument.',
  },
});

/** The whole of a contract. */
export const CONTRACT_SHAPE: Shape = object({
  $schema: { shape: text('the address of this schema'), about: 'For editors.' },
  name: { shape: text('a name without spaces', /^\S+$/), about: 'The name of the contract.', required: true },
  module: {
    shape: text("the module as programs import it: 'async-mutex'", /^\S+$/),
    about: 'TypeScript: the module that has the functions.',
  },
  header: { shape: text("'linux/xarray.h'", /^\S+$/), about: 'C: the header that has the functions.' },
  languages: {
    shape: list(oneOf('typescript', 'c')),
    about: "Which programs it is for. Left out: 'typescript' if it names a module, else 'c'.",
  },
  container: {
    shape: object({
      types: { shape: list(WORD), about: 'The types of such objects.', required: true },
      lock: { shape: LOCK_FIELD, about: 'The way from the object to its lock.', required: true },
      cursors: {
        shape: { kind: 'table', keys: /^[A-Za-z_$][\w$]*$/, sayKeys: 'names of types', of: FIELD_PATH },
        about: 'Types that are cursors (empty), or hold one: the fields that lead to it.',
      },
      owner: { shape: WORD, about: 'The field of a cursor that is the object it walks.' },
      place: { shape: WORD, about: 'The field of a cursor that remembers the node.' },
      readersUnderRcu: { shape: YES, about: 'Readers are called under RCU as a rule.' },
      advice: {
        shape: object({
          take: { shape: WORD, about: 'Takes the lock of an object.' },
          pause: { shape: WORD, about: 'Makes a cursor ready for an unlock.' },
          reset: { shape: WORD, about: 'Makes a cursor start anew.' },
          set: { shape: WORD, about: 'Puts a cursor on another index.' },
        }),
        about: 'The functions that messages recommend.',
      },
    }),
    about: 'What the needs and cursors are about. Left out: maple trees.',
  },
  functions: {
    shape: { kind: 'table', keys: NAME, sayKeys: NAMES, of: FUNCTION },
    about: 'What each function does, by its name.',
    required: true,
  },
  sameAs: {
    shape: { kind: 'table', keys: /^[A-Za-z_$][\w$]*$/, sayKeys: 'names of classes', of: WORD },
    about: "Classes and interfaces with the methods of another: { 'MutexInterface': 'Mutex' }.",
  },
  macros: {
    shape: { kind: 'table', keys: /^[A-Za-z_]\w*$/, sayKeys: 'names of macros', of: MACRO },
    about: 'C: macros that are no plain calls.',
  },
  guards: {
    shape: {
      kind: 'table',
      keys: /^[A-Za-z_]\w*$/,
      sayKeys: 'names of guard classes',
      of: object({
        acquire: { shape: WORD, about: 'What is called at its start.', required: true },
        release: { shape: WORD, about: 'What is called at its end.', required: true },
        conditional: { shape: YES, about: 'The start may fail.' },
      }),
    },
    about: 'C: classes for guard(), scoped_guard() and CLASS().',
  },
  externalLocks: {
    shape: list(
      object({
        tree: { shape: WORD, about: 'The field that is a container.', required: true },
        lock: { shape: WORD, about: 'The field beside it that is its lock.', required: true },
      }),
    ),
    about: 'C: containers that are protected by the lock beside them.',
  },
  mentions: {
    shape: list(text("a word, or the beginning of words: 'xas_*'", /^\w+\*?$/)),
    about: 'C: words that make a file worth reading. Left out: the names of the functions and macros.',
  },
});
