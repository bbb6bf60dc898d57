/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * libkwalk: translates addresses of a dumped Linux kernel (x86, arm64), and reports how memory is
 * used. Link with -lkwalk.
 *
 * Calls. A function that can fail returns enum kwalk_code. KWALK_OK is 0. With any other code, the
 * function fills *error, if error is not NULL. A handle stays usable after any failure. If a
 * handle, a result or a name is NULL, a call returns KWALK_USAGE.
 *
 * Structs. Each struct begins with its size, which the caller sets: KWALK_INIT(struct kwalk_walk)
 * is a struct with its size, whose other members are zero. The library writes at most this size,
 * and zeroes members that it does not know. So later versions can add members to a struct, and
 * programs that were compiled before still work.
 *
 * Strings and structs that a call returns are borrowed: they are valid until the next call with
 * the same kernel, or with a handle opened from it. Strings and structs that a visitor receives
 * are valid during the visit. The caller owns the result of an _open or _find function, and
 * releases it with the _free function of its type.
 *
 * Numbers. Addresses are uint64_t, even on 32-bit kernels. "first" and "last" are both inclusive.
 * Sizes are in bytes. A pfn is a physical address divided by the size of a page.
 *
 * Text. Strings may quote the dump, so they may contain any byte except 0. Replace control
 * characters before you show a string on a terminal.
 *
 * Threads. Only one thread at a time may use a kernel and the handles opened from it. Two kernels
 * share nothing, so two threads may use them at the same time. A callback of struct kwalk_options
 * must not call functions with the kernel that called it: they return KWALK_USAGE, and
 * kwalk_free() takes effect when the running call ends. A visitor may call all functions.
 *
 * The process. The library installs no signal handler, writes to no standard stream, changes no
 * limits and no settings of other libraries, and replaces no function of the C library. It maps
 * files into memory. Each call first checks whether a file became shorter since it was opened, and
 * then returns KWALK_CHANGED. If a file becomes shorter during a call, or if the disk fails, the
 * system sends SIGBUS: see kwalk_bus_error(). If memory runs out, a call returns KWALK_MEMORY. The
 * exception is libdw, which reads debug information: it ends the process if memory runs out.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#pragma GCC visibility push(default)
#endif

#ifdef __cplusplus
#define KWALK_INIT(type) (type{ sizeof(type) })
#else
#define KWALK_INIT(type) ((type){ .size = sizeof(type) })
#endif

enum kwalk_code {
	KWALK_OK,
	KWALK_USAGE, /* a wrong argument, such as NULL or an invalid address */
	KWALK_SYSTEM, /* a system call failed */
	KWALK_FORMAT, /* a file or structure is not valid, or damaged */
	KWALK_UNREADABLE, /* the memory needed is not in the dump */
	KWALK_UNKNOWN, /* no source has this fact, symbol or type */
	/* The argument has no answer: for example, nothing is mapped at an address. */
	KWALK_NO_ANSWER,
	KWALK_STOPPED, /* options.stop returned true; all visits so far are valid */
	KWALK_INCOMPLETE, /* a limit or damage ended the call; all visits so far are valid */
	KWALK_CLOSED, /* kwalk_close() has closed the kernel */
	KWALK_CHANGED, /* a file became shorter or unreadable while it was open */
	KWALK_MEMORY, /* out of memory */
};

/* This struct has the same size in all versions. message is one line without a newline. */
struct kwalk_error {
	uint32_t size;
	int32_t code; /* enum kwalk_code; set only on failure */
	char message[512];
};

typedef struct kwalk_kernel kwalk_kernel; /* a dumped kernel and its files */
typedef struct kwalk_dump kwalk_dump; /* physical memory */
typedef struct kwalk_space kwalk_space; /* a page table of the kernel or of a process */
typedef struct kwalk_task kwalk_task; /* a process, thread or kernel thread */
typedef struct kwalk_ranges kwalk_ranges; /* a pass over a page table */

