/**
 * What well-known pointers of the kernel's structs lead to, for files that are read without their headers: by struct and
 * member. Source: include/linux/mm_types.h, mm.h, sched.h, fs.h, pagewalk.h, binfmts.h, 6.12.
 */
export const KERNEL_MEMBERS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  vm_area_struct: { vm_mm: 'mm_struct', vm_file: 'file' },
  vm_fault: { vma: 'vm_area_struct' },
  mm_walk: { mm: 'mm_struct', vma: 'vm_area_struct' },
  task_struct: { mm: 'mm_struct', active_mm: 'mm_struct' },
  linux_binprm: { mm: 'mm_struct', vma: 'vm_area_struct', file: 'file' },
  file: { f_mapping: 'address_space', f_inode: 'inode' },
  inode: { i_mapping: 'address_space', i_sb: 'super_block' },
  address_space: { host: 'inode' },
  folio: { mapping: 'address_space' },
  page: { mapping: 'address_space' },
};

/** All members of the containers themselves. Source: include/linux/maple_tree.h and xarray.h, 6.12. */
export const CONTAINER_MEMBERS: Readonly<Record<string, readonly string[]>> = {
  maple_tree: ['ma_lock', 'ma_external_lock', 'ma_flags', 'ma_root'],
  xarray: ['xa_lock', 'xa_flags', 'xa_head'],
};

/**
 * Locks that the kernel itself takes for writing, though the files at hand may only read: by struct and member.
 * Source: include/linux/mmap_lock.h, 6.12.
 */
export const WRITTEN_BY_KERNEL: Readonly<Record<string, string>> = { mm_struct: 'mmap_lock' };
