/**
 * Functions over an address space as a whole, or over one of its areas: which of mmap_lock's modes they need, and which
 * of them may come back without it. Where a file is read alone, their bodies are not there to tell.
 */
import type { FunctionContract } from '@maplelock/core';
import type { AnalyzerContract } from './model.ts';

type Rest = Omit<FunctionContract, 'name' | 'group' | 'params' | 'summary' | 'source'>;
/** Name, where it is declared or defined, and its parameters up to the last one that matters. */
type Entry = readonly [name: string, file: string, params: string];

function rows(summary: string, rest: Rest, entries: readonly Entry[]): FunctionContract[] {
  return entries.map(([name, file, params]) => ({
    group: 'advanced',
    name,
    params: params.split(' '),
    summary,
    source: { file, version: '6.12.117' },
    ...rest,
  }));
}

const MM = '$0.&mm_mt';
const ITERATED = '$0.&mas.tree';
const CURRENT = 'current.mm.&mm_mt';
const MMAP_LOCK = { of: 'object', at: '$0.&mmap_lock' } as const;
const LOCK_OF_CURRENT = { of: 'object', at: 'current.mm.&mmap_lock' } as const;
const LOCK_OF_AREA = { of: 'object', at: '$0.vm_mm.&mmap_lock' } as const;

const CHANGES = 'Changes the areas of the address space.';
const LOOKS = 'Goes by the areas of the address space.';
const DROPS = 'Goes by the areas of the address space, and may give mmap_lock back on its way.';

const CHANGE = { sleeps: 'always', result: { kind: 'value' } } as const;
const LOOK = { result: { kind: 'value' } } as const;

const CHANGERS: readonly FunctionContract[] = [
  ...rows(CHANGES, { ...CHANGE, needs: [{ access: 'write', tree: MM }] }, [
    ['do_munmap', 'mm/mmap.c', 'mm start len uf'],
    ['insert_vm_struct', 'mm/mmap.c', 'mm vma'],
    ['_install_special_mapping', 'mm/mmap.c', 'mm addr len flags spec'],
    ['install_special_mapping', 'mm/mmap.c', 'mm addr len flags pages'],
    ['find_extend_vma_locked', 'mm/mmap.c', 'mm addr'],
    ['walk_page_range_novma', 'mm/pagewalk.c', 'mm start end ops'],
    ['mm_take_all_locks', 'mm/vma.c', 'mm'],
  ]),
  ...rows(CHANGES, { ...CHANGE, needs: [{ access: 'write', tree: ITERATED }] }, [
    ['split_vma', 'mm/vma.c', 'vmi vma addr new_below'],
    ['mprotect_fixup', 'mm/mprotect.c', 'vmi tlb vma pprev start end newflags'],
    ['do_brk_flags', 'mm/mmap.c', 'vmi vma addr len flags'],
    ['vma_modify_flags', 'mm/vma.c', 'vmi prev vma start end new_flags'],
    ['vma_modify_flags_name', 'mm/vma.c', 'vmi prev vma start end new_flags new_name'],
    ['vma_modify_policy', 'mm/vma.c', 'vmi prev vma start end new_pol'],
    ['vma_modify_flags_uffd', 'mm/vma.c', 'vmi prev vma start end new_flags new_ctx'],
    ['vma_merge_extend', 'mm/vma.c', 'vmi vma delta'],
  ]),
  ...rows(CHANGES, { ...CHANGE, needs: [{ access: 'write', tree: CURRENT }] }, [
    ['do_mmap', 'mm/mmap.c', 'file addr len prot flags vm_flags pgoff populate uf'],
    ['mmap_region', 'mm/mmap.c', 'file addr len vm_flags pgoff uf'],
  ]),
  ...rows(
    CHANGES,
    { ...CHANGE, needs: [{ access: 'write', tree: ITERATED }], drops: { of: 'object', at: '$1.&mmap_lock' } },
    [['do_vmi_munmap', 'mm/vma.c', 'vmi mm start len uf unlock']],
  ),
  ...rows(
    CHANGES,
    { ...CHANGE, needs: [{ access: 'write', tree: ITERATED }], drops: { of: 'object', at: '$2.&mmap_lock' } },
    [['do_vmi_align_munmap', 'mm/vma.c', 'vmi vma mm start end uf unlock']],
  ),
  // vma->vm_mm is the caller's address space by another way: they assert what they need.
  ...rows('Changes the flags of an area.', { asserts: [{ lock: LOCK_OF_AREA, mode: 'write' }], ...LOOK }, [
    ['vm_flags_set', 'include/linux/mm.h', 'vma flags'],
    ['vm_flags_clear', 'include/linux/mm.h', 'vma flags'],
    ['vm_flags_mod', 'include/linux/mm.h', 'vma set clear'],
    ['vm_flags_reset', 'include/linux/mm.h', 'vma flags'],
    ['vm_flags_reset_once', 'include/linux/mm.h', 'vma flags'],
  ]),
  ...rows('Grows or moves an area.', { asserts: [{ lock: LOCK_OF_AREA, mode: 'write' }], ...LOOK }, [
    ['expand_stack_locked', 'mm/mmap.c', 'vma address'],
    ['relocate_vma_down', 'mm/mmap.c', 'vma shift'],
  ]),
  ...rows(
    'Takes mmap_lock of the current task itself.',
    { ...CHANGE, takes: [{ lock: LOCK_OF_CURRENT, mode: 'write' }] },
    [
      ['vm_munmap', 'mm/mmap.c', 'start len'],
      ['vm_mmap', 'mm/util.c', 'file addr len prot flag offset'],
      ['vm_brk_flags', 'mm/mmap.c', 'addr len flags'],
    ],
  ),
];