/* Returns the version, for example "0.1.0". */
const char *kwalk_version(void);
/* Returns a static name, for example "usage" or "closed", or NULL if there is no such code. */
const char *kwalk_code_name(int code);

/* --- opening --- */

enum { KWALK_STRICT = 1 }; /* a vmlinux of another kernel is an error instead of a warning */

/* The pointers are borrowed until kwalk_open() returns, except arg and the callbacks. The callbacks
 * are called until the kernel is closed, in the thread that calls the library. Each pointer may be
 * NULL. The text that a callback receives is one line without a newline. */
struct kwalk_options {
	uint32_t size;
	uint32_t flags;
	/* The dump, with all parts if it is split, and optionally a vmlinux with its debug file or
	 * System.map. Their order does not matter, because kwalk recognises files by their
	 * content. */
	const char *const *paths;
	size_t nr_paths;
	/* "NAME=VALUE", as for the option -o of the program kwalk. */
	const char *const *overrides;
	size_t nr_overrides;
	/* Folders, separated by ':', in which vmlinux and debug files are searched. NULL: the
	 * folders that distributions use; "": no folders. */
	const char *debug_path;
	void (*warning)(void *arg, const char *text); /* a reason why answers may be wrong */
	void (*trouble)(void *arg, const char *text); /* a damaged place in a file */
	void (*fact)(void *arg, const char *text); /* each fact when it is found */
	void (*progress)(void *arg, const char *text); /* at most once a second */
	bool (*stop)(void *arg); /* returns true to end the call with KWALK_STOPPED */
	void *arg;
};

/* Opens a dump. Returns NULL on failure. */
kwalk_kernel *kwalk_open(const struct kwalk_options *options, struct kwalk_error *error);
/* Closes the files and releases all data read from them. The handle of the kernel, and handles
 * opened from it, stay valid as arguments, and calls with them return KWALK_CLOSED. Closing a
 * closed kernel returns KWALK_OK. */
int kwalk_close(kwalk_kernel *kernel, struct kwalk_error *error);
/* Closes the kernel and frees its handle, which may be NULL. Handles opened from the kernel must
 * still be freed, before or after this call. */
void kwalk_free(kwalk_kernel *kernel);

/* For a SIGBUS handler of the caller's program, during any call except kwalk_open(). address is the
 * si_addr of the signal. If address is in a file that the running call of this thread has mapped,
 * puts zeros there and returns true. Then the handler should return, and the call ends with
 * KWALK_CHANGED. Returns false if the address does not belong to the library. Async-signal-safe. */
bool kwalk_bus_error(const void *address);

/* Returns true if a file was written to after it was opened, without becoming shorter. Answers may
 * then be wrong. */
bool kwalk_was_written(kwalk_kernel *kernel);

/* --- facts --- */

struct kwalk_fact {
	uint32_t size;
	bool is_number;
	bool doubtful;
	/* The name that the program's command info shows, such as "page_offset". */
	const char *name;
	const char *text; /* "0xffff888000000000", "-0x2000", "pae" */
	const char *source; /* "VMCOREINFO ..." */
	uint64_t number; /* if is_number; a negative number is in two's complement */
};

/* Returns KWALK_UNKNOWN if there is no fact with that name, or if no source has the fact. */
int kwalk_find_fact(kwalk_kernel *kernel, const char *name, struct kwalk_fact *fact,
		    struct kwalk_error *error);
/* Visits all known facts, until visit() returns false. */
int kwalk_facts(kwalk_kernel *kernel, bool (*visit)(void *arg, const struct kwalk_fact *fact),
		void *arg, struct kwalk_error *error);

/* --- physical memory --- */

/* Returns the dump of a kernel, which is borrowed and valid until kwalk_free(). Returns NULL if
 * kernel is NULL. */
kwalk_dump *kwalk_get_dump(kwalk_kernel *kernel);

