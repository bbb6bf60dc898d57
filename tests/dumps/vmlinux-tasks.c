/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vmlinux-common.h"

/*
 * The part of the vmlinux without a kernel that knows processes; vmlinux.c
 * tells of the rest. Members that nobody asks for are left out. -DOLD has
 * mappings in a list and threads in a ring, as Linux had before 6.1 and 3.14,
 * -DPIDS the ring and names of 2.6.11. -DWITNESS has members that other members agree with. -DTRACERS=408, 409 or 611 has what tracers
 * of returns keep, as that release. -DTIMES has times and policies of tasks.
 */
typedef struct {
	unsigned long pgd;
} pgd_t;

#ifdef PIDS
#define thread_group not_yet
#define rq runqueue

struct pid {
	int nr;
	struct list_head pid_list;
};
#endif

/* WITNESS: for tests/cli/witness-tasks.bats */
#ifdef WITNESS
struct pid {
	int count, level;
	struct {
		int nr;
		void *ns;
	} numbers[1];
};
#endif

struct signal_struct {
	int sigcnt, live;
#ifndef OLD
	struct list_head thread_head;
	short oom_score_adj;
#endif
};

#ifdef HOSTILE
/* The last of 16384 bytes is all of "tasks". */
struct task_struct {
	struct mm_struct *mm, *active_mm;
	int pid, tgid;
	struct list_head thread_node;
	char comm[16];
	struct signal_struct *signal;
	char room[16383 - 64];
	char tasks;
};
#else
struct task_struct {
	unsigned long state;
	void *stack;
	struct list_head tasks;
	struct mm_struct *mm, *active_mm;
	int pid, tgid;
#ifdef OLD
	struct list_head thread_group;
#else
	struct list_head thread_node;
#endif
	char comm[16];
	struct signal_struct *signal;
	int exit_state;
	unsigned int cpu;
	struct task_struct *real_parent;
#ifdef OLD
	struct {
		int events, count[4];
	} rss_stat;
#endif
	const struct cred *real_cred, *cred;
	struct files_struct *files;
	struct {
		unsigned long sp;
#ifdef OLD
		unsigned long ip;
#endif
	} thread;
	int on_cpu;
#ifdef OLD
	struct {
		long tv_sec, tv_nsec;
	} start_time;
#else
	unsigned long long start_time;
	struct nsproxy *nsproxy;
#endif
#ifdef RUN_TIMES
	struct {
		unsigned long long last_arrival;
	} sched_info;
#endif
#ifdef WITNESS
	unsigned int flags;
	struct task_struct *group_leader;
	struct pid *thread_pid;
	struct vm_struct *stack_vm_area;
	struct list_head children, sibling;
	struct {
		unsigned long flags;
	} thread_info;
#endif
#ifdef PIDS
	struct pid pids[2];
#endif
#ifdef TIMES
	unsigned int policy;
	unsigned long long utime, stime;
	struct {
		unsigned long long last_arrival;
	} sched_info;
#endif
#ifdef TRACERS
	int curr_ret_stack;
#if TRACERS >= 611
	unsigned long *ret_stack;
#else
	struct ftrace_ret_stack *ret_stack;
#endif
	struct {
		struct llist_node *first;
	} rethooks, kretprobe_instances;
#endif
};
#endif

#ifdef TRACERS
struct llist_node {
	struct llist_node *next;
};
struct ftrace_ret_stack {
	unsigned long ret, func;
#if TRACERS >= 409
	unsigned long *retp;
#endif
};
struct rethook_node {
	struct llist_node llist;
	void *rethook;
	unsigned long ret_addr, frame;
};
struct kretprobe_instance {
	struct llist_node llist;
	void *ret_addr, *fp;
};
#if TRACERS >= 611
struct fgraph_ops {
	int idx;
};
struct fgraph_ops unused_ops;
#endif
struct ftrace_ret_stack unused_entry;
struct rethook_node unused_node;
struct kretprobe_instance unused_instance;
#endif

