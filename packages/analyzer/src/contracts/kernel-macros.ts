/**
 * Macros of the kernel that are no plain calls: what the C front end masks, unwraps or takes as annotation. A project's
 * own macros come as another contract of this form.
 */
import type { AnalyzerContract, CMacro } from './model.ts';

/** Attributes of functions, variables, types and pointers; arguments, if any, go with them. */
const ATTRIBUTES = `
  __attribute__ __attribute __declspec __extension__
  __init __exit __initdata __initconst __exitdata __exitconst __init_or_module __initdata_or_module __initdata_or_meminit
  __net_init __net_exit __net_initdata __ro_after_init __read_mostly __refdata __ref __refconst __meminit __meminitdata
  __meminitconst __memexit __memexitdata __cpuinit __cpuinitdata __devinit __devexit __devinitdata __hyp_text __head
  __sched __lockfunc __kprobes nokprobe_inline __latent_entropy __entry_text __noinstr_section noinstr __cpuidle
  __irq_entry __softirq_entry __irqentry_text __noendbr __nocfi __nocfi_generic __cficanonical __bpf_kfunc __bpfcall
  notrace noinline noinline_for_stack noinline_for_tracing __noinline __always_inline __gnu_inline __no_kcsan_or_inline
  __no_kasan_or_inline __no_sanitize_or_inline __no_caller_saved_registers __inline_for_tracing inline_for_stack
  __flatten __cold __hot __pure __attribute_const__ __const __weak __visible __used __unused __maybe_unused
  __always_unused __deprecated __must_check __malloc __noreturn __noclone __optimize __naked __interrupt __aligned
  __aligned_largest __packed __packed_aligned __section __alias __printf __scanf __gnu_printf __format_arg __alloc_size
  __realloc_size __assume_aligned __designated_init __no_randomize_layout __randomize_layout __copy __nonstring
  __nonstring_array __mode __overloadable __diagnose_as __error __warning __compiletime_error __compiletime_warning
  __returns_nonnull __nonnull __no_stack_protector __no_profile __no_instrument_function __no_sanitize
  __no_sanitize_address __no_sanitize_memory __no_sanitize_thread __no_sanitize_undefined __no_sanitize_coverage
  __no_kcsan __no_kasan __no_kmsan __no_kmsan_checks __sanitize_memory __signed_wrap __disable_sanitizer_instrumentation
  __no_instrument __preserve_most __counted_by __counted_by_le __counted_by_be __counted_by_ptr __sized_by
  __element_count __element_count_le __element_count_be __annotated __flex_counter
  __user __kernel __iomem __percpu __rcu __force __nocast __bitwise __bitwise__ __private __safe __CHECKER
  __percpu_seg_override __seg_gs __seg_fs __arena __kptr __kptr_untrusted __nullable __opt __uninit __arg_ctx
  __cleanup __free __cacheline_aligned __cacheline_aligned_in_smp ____cacheline_aligned
  ____cacheline_aligned_in_smp ____cacheline_internodealigned_in_smp __cacheline_group_begin_aligned
  __page_aligned_data __page_aligned_bss __latent_entropy_data __percpu_data __vdso_data __bss_decrypted
  __initdata_memblock __init_memblock __tracepoint_ptr_ref __tracepoint_string __lsm_ro_after_init __ksym
  __tk_data __devexit_p __ptr32 __capability __hv_nested __efi_runtime __efiapi __seqprop_spinlock_const
  asmlinkage asmlinkage_protect fastcall __fastcall __cdecl __stdcall regparm __regparm dotraplinkage
  randomized_struct_fields_start randomized_struct_fields_end __no_context_analysis context_unsafe
  __guarded_by __pt_guarded_by __context_unsafe __assumes_ctx_lock __guards_ctx_lock __no_thread_safety_analysis
  __rte_lockable forceinline STATIC INIT INITIALIZE DEBUGFS_STATIC IW_HANDLER_DECL
  ACPI_INTERNAL_VAR_XFACE ACPI_SYSTEM_XFACE ACPI_INTERNAL_XFACE ACPI_EXPORT_SYMBOL ACPI_EXPORT_SYMBOL_INIT
  ACPI_MODULE_NAME ACPI_FLEX_ARRAY __drv_data ice_malloc
  EXPORT_SYMBOL_FOR_TESTS_ONLY EXPORT_FOR_TESTS __diag_push __diag_pop __diag_ignore __diag_ignore_all __diag
`;