/* Returns the format, for example "ELF" or "flattened kdump", or NULL if the kernel is closed. */
const char *kwalk_dump_format(kwalk_dump *dump);

enum kwalk_state {
	KWALK_PRESENT,
	KWALK_ZERO, /* left out of the dump because all bytes are zero; reads as zeros */
	KWALK_FILTERED, /* memory that was left out of the dump */
	KWALK_ABSENT, /* not memory: a device, a hole, or beyond the end of memory */
	KWALK_TRUNCATED, /* the file ends before the page */
	KWALK_DAMAGED, /* in the file, but it cannot be decoded */
};
/* Returns the name, for example "present", or NULL if there is no such state. */
const char *kwalk_state_name(int state);

/* A range of memory in one state. first and last are addresses, both inclusive. */
struct kwalk_extent {
	uint32_t size;
	uint32_t state;
	uint64_t first, last;
};

/* Finds the extent that contains paddr. The next extent begins at last + 1, and may have the same
 * state. */
int kwalk_dump_extent(kwalk_dump *dump, uint64_t paddr, struct kwalk_extent *extent,
		      struct kwalk_error *error);
/* Reads size bytes into buffer. Fails if any of them cannot be read. */
int kwalk_dump_read(kwalk_dump *dump, uint64_t paddr, void *buffer, size_t size,
		    struct kwalk_error *error);

/* --- page tables --- */

/* Opens the kernel's page table. */
kwalk_space *kwalk_space_open(kwalk_kernel *kernel, struct kwalk_error *error);
/* Open the page table of a process, or of the process that a thread belongs to. For a kernel
 * thread, this is the table that the thread borrowed. With page-table isolation, user addresses are
 * looked up in the table of user mode. */
kwalk_space *kwalk_space_of_pid(kwalk_kernel *kernel, int32_t pid, struct kwalk_error *error);
kwalk_space *kwalk_space_of_task(kwalk_task *task, struct kwalk_error *error);
/* Opens the page table at a physical address. root may also be a value of CR3. */
kwalk_space *kwalk_space_of_root(kwalk_kernel *kernel, uint64_t root, struct kwalk_error *error);
void kwalk_space_free(kwalk_space *space); /* NULL is allowed */

struct kwalk_space_info {
	uint32_t size;
	uint32_t nr_levels;
	uint64_t root; /* physical address of the page table for kernel addresses */
	uint64_t user_root; /* physical address of the page table for user addresses */
	/* Last address that is looked up in user_root; 0: all addresses are looked up in root. */
	uint64_t user_last;
	const char *mode; /* static: "x86-64, 4 levels" */
	bool has_pid;
	int32_t pid;
};
int kwalk_space_get(kwalk_space *space, struct kwalk_space_info *info, struct kwalk_error *error);

/* Finds the physical address that a CPU would access. Returns KWALK_NO_ANSWER if the access would
 * fault; kwalk_walk() gives the reason. */
int kwalk_translate(kwalk_space *space, uint64_t vaddr, uint64_t *paddr, struct kwalk_error *error);

#define KWALK_UNMAPPED UINT64_MAX
/* Translates nr addresses at once. If the tables are not in the CPU's caches, this is several times
 * as fast as single calls. paddrs[i] is KWALK_UNMAPPED if kwalk_translate() would fail for
 * vaddrs[i]. vaddrs and paddrs may be the same array. nr_mapped may be NULL; otherwise *nr_mapped
 * is the number of addresses that are mapped. */
int kwalk_translate_many(kwalk_space *space, const uint64_t *vaddrs, uint64_t *paddrs, size_t nr,
			 size_t *nr_mapped, struct kwalk_error *error);