const WALKERS: readonly FunctionContract[] = [
  ...rows(LOOKS, { ...LOOK, needs: [{ access: 'read', tree: MM }] }, [
    ['walk_page_range', 'mm/pagewalk.c', 'mm start end ops'],
    ['get_user_page_vma_remote', 'include/linux/mm.h', 'mm addr gup_flags vmap'],
  ]),
  ...rows(LOOKS, { ...LOOK, needs: [{ access: 'read', tree: CURRENT }], sleeps: 'always' }, [
    ['get_user_pages', 'mm/gup.c', 'start nr_pages gup_flags pages'],
    ['pin_user_pages', 'mm/gup.c', 'start nr_pages gup_flags pages'],
  ]),
  ...rows('Walks the page tables of an area.', { asserts: [{ lock: LOCK_OF_AREA, mode: 'read' }], ...LOOK }, [
    ['walk_page_vma', 'mm/pagewalk.c', 'vma ops'],
    ['walk_page_range_vma', 'mm/pagewalk.c', 'vma start end ops'],
  ]),
  ...rows(DROPS, { ...LOOK, needs: [{ access: 'read', tree: MM }], drops: MMAP_LOCK, sleeps: 'always' }, [
    ['fixup_user_fault', 'mm/gup.c', 'mm address fault_flags unlocked'],
  ]),
  // Whether they are called with the lock is told by what `locked` points to.
  ...rows(DROPS, { ...LOOK, drops: MMAP_LOCK, sleeps: 'always' }, [
    ['get_user_pages_remote', 'mm/gup.c', 'mm start nr_pages gup_flags pages locked'],
    ['pin_user_pages_remote', 'mm/gup.c', 'mm start nr_pages gup_flags pages locked'],
    ['faultin_page_range', 'mm/gup.c', 'mm start end write locked'],
  ]),
  ...rows(DROPS, { ...LOOK, drops: { of: 'object', at: '$0.vma.vm_mm.&mmap_lock' }, sleeps: 'always' }, [
    ['do_swap_page', 'mm/memory.c', 'vmf'],
  ]),
  ...rows(
    'Finds the area at an address, where the stack may grow into it; without one it gives mmap_lock back.',
    {
      needs: [{ access: 'read', tree: MM }],
      releases: [{ lock: MMAP_LOCK, mode: 'read', when: 'zero' }],
      sleeps: 'always',
      result: { kind: 'value' },
    },
    [['expand_stack', 'mm/mmap.c', 'mm addr']],
  ),
];

export const ADDRESS_SPACE: AnalyzerContract = {
  name: 'address-space',
  header: 'linux/mm.h',
  languages: ['c'],
  standsIn: true,
  // Every driver that maps something calls one of them: they are read where the areas are worked with.
  mentions: [],
  functions: [...CHANGERS, ...WALKERS],
};