#ifndef OLD
struct inactive_task_frame {
#ifdef __x86_64__
	unsigned long r15, r14, r13, r12;
#else
	unsigned long flags, si, di;
#endif
	unsigned long bx, bp, ret_addr;
};
struct inactive_task_frame unused_frame;

struct mutex_waiter {
	struct list_head list;
	struct task_struct *task;
};
struct mutex {
	struct {
		long counter;
	} owner;
	int wait_lock;
#ifdef FIRST_WAITER
	struct mutex_waiter *first_waiter;
#else
	struct list_head wait_list;
#endif
};
struct mutex_waiter unused_waiter;
struct mutex unused_mutex;

struct rwsem_waiter {
	struct list_head list;
	struct task_struct *task;
};
struct rw_semaphore {
	struct {
		long counter;
	} count, owner;
	int wait_lock;
	struct list_head wait_list;
};
struct rwsem_waiter unused_rwsem_waiter;
struct rw_semaphore unused_rwsem;

struct swait_queue {
	struct task_struct *task;
	struct list_head task_list;
};
struct completion {
	unsigned int done;
	struct {
		int lock;
		struct list_head task_list;
	} wait;
};
struct work_struct {
	long data;
	struct list_head entry;
	void (*func)(struct work_struct *work);
};
struct worker {
	struct list_head entry;
	struct work_struct *current_work;
	void (*current_func)(struct work_struct *work);
	struct task_struct *task;
	struct list_head scheduled;
};
struct wq_barrier {
	struct work_struct work;
	struct completion done;
};
struct swait_queue unused_swait;
struct worker unused_worker;
struct wq_barrier unused_barrier;

struct wait_queue_head {
	int lock;
	struct list_head head;
};
struct wait_queue_entry {
	unsigned int flags;
	void *private;
	int (*func)(void);
	struct list_head entry;
};
struct wait_page_queue {
	struct folio *folio;
	int bit_nr;
	struct wait_queue_entry wait;
};
struct wait_bit_queue_entry {
	struct {
		unsigned long *flags;
		int bit_nr;
		unsigned long timeout;
	} key;
	struct wait_queue_entry wq_entry;
};
struct wait_queue_head unused_queue;
struct wait_page_queue unused_page_wait;
struct wait_bit_queue_entry unused_bit_wait;

struct qspinlock {
	union {
		struct {
			int counter;
		} val;
		unsigned char locked;
	};
};
struct mcs_spinlock {
	struct mcs_spinlock *next;
	int locked, count;
};
struct qnode {
	struct mcs_spinlock mcs;
	long reserved[2];
};
struct qspinlock unused_lock;
struct qnode unused_qnode;

#ifdef CALLS
struct cpumask {
	unsigned long bits[1];
};
struct __call_single_data {
	struct {
		unsigned int u_flags;
	} node;
	void (*func)(void *info);
};
struct call_function_data {
	struct __call_single_data *csd;
	struct cpumask cpumask;
};
struct cpumask unused_cpumask;
struct __call_single_data unused_call;
struct call_function_data unused_calls;
#endif
#endif

struct percpu_counter {
	long count;
	int *counters;
};

#ifdef OLD
struct mm_rss_stat {
	long count[4];
};
#endif

struct maple_tree {
	int ma_lock;
	unsigned int ma_flags;
	void *ma_root;
};

struct mm_struct {
#ifdef OLD
	struct vm_area_struct *mmap;
	struct rb_root mm_rb;
#else
	struct maple_tree mm_mt;
#endif
	unsigned long task_size;
	pgd_t *pgd;
	unsigned long start_brk, brk, start_stack;
#ifdef OLD
	struct {
		void *vdso;
	} context;
	struct mm_rss_stat rss_stat;
#else
	struct percpu_counter rss_stat[4];
#endif
	unsigned long arg_start, arg_end;
#ifndef OLD
	void *notifier_subscriptions;
	struct {
		unsigned long flags;
	} context;
#endif
#ifdef MAP_COUNTS
	struct {
		long count;
	} mmap_lock;
	int map_count;
#if MAP_COUNTS > 1
	long pgtables_bytes;
#endif
#endif
#ifdef WITNESS
	unsigned long total_vm;
#endif
	unsigned long env_start, env_end;
#ifdef WITNESS
	struct file *exe_file;
#endif
};