enum kwalk_status {
	KWALK_MAPPED,
	KWALK_NOT_MAPPED,
	KWALK_PROT_NONE, /* the page is in memory, but has no access rights */
	KWALK_SWAPPED,
	KWALK_MIGRATION,
	KWALK_HWPOISON,
	KWALK_DEVICE, /* private memory of a device */
	KWALK_MARKER,
	KWALK_NONLINEAR,
	KWALK_SPECIAL, /* not present; the meaning depends on a fact that is unknown */
	KWALK_NON_CANONICAL,
	KWALK_CORRUPT, /* the last entry has a bit set that must be 0 */
	KWALK_TABLE_UNREADABLE, /* the next entry is not in the dump */
};
/* Returns the status that the program's answers show, for example "mapped", "not-mapped" or
 * "unreadable", or NULL if there is no such status. KWALK_SPECIAL is an exception: its name is
 * "special", but the program shows "error" with a message. The program also shows "error" for an
 * address that it cannot parse. */
const char *kwalk_status_name(int status);

enum { KWALK_MAX_LEVELS = 5 };

/* A walk, and the meaning of the last entry. Entries of levels that were not reached are 0. */
struct kwalk_walk {
	uint32_t size;
	uint32_t status; /* enum kwalk_status */
	uint64_t vaddr;
	uint64_t first, last; /* the addresses with this result: a page or a gap */
	uint64_t page_size; /* bytes that an entry of the last level covers */
	uint64_t paddr; /* if has_paddr: mapped, prot-none, migration, ... */
	bool has_paddr;
	bool writable, executable, user; /* if mapped: the rights that result from all levels */
	uint32_t page_state; /* if has_paddr: enum kwalk_state of that page */
	uint32_t reason; /* if KWALK_TABLE_UNREADABLE: enum kwalk_state of the table */
	bool has_swap;
	uint8_t nr_entries; /* number of entries that were read, from the top level on */
	uint8_t last_level; /* last level of the walk, as an index of the arrays */
	uint64_t swap_type, swap_offset;
	const char *cache; /* static: "WB", ...; NULL: unknown, or not mapped */
	const char *message; /* why an access would fault; NULL: no fault */
	const char *level_name[KWALK_MAX_LEVELS]; /* static: "pgd", ... */
	uint64_t entry_paddr[KWALK_MAX_LEVELS];
	uint64_t entry[KWALK_MAX_LEVELS];
};
int kwalk_walk(kwalk_space *space, uint64_t vaddr, struct kwalk_walk *walk,
	       struct kwalk_error *error);

/* Finds the static names of the flags that are set in an entry of this level, where 0 is the top
 * level. Writes at most room names to names. *nr is the number of all flags that are set. */
int kwalk_entry_flags(kwalk_space *space, unsigned int level, uint64_t entry, const char **names,
		      size_t room, size_t *nr, struct kwalk_error *error);

/* Adjacent pages that have the same size, rights and cache type; or adjacent corrupt entries; or
 * adjacent addresses whose tables are not in the dump. */
struct kwalk_range {
	uint32_t size;
	uint32_t status; /* KWALK_MAPPED, KWALK_CORRUPT, KWALK_TABLE_UNREADABLE */
	uint64_t first, last;
	uint64_t page_size;
	/* If mapped: the physical address of first. The other pages need not be contiguous. */
	uint64_t paddr;
	bool writable, executable, user, global;
	uint32_t reason; /* if KWALK_TABLE_UNREADABLE: enum kwalk_state of the table */
	const char *cache; /* static; NULL: unknown */
	const char *level; /* static: the name of the level of the entries */
};

/* Opens a pass over the ranges that a table maps between first and last, both inclusive. A page
 * that contains first or last is reported as a whole. Returns NULL on failure. */
kwalk_ranges *kwalk_ranges_open(kwalk_space *space, uint64_t first, uint64_t last,
				struct kwalk_error *error);
/* Returns KWALK_NO_ANSWER, and does not change error, if there are no more ranges. */
int kwalk_ranges_next(kwalk_ranges *ranges, struct kwalk_range *range, struct kwalk_error *error);
void kwalk_ranges_free(kwalk_ranges *ranges); /* NULL is allowed */