/** Statements at the top of a file that no function body hides behind. */
const FILE_SCOPE = `
  EXPORT_SYMBOL EXPORT_SYMBOL_GPL EXPORT_SYMBOL_NS EXPORT_SYMBOL_NS_GPL EXPORT_PER_CPU_SYMBOL EXPORT_PER_CPU_SYMBOL_GPL
  EXPORT_TRACEPOINT_SYMBOL EXPORT_TRACEPOINT_SYMBOL_GPL EXPORT_STATIC_CALL EXPORT_STATIC_CALL_GPL
  EXPORT_STATIC_CALL_TRAMP EXPORT_STATIC_CALL_TRAMP_GPL EXPORT_SYMBOL_IF_KUNIT EXPORT_UNUSED_SYMBOL EXPORT_IPV6_MOD
  MODULE_LICENSE MODULE_AUTHOR MODULE_DESCRIPTION MODULE_VERSION MODULE_ALIAS MODULE_INFO MODULE_IMPORT_NS
  MODULE_SOFTDEP MODULE_FIRMWARE MODULE_PARM_DESC MODULE_ALIAS_FS MODULE_ALIAS_MISCDEV MODULE_ALIAS_NETPROTO
  MODULE_ALIAS_CRYPTO MODULE_ALIAS_CHARDEV_MAJOR MODULE_ALIAS_BLOCKDEV_MAJOR
  static_assert _Static_assert
`;