struct dentry_operations {
	void *d_revalidate;
#ifndef BEFORE_PATHS
	char *(*d_dname)(void);
#endif
};

struct qstr {
	unsigned int hash, len;
	const char *name;
};

struct dentry {
	unsigned int d_flags;
	struct {
		unsigned int sequence;
	} d_seq;
	struct {
		void *next, **pprev;
	} d_hash;
	struct dentry *d_parent;
	struct qstr d_name;
	const struct dentry_operations *d_op;
	struct inode *d_inode;
	union {
#ifdef OLD
		struct list_head d_alias;
#else
		struct {
			void *next, **pprev;
		} d_alias;
#endif
		void *d_rcu;
	} d_u;
	struct super_block *d_sb;
#ifdef WITNESS
	char d_iname[32];
#endif
};

struct file_system_type {
	const char *name;
};

struct super_block {
	void *s_root;
	struct file_system_type *s_type;
	char s_id[32];
	struct {
		int frozen;
	} s_writers;
	struct list_head s_list;
};

struct address_space {
	struct inode *host;
#ifdef XARRAY
	struct {
		void *xa_head;
	} i_pages;
#else
	void *i_pages;
#endif
#ifdef TAILS
	struct list_head i_mmap_nonlinear;
#endif
};

struct inode {
	unsigned short i_mode;
	struct super_block *i_sb;
	struct address_space *i_mapping;
	unsigned long i_ino;
	union {
#ifdef OLD
		struct list_head i_dentry;
#else
		struct {
			void *first;
		} i_dentry;
#endif
		void *i_rcu;
	};
	struct address_space i_data;
	long long i_size;
#ifdef WITNESS
	unsigned int i_rdev;
	const void *i_fop;
#endif
};

#ifdef OLD_MOUNTS
#define mount vfsmount
#else
struct vfsmount {
	struct dentry *mnt_root;
	void *mnt_sb;
};
#endif

struct mount {
	struct list_head mnt_hash;
	struct mount *mnt_parent;
	struct dentry *mnt_mountpoint;
#ifdef OLD_MOUNTS
	struct dentry *mnt_root;
	void *mnt_sb;
#else
	struct vfsmount mnt;
#endif
	struct list_head mnt_mounts, mnt_child;
};

struct mnt_namespace {
	int count;
	struct mount *root;
};

struct nsproxy {
	int count;
	struct mnt_namespace *mnt_ns;
};

struct path {
	struct vfsmount *mnt;
	struct dentry *dentry;
};

struct file {
	unsigned long f_mode;
#ifdef BEFORE_PATHS
	void *f_vfsmnt;
	struct dentry *f_dentry;
#else
	struct path f_path;
#endif
	long long f_pos;
	struct inode *f_inode;
#ifdef INFO
	long f_ref; /* since 6.13 */
#else
	long f_count;
#endif
};

struct fdtable {
	unsigned int max_fds;
	struct file **fd;
#ifdef INFO
	unsigned long *close_on_exec;
	unsigned long *open_fds;
	unsigned long *full_fds_bits;
#endif
};

struct files_struct {
	int count;
	struct fdtable *fdt;
};

struct cred {
	int usage;
	struct {
		unsigned int val;
	} uid;
};

struct anon_vma_name {
	int kref;
	char name[];
};

struct rb_root_cached {
	struct rb_root rb_root;
	struct rb_node *rb_leftmost;
};