/* Reads size bytes from vaddr on. Fails if any of them cannot be read; the message names the first
 * address that cannot be read. */
int kwalk_read(kwalk_space *space, uint64_t vaddr, void *buffer, size_t size,
	       struct kwalk_error *error);

/* --- symbols and the address space --- */

struct kwalk_symbol {
	uint32_t size;
	char type; /* the letter that nm prints; 0: unknown */
	const char *name;
	const char *module; /* NULL: a symbol of the kernel itself */
	const char *source; /* static: "vmlinux", "kallsyms", ... */
	uint64_t address; /* address at run time */
	uint64_t length; /* in bytes; 0: unknown */
	uint64_t offset; /* offset of the given address in the symbol; 0 if a name was given */
};
int kwalk_symbol_find(kwalk_kernel *kernel, const char *name, struct kwalk_symbol *symbol,
		      struct kwalk_error *error);
/* Finds the symbol that contains vaddr, or the symbol before the padding that contains vaddr. */
int kwalk_symbol_at(kwalk_kernel *kernel, uint64_t vaddr, struct kwalk_symbol *symbol,
		    struct kwalk_error *error);

struct kwalk_region {
	uint32_t size;
	bool linear; /* virt_to_phys() is valid for the given address */
	uint64_t first, last;
	uint64_t paddr; /* if linear: the result of virt_to_phys() */
	const char *name; /* static: "direct-map", ... */
	const char *section; /* static: section of the kernel image, such as "text"; NULL: none */
};
/* Finds the region that contains vaddr. The next region begins at last + 1. */
int kwalk_find_region(kwalk_kernel *kernel, uint64_t vaddr, struct kwalk_region *region,
		      struct kwalk_error *error);

struct kwalk_meaning {
	uint32_t size;
	bool has_paddr, has_page, has_pid;
	const char *kind; /* static: "symbol", "slab-object", ... */
	/* Static: what the number was taken for: "virtual", "physical", "pfn", "root" or
	 * "value". */
	const char *as;
	const char *text; /* one line */
	uint64_t value;
	uint64_t paddr;
	uint64_t pfn, page; /* if has_page; page: address of the struct page */
	const char *symbol; /* name of a symbol; NULL: none */
	uint64_t symbol_offset;
	int32_t pid; /* if has_pid: the process of a user address */
};
/* Visits the possible meanings of a number, such as an address, a frame, the root of a page table,
 * a poison value, or an error pointer. space may be NULL; otherwise user addresses belong to space.
 * There are one to six visits. */
int kwalk_whatis(kwalk_kernel *kernel, kwalk_space *space, uint64_t value,
		 bool (*visit)(void *arg, const struct kwalk_meaning *meaning), void *arg,
		 struct kwalk_error *error);

/* --- page frames --- */

struct kwalk_page {
	uint32_t size;
	bool has_virtual, has_flags, has_refcount, has_mapcount, has_mapping, has_node;
	uint64_t pfn;
	uint64_t page; /* address of its struct page */
	uint64_t vaddr; /* if has_virtual: address in the direct map */
	uint64_t flags, mapping, node;
	int64_t refcount, mapcount;
	const char *zone; /* static; NULL: unknown */
};
/* Returns KWALK_NO_ANSWER if the frame has no struct page. */
int kwalk_find_page(kwalk_kernel *kernel, uint64_t pfn, struct kwalk_page *page,
		    struct kwalk_error *error);
/* Visits the names of the flags that are set. The names do not have the prefix "PG_". */
int kwalk_page_flags(kwalk_kernel *kernel, uint64_t pfn, bool (*visit)(void *arg, const char *name),
		     void *arg, struct kwalk_error *error);
/* Finds the frame that the struct page at the address page describes. page must be the start of the
 * struct page. */