/** A variable of a struct that locks or protects; `name` is the argument that names it. */
const DECLARATIONS: Readonly<Record<string, CMacro>> = {
  DEFINE_MUTEX: { kind: 'declaration', name: 0, type: 'mutex' },
  DEFINE_RT_MUTEX: { kind: 'declaration', name: 0, type: 'rt_mutex' },
  DEFINE_WW_MUTEX: { kind: 'declaration', name: 0, type: 'ww_mutex' },
  DEFINE_SPINLOCK: { kind: 'declaration', name: 0, type: 'spinlock_t' },
  DEFINE_RAW_SPINLOCK: { kind: 'declaration', name: 0, type: 'raw_spinlock_t' },
  DEFINE_RWLOCK: { kind: 'declaration', name: 0, type: 'rwlock_t' },
  DEFINE_SEQLOCK: { kind: 'declaration', name: 0, type: 'seqlock_t' },
  DEFINE_SEMAPHORE: { kind: 'declaration', name: 0, type: 'semaphore' },
  DECLARE_RWSEM: { kind: 'declaration', name: 0, type: 'rw_semaphore' },
  DEFINE_STATIC_PERCPU_RWSEM: { kind: 'declaration', name: 0, type: 'percpu_rw_semaphore' },
  DEFINE_PERCPU_RWSEM: { kind: 'declaration', name: 0, type: 'percpu_rw_semaphore' },
  DEFINE_SRCU: { kind: 'declaration', name: 0, type: 'srcu_struct' },
  DEFINE_STATIC_SRCU: { kind: 'declaration', name: 0, type: 'srcu_struct' },
  DEFINE_XARRAY: { kind: 'declaration', name: 0, type: 'xarray' },
  DEFINE_XARRAY_FLAGS: { kind: 'declaration', name: 0, type: 'xarray' },
  DEFINE_XARRAY_ALLOC: { kind: 'declaration', name: 0, type: 'xarray' },
  DEFINE_XARRAY_ALLOC1: { kind: 'declaration', name: 0, type: 'xarray' },
  DEFINE_IDA: { kind: 'declaration', name: 0, type: 'ida' },
  DEFINE_IDR: { kind: 'declaration', name: 0, type: 'idr' },
  LIST_HEAD: { kind: 'declaration', name: 0, type: 'list_head' },
  HLIST_HEAD: { kind: 'declaration', name: 0, type: 'hlist_head' },
  LLIST_HEAD: { kind: 'declaration', name: 0, type: 'llist_head' },
  DECLARE_COMPLETION: { kind: 'declaration', name: 0, type: 'completion' },
  DECLARE_COMPLETION_ONSTACK: { kind: 'declaration', name: 0, type: 'completion' },
  DECLARE_WAIT_QUEUE_HEAD: { kind: 'declaration', name: 0, type: 'wait_queue_head_t' },
  DECLARE_WAIT_QUEUE_HEAD_ONSTACK: { kind: 'declaration', name: 0, type: 'wait_queue_head_t' },
  DEFINE_WAIT: { kind: 'declaration', name: 0, type: 'wait_queue_entry' },
  DEFINE_WAIT_FUNC: { kind: 'declaration', name: 0, type: 'wait_queue_entry' },
  DECLARE_WAITQUEUE: { kind: 'declaration', name: 0, type: 'wait_queue_entry' },
  DECLARE_WORK: { kind: 'declaration', name: 0, type: 'work_struct' },
  DECLARE_DELAYED_WORK: { kind: 'declaration', name: 0, type: 'delayed_work' },
  DEFINE_TIMER: { kind: 'declaration', name: 0, type: 'timer_list' },
  DEFINE_PER_CPU: { kind: 'declaration', name: 1 },
  DEFINE_PER_CPU_SHARED_ALIGNED: { kind: 'declaration', name: 1 },
  DEFINE_PER_CPU_ALIGNED: { kind: 'declaration', name: 1 },
  DEFINE_PER_CPU_PAGE_ALIGNED: { kind: 'declaration', name: 1 },
  DEFINE_PER_CPU_READ_MOSTLY: { kind: 'declaration', name: 1 },
  DEFINE_PER_CPU_FIRST: { kind: 'declaration', name: 1 },
  DECLARE_PER_CPU: { kind: 'declaration', name: 1 },
  DECLARE_PER_CPU_ALIGNED: { kind: 'declaration', name: 1 },
  DECLARE_PER_CPU_SHARED_ALIGNED: { kind: 'declaration', name: 1 },
  DECLARE_PER_CPU_READ_MOSTLY: { kind: 'declaration', name: 1 },
  DECLARE_BITMAP: { kind: 'declaration', name: 0 },
  DEFINE_HASHTABLE: { kind: 'declaration', name: 0 },
  DECLARE_HASHTABLE: { kind: 'declaration', name: 0 },
  DEFINE_READ_MOSTLY_HASHTABLE: { kind: 'declaration', name: 0 },
  DEFINE_RATELIMIT_STATE: { kind: 'declaration', name: 0 },
  DEFINE_STATIC_KEY_FALSE: { kind: 'declaration', name: 0 },
  DEFINE_STATIC_KEY_TRUE: { kind: 'declaration', name: 0 },
  DECLARE_STATIC_KEY_FALSE: { kind: 'declaration', name: 0 },
  DECLARE_STATIC_KEY_TRUE: { kind: 'declaration', name: 0 },
  DECLARE_FLEX_ARRAY: { kind: 'declaration', name: 1 },
  DECLARE_KFIFO: { kind: 'declaration', name: 0 },
  DECLARE_KFIFO_PTR: { kind: 'declaration', name: 0 },
  DEFINE_FLEX: { kind: 'declaration', name: 1 },
  DEFINE_RAW_FLEX: { kind: 'declaration', name: 1 },
};