struct anon_vma {
	struct anon_vma *root;
#ifdef OLD
	struct rb_root rb_root;
#else
	struct rb_root_cached rb_root;
#endif
};

struct anon_vma_chain {
	struct vm_area_struct *vma;
	struct anon_vma *anon_vma;
	struct rb_node rb;
};

struct vm_operations_struct {
	void *open, *close;
};

#ifndef OLD
struct vm_special_mapping {
	const char *name;
	void **pages;
};
#endif

struct vm_area_struct {
	unsigned long vm_start, vm_end;
	struct vm_area_struct *vm_next, *vm_prev;
	struct mm_struct *vm_mm;
	union {
		const unsigned long vm_flags;
		unsigned long __vm_flags;
	};
	const struct vm_operations_struct *vm_ops;
	unsigned long vm_pgoff;
	struct file *vm_file;
	void *vm_private_data;
	struct anon_vma_name *anon_name;
#ifdef OLD
	struct rb_node vm_rb;
#endif
};

struct rq {
	unsigned long nr_running;
	struct task_struct *idle, *curr;
#if defined(RUN_TIMES) || defined(TIMES)
	unsigned long long clock;
#endif
};

#ifdef HOSTILE
PLACED(".data.20800") char init_task[96] = { 1 };
struct task_struct unused_task;
#else
PLACED(".data.20800") struct task_struct init_task = { .state = 1 };
#endif
#ifdef __x86_64__
#ifdef PDA
struct x8664_pda {
	struct task_struct *pcurrent;
	unsigned long data_offset;
	int cpunumber;
};
#if PDA >= 2627
PLACED(".data.20900") struct x8664_pda **_cpu_pda = (void *)1;
#elif PDA >= 2616
PLACED(".data.20900") struct x8664_pda *_cpu_pda[8] = { (void *)1 };
#else
PLACED(".data.20900") struct x8664_pda cpu_pda[5] = { { .cpunumber = 1 } };
#endif
#else
PLACED(".data.20900") unsigned long __per_cpu_offset[8] = { 1 };
#endif
#endif
#ifdef PIDS
PLACED(".data.20980") unsigned long cpu_callout_map = 1;
#else
PLACED(".data.20980") unsigned long __cpu_possible_mask = 1;
#endif
#if defined(OLD) || defined(WITNESS) || defined(TIMES)
PLACED(".percpu.300") struct rq runqueues = { 1 };
#else
PLACED(".percpu.300") struct task_struct *idle_threads = (void *)1;
PLACED(".percpu.320") struct task_struct *current_task = (void *)1;
#ifdef RUN_TIMES
PLACED(".percpu.380") struct rq runqueues = { 1 };
#endif
#endif
PLACED(".data.209c0") const struct vm_operations_struct special_mapping_vmops = { (void *)1 };
PLACED(".data.209e0") unsigned long huge_zero_pfn = 1;
PLACED(".bss.zero") char empty_zero_page[4096];

PLACED(".text.dname") char *simple_dname(void);

char *simple_dname(void)
{
	return (void *)0;
}

PLACED(".text.pipes") char *pipefs_dname(void);

char *pipefs_dname(void)
{
	return (void *)0;
}

/* Debug information for the types that no variable has. */
struct signal_struct unused_signal;
struct mm_struct unused_mm;
struct vm_area_struct unused_vma;
struct dentry unused_dentry;
struct mount unused_mount;
struct mnt_namespace unused_namespace;
struct nsproxy unused_nsproxy;
struct file unused_file;
struct fdtable unused_fdtable;
struct files_struct unused_files;
struct cred unused_cred;
#ifndef OLD
struct vm_special_mapping unused_mapping;
#endif
struct anon_vma_name unused_name;
struct inode unused_inode;
struct super_block unused_super_block;
struct file_system_type unused_file_system_type;
struct anon_vma unused_anon_vma;
struct anon_vma_chain unused_chain;
struct rq unused_rq;