int kwalk_page_pfn(kwalk_kernel *kernel, uint64_t page, uint64_t *pfn, struct kwalk_error *error);
/* Finds the address of paddr in the direct map, and confirms it by a walk. */
int kwalk_phys_to_virt(kwalk_kernel *kernel, uint64_t paddr, uint64_t *vaddr,
		       struct kwalk_error *error);

struct kwalk_use {
	uint32_t size;
	bool compound, has_order, has_owner, has_pid;
	uint32_t order;
	int32_t pid; /* if has_pid: pid of the first owner */
	uint64_t pfn;
	/* First frame of the compound page or free block, otherwise the frame itself. */
	uint64_t head_pfn;
	const char *kind; /* static: "free", "slab", ...; NULL: unknown */
	const char *text; /* one line that describes the use of the frame and its owner */
	const char *file; /* path within the file system; NULL: no file, or unknown */
	uint64_t nr_owners; /* number of processes that own an anonymous page */
	/* If has_owner: mm of the first owner, and its virtual address. */
	uint64_t owner_mm, owner_vaddr;
};
int kwalk_frame_use(kwalk_kernel *kernel, uint64_t pfn, struct kwalk_use *use,
		    struct kwalk_error *error);

struct kwalk_mapping {
	uint32_t size;
	bool writable, executable, user;
	bool no_access; /* PROT_NONE: the page is in memory, but not accessible */
	bool has_pid;
	int32_t pid; /* if has_pid: pid of the process; otherwise the mapping is the kernel's */
	uint64_t vaddr; /* the virtual address that is mapped to the given physical address */
	uint64_t page_size;
	const char *cache; /* static; NULL: unknown */
};
enum { KWALK_OF_PROCESSES = 1 }; /* search the tables of all processes, too */
/* Visits each virtual address that is mapped to paddr. Reads whole page tables; for many frames,
 * use kwalk_mappings_many(). */
int kwalk_mappings(kwalk_kernel *kernel, uint64_t paddr, uint32_t flags,
		   bool (*visit)(void *arg, const struct kwalk_mapping *mapping), void *arg,
		   struct kwalk_error *error);
/* The same for nr physical addresses, with one pass over the tables. index is the index of the
 * address in paddrs. */
int kwalk_mappings_many(kwalk_kernel *kernel, const uint64_t *paddrs, size_t nr, uint32_t flags,
			bool (*visit)(void *arg, size_t index, const struct kwalk_mapping *mapping),
			void *arg, struct kwalk_error *error);

/* --- tasks --- */

struct kwalk_task_info {
	uint32_t size;
	int32_t pid, tgid;
	char state; /* as ps shows it: R S D T t P I, Z if ended; 0: unknown */
	bool running; /* a CPU ran the task when the dump was taken */
	bool has_cpu, has_parent, has_rss, has_root;
	uint32_t cpu;
	int32_t parent;
	uint64_t address; /* address of the task_struct */
	uint64_t mm; /* 0: a kernel thread, or a process that has ended */
	uint64_t root; /* if has_root: physical address of its page table */
	uint64_t rss; /* in bytes */
	uint64_t stack; /* lowest address of the kernel stack; 0: unknown */
	const char *comm;
};

/* Visits all tasks: first the idle tasks, then the processes, and after each process its threads.
 * task is borrowed during the visit. */
int kwalk_tasks(kwalk_kernel *kernel, bool (*visit)(void *arg, kwalk_task *task), void *arg,
		struct kwalk_error *error);
/* Finds the first task with this pid. Pid 0 is the idle task of a CPU. Returns NULL on failure. */
kwalk_task *kwalk_task_find(kwalk_kernel *kernel, int32_t pid, struct kwalk_error *error);
/* Copies a task, so that it can be used after the visit. Returns NULL on failure. */
kwalk_task *kwalk_task_copy(kwalk_task *task, struct kwalk_error *error);
void kwalk_task_free(kwalk_task *task); /* NULL is allowed */
int kwalk_task_get(kwalk_task *task, struct kwalk_task_info *info, struct kwalk_error *error);