const IDENTITIES = `
  likely unlikely READ_ONCE ACCESS_ONCE data_race rcu_dereference rcu_dereference_raw rcu_dereference_check
  rcu_dereference_protected rcu_dereference_bh rcu_dereference_sched rcu_dereference_bh_check
  rcu_dereference_sched_check rcu_dereference_raw_check rcu_access_pointer rcu_pointer_handoff srcu_dereference
  srcu_dereference_check unrcu_pointer lockless_dereference smp_load_acquire smp_load_mb WARN_ON WARN_ON_ONCE
  WARN WARN_ONCE WARN_TAINT WARN_TAINT_ONCE VM_WARN_ON VM_WARN_ON_ONCE VM_WARN_ONCE ON_ONCE_CHECK
  array_index_nospec __builtin_constant_unwrap ACCESS_PRIVATE kasan_reset_tag untagged_addr no_free_ptr
  retain_and_null_ptr RCU_INITIALIZER no_printk_value ERR_CAST xchg_identity barrier_nospec_value
  DEBUG_LOCKS_WARN_ON lock_is_held_identity WARN_RATELIMIT MAS_WARN_ON_VALUE
`;

/** Macros of linux/cleanup.h after which a variable no longer owns what it pointed to; some return that. */
export const HANDING_OVER: ReadonlyMap<string, 'value' | 'return'> = new Map([
  ['no_free_ptr', 'value'],
  ['retain_and_null_ptr', 'value'],
  ['return_ptr', 'return'],
]);

/** What sleeps until a condition, its second argument, is true. */
const WAITS = `wait_event wait_event_idle io_wait_event wait_var_event`;
const WAITS_OR_FAILS = `
  wait_event_interruptible wait_event_killable wait_event_freezable wait_event_interruptible_exclusive
  wait_event_killable_exclusive wait_event_idle_exclusive wait_var_event_killable wait_var_event_interruptible
`;
const WAITS_OR_TIMES_OUT = `
  wait_event_timeout wait_event_interruptible_timeout wait_event_killable_timeout wait_event_freezable_timeout
  wait_event_idle_timeout wait_var_event_timeout
`;

const NORETURN = `
  BUG panic do_exit make_task_dead kthread_exit kthread_complete_and_exit module_put_and_kthread_exit do_group_exit
  nmi_panic parisc_terminate machine_real_restart __builtin_unreachable unreachable BUILD_BUG die_unreachable rewind_stack_and_make_dead
  cpu_startup_entry reboot_halt_forever exit abort __assert_fail kunit_skip
`;

/** By the name that such a function goes by: its macro comes first. Nobody in the kernel calls it, with locks or without. */
export const SYSTEM_CALL: RegExp = /^(?:COMPAT_)?SYSCALL_DEFINE\d:/;

const FUNCTION_HEADS = `
  SYSCALL_DEFINE0 SYSCALL_DEFINE1 SYSCALL_DEFINE2 SYSCALL_DEFINE3 SYSCALL_DEFINE4 SYSCALL_DEFINE5 SYSCALL_DEFINE6
  COMPAT_SYSCALL_DEFINE0 COMPAT_SYSCALL_DEFINE1 COMPAT_SYSCALL_DEFINE2 COMPAT_SYSCALL_DEFINE3 COMPAT_SYSCALL_DEFINE4
  COMPAT_SYSCALL_DEFINE5 COMPAT_SYSCALL_DEFINE6 SYSCALL32_DEFINE0 SYSCALL32_DEFINE1 SYSCALL32_DEFINE2
  SYSCALL32_DEFINE3 SYSCALL32_DEFINE4 SYSCALL32_DEFINE5 SYSCALL32_DEFINE6 BPF_CALL_0 BPF_CALL_1 BPF_CALL_2 BPF_CALL_3
  BPF_CALL_4 BPF_CALL_5 NOTRACE_BPF_CALL_1 NOTRACE_BPF_CALL_2 DEFINE_IDTENTRY
`;