struct kwalk_vma {
	uint32_t size;
	char rights[8]; /* "rwxp" or "rwxs"; a missing right is "-" */
	uint64_t first, last;
	uint64_t flags; /* vm_flags */
	uint64_t offset; /* offset in the file, in bytes; 0 if there is no file */
	uint64_t address; /* address of the vm_area_struct */
	const char *name; /* a path, "[heap]" and similar, or ""; NULL: cannot be read */
};
/* Visits the mappings of the task's process, as in /proc/PID/maps. Returns KWALK_NO_ANSWER if the
 * task is a kernel thread or has ended. */
int kwalk_vmas(kwalk_task *task, bool (*visit)(void *arg, const struct kwalk_vma *vma), void *arg,
	       struct kwalk_error *error);

/* --- CPUs --- */

/* On i386, these are all registers except R8 to R15, with their 32-bit names. On arm64, these are
 * the first three, which are pc, sp and pstate, and X0 to X30. */
enum kwalk_register {
	KWALK_IP,
	KWALK_SP,
	KWALK_FLAGS,
	KWALK_AX,
	KWALK_BX,
	KWALK_CX,
	KWALK_DX,
	KWALK_SI,
	KWALK_DI,
	KWALK_BP,
	KWALK_R8,
	KWALK_R9,
	KWALK_R10,
	KWALK_R11,
	KWALK_R12,
	KWALK_R13,
	KWALK_R14,
	KWALK_R15,
	KWALK_CS,
	KWALK_SS,
	KWALK_CR0,
	KWALK_CR2,
	KWALK_CR3,
	KWALK_CR4,
	KWALK_X0 = 30, /* X1 to X29 follow */
	KWALK_X30 = KWALK_X0 + 30,
};
/* The size of arrays of registers, with room for registers that later versions may add. */
enum { KWALK_MAX_REGISTERS = 64 };
/* Returns the static name that the program's command panic shows: "rip", on i386 "eip", on arm64
 * "pc". Returns NULL if this machine has no such register, or if the kernel is closed. */
const char *kwalk_register_name(kwalk_kernel *kernel, int which);

/* The state of a CPU when the dump was taken. */
struct kwalk_cpu {
	uint32_t size;
	/* Bit N is set if the register N of enum kwalk_register is known. 0: no note has the
	 * registers of this CPU. */
	uint64_t known;
	bool has_cpu, has_base, has_pid;
	uint32_t cpu; /* if has_cpu: number of the CPU */
	int32_t pid; /* if has_pid: pid of the task that the CPU ran */
	uint64_t task; /* address of the task_struct; 0: unknown */
	uint64_t base; /* if has_base: start of the CPU's per-CPU memory */
	const char *comm; /* name of the task; NULL: unknown */
	uint64_t value[KWALK_MAX_REGISTERS]; /* by enum kwalk_register; 0 if unknown */
};
/* Visits all present CPUs, in order. Registers are from the dump's notes, or from the notes that
 * CPUs saved for kdump. If the kernel's symbols are not known, visits the CPUs that have notes, in
 * the order of the notes. Returns KWALK_UNKNOWN if there are no notes. */
int kwalk_cpus(kwalk_kernel *kernel, bool (*visit)(void *arg, const struct kwalk_cpu *cpu),
	       void *arg, struct kwalk_error *error);

/* Finds the note VMCOREINFO in the dump's notes or memory. The note consists of *size bytes, which
 * are lines KEY=value, unchanged and without a NUL at the end. Returns KWALK_UNKNOWN if there is no
 * such note. */
int kwalk_vmcoreinfo(kwalk_kernel *kernel, const char **text, size_t *size,
		     struct kwalk_error *error);

#if defined(__GNUC__)
#pragma GCC visibility pop
#endif

#ifdef __cplusplus
}
#endif