/** Loops of the kernel's lists and sets: what they assign each round. */
const LOOPS: Readonly<Record<string, CMacro>> = {
  list_for_each: { kind: 'loop', into: 0 },
  list_for_each_safe: { kind: 'loop', into: 0 },
  list_for_each_prev: { kind: 'loop', into: 0 },
  list_for_each_entry: { kind: 'loop', into: 0 },
  list_for_each_entry_safe: { kind: 'loop', into: 0 },
  list_for_each_entry_reverse: { kind: 'loop', into: 0 },
  list_for_each_entry_safe_reverse: { kind: 'loop', into: 0 },
  list_for_each_entry_rcu: { kind: 'loop', into: 0 },
  list_for_each_entry_srcu: { kind: 'loop', into: 0 },
  list_for_each_entry_continue: { kind: 'loop', into: 0 },
  list_for_each_entry_from: { kind: 'loop', into: 0 },
  hlist_for_each_entry: { kind: 'loop', into: 0 },
  hlist_for_each_entry_safe: { kind: 'loop', into: 0 },
  hlist_for_each_entry_rcu: { kind: 'loop', into: 0 },
  plist_for_each_entry: { kind: 'loop', into: 0 },
  plist_for_each_entry_safe: { kind: 'loop', into: 0 },
  plist_for_each_entry_continue: { kind: 'loop', into: 0 },
  hlist_for_each_entry_srcu: { kind: 'loop', into: 0 },
  hlist_for_each_entry_continue: { kind: 'loop', into: 0 },
  hlist_for_each_entry_from: { kind: 'loop', into: 0 },
  hlist_bl_for_each_entry: { kind: 'loop', into: 0 },
  llist_for_each_entry: { kind: 'loop', into: 0 },
  llist_for_each_entry_safe: { kind: 'loop', into: 0 },
  rbtree_postorder_for_each_entry_safe: { kind: 'loop', into: 0 },
  idr_for_each_entry: { kind: 'loop', into: 1 },
  radix_tree_for_each_slot: { kind: 'loop', into: 0 },
  for_each_process: { kind: 'loop', into: 0 },
  for_each_cpu: { kind: 'loop', into: 0 },
};

const ANNOTATIONS: Readonly<Record<string, CMacro>> = {
  __must_hold: { kind: 'annotation', meaning: 'requires' },
  __must_hold_shared: { kind: 'annotation', meaning: 'requires-read' },
  __must_not_hold: { kind: 'annotation', meaning: 'excludes' },
  __acquires: { kind: 'annotation', meaning: 'acquires' },
  __acquires_shared: { kind: 'annotation', meaning: 'acquires' },
  __cond_acquires: { kind: 'annotation', meaning: 'acquires' },
  __cond_acquires_shared: { kind: 'annotation', meaning: 'acquires' },
  __releases: { kind: 'annotation', meaning: 'releases' },
  __releases_shared: { kind: 'annotation', meaning: 'releases' },
  __requires_rcu: { kind: 'annotation', meaning: 'requires-read' },
};

function words(list: string): string[] {
  return list.split(/\s+/).filter((word) => word !== '');
}

function table(list: string, macro: CMacro): Record<string, CMacro> {
  return Object.fromEntries(words(list).map((word) => [word, macro]));
}

export const KERNEL_MACROS: AnalyzerContract = {
  name: 'kernel-macros',
  languages: ['c'],
  functions: [],
  macros: {
    ...table(ATTRIBUTES, { kind: 'erase' }),
    ...table(FILE_SCOPE, { kind: 'erase' }),
    ...table(IDENTITIES, { kind: 'identity', arg: 0 }),
    ...table(WAITS, { kind: 'wait', condition: 1 }),
    ...table(WAITS_OR_FAILS, { kind: 'wait', condition: 1, unless: 'errno' }),
    ...table(WAITS_OR_TIMES_OUT, { kind: 'wait', condition: 1, unless: 'zero' }),
    ...table(NORETURN, { kind: 'noreturn' }),
    ...table(FUNCTION_HEADS, { kind: 'define-function' }),
    ...DECLARATIONS,
    ...LOOPS,
    ...ANNOTATIONS,
    guard: { kind: 'guard' },
    scoped_guard: { kind: 'scoped-guard' },
    scoped_cond_guard: { kind: 'scoped-cond-guard' },
    CLASS: { kind: 'class' },
    ACQUIRE: { kind: 'class' },
  },
  mentions: [],
};
