/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * libkwalk: translates addresses of a dumped Linux kernel (x86, arm64), and reports their use.
 * Link with -lkwalk.
 *
 * Calls. A function that can fail returns enum kwalk_code. KWALK_OK is 0; with any other
 * code the function fills *error, if error is not NULL. A handle stays usable after any
 * failure. NULL in place of a handle, a result or a name is KWALK_USAGE.
 *
 * Structs. Each struct begins with its size, which the caller sets: KWALK_INIT(struct
 * kwalk_walk) is a struct with its size, and zeros otherwise. The library fills no more than
 * that size, and zeroes members that it does not know. So a struct may grow, and
 * programs that were compiled before still work.
 *
 * Strings and structs that a call returns are borrowed: they are valid until the next call
 * with the same kernel or with a handle opened from it. Those given to a visitor are valid
 * during the visit. The caller owns the result of an _open or _find function, and releases
 * it with the _free function of its type.
 *
 * Numbers. Addresses are uint64_t, on 32-bit kernels too. "first" and "last" are both
 * inclusive. Sizes are bytes. A pfn is a physical address divided by the size of a page.
 *
 * Text quotes the dump: it may contain any byte except 0. Replace control characters before
 * showing it on a terminal.
 *
 * Threads. Only one thread at a time may use a kernel and the handles opened from it.
 * Two kernels share nothing, and two threads may use them at the same time. A callback of
 * struct kwalk_options must not call functions with the kernel that called it: they return
 * KWALK_USAGE, and kwalk_free() takes effect when the running call ends. A visitor may call
 * all functions.
 *
 * The process. The library installs no signal handler, writes to no standard stream,
 * changes no limit and no setting of other libraries, and replaces no function of the C
 * library. It maps files. Each call first checks whether a file became shorter since it
 * was opened, and then returns KWALK_CHANGED. Only if that happens during a call, or the
 * disk fails, does the system send SIGBUS: see kwalk_bus_error(). If memory runs out, a call
 * returns KWALK_MEMORY; only libdw, which reads debug information, ends the process
 * instead.
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
	KWALK_UNKNOWN, /* a fact, symbol or type that no source has */
	KWALK_NO_ANSWER, /* this argument has no answer: for example, nothing is mapped there */
	KWALK_STOPPED, /* options.stop returned true; the visits so far are right */
	KWALK_INCOMPLETE, /* a limit or damage ended the call; the visits so far are right */
	KWALK_CLOSED, /* after kwalk_close() */
	KWALK_CHANGED, /* a file became shorter, or unreadable, while it was open */
	KWALK_MEMORY, /* out of memory */
};

/* Has the same size in all versions. message is one line without a newline. */
struct kwalk_error {
	uint32_t size;
	int32_t code; /* enum kwalk_code; set on failure only */
	char message[512];
};

typedef struct kwalk_kernel kwalk_kernel; /* a dumped kernel and its files */
typedef struct kwalk_dump kwalk_dump; /* physical memory */
typedef struct kwalk_space kwalk_space; /* a page table, of the kernel or a process */
typedef struct kwalk_task kwalk_task; /* a process, thread or kernel thread */
typedef struct kwalk_ranges kwalk_ranges; /* a pass over a page table */

/* "0.1.0" */
const char *kwalk_version(void);
/* "usage", "closed", ...: static; NULL: no such code. */
const char *kwalk_code_name(int code);

/* --- opening --- */

enum { KWALK_STRICT = 1 }; /* fail on a vmlinux of another kernel instead of a warning */

/* All pointers are borrowed during kwalk_open(), except arg and the callbacks. The callbacks are
 * called until the kernel is closed, in the thread that calls the library. Each pointer may be
 * NULL. text is one line without a newline. */
struct kwalk_options {
	uint32_t size;
	uint32_t flags;
	/* The dump (all parts of a split dump) and, optionally, a vmlinux with its debug file or
	 * System.map, in any order: kwalk recognises files by their content. */
	const char *const *paths;
	size_t nr_paths;
	/* "NAME=VALUE", as for the program's option -o. */
	const char *const *overrides;
	size_t nr_overrides;
	/* Folders, separated by ':', to search for vmlinux and for debug files. NULL: the folders
	 * that distributions use; "": no search. */
	const char *debug_path;
	void (*warning)(void *arg, const char *text); /* a reason to doubt answers */
	void (*trouble)(void *arg, const char *text); /* a damaged place in a file */
	void (*fact)(void *arg, const char *text); /* each fact when it is found */
	void (*progress)(void *arg, const char *text); /* at most once a second */
	bool (*stop)(void *arg); /* true ends the call: KWALK_STOPPED */
	void *arg;
};

/* NULL on failure. */
kwalk_kernel *kwalk_open(const struct kwalk_options *options, struct kwalk_error *error);
/* Closes the files and releases all data read from them. The kernel's handle, and handles opened
 * from it, can still be passed: calls with them return KWALK_CLOSED. Closing again is KWALK_OK. */
int kwalk_close(kwalk_kernel *kernel, struct kwalk_error *error);
/* Closes the kernel and frees its handle; NULL is allowed. Handles opened from it must still be
 * freed, before or after. */
void kwalk_free(kwalk_kernel *kernel);

/* For the program's handler of SIGBUS, during any call except kwalk_open(). If address (si_addr)
 * lies in a file mapped by the call of this thread, puts zeros there and returns true. The handler
 * should then return, and the call ends with KWALK_CHANGED. False: the address does not belong to
 * the library. Async-signal-safe. */
bool kwalk_bus_error(const void *address);

/* True if a file was written to, without being cut, since it was opened: answers may be wrong. */
bool kwalk_was_written(kwalk_kernel *kernel);

/* --- facts --- */

struct kwalk_fact {
	uint32_t size;
	bool is_number;
	bool doubtful;
	const char *name; /* a name as in the program's command info: "page_offset" */
	const char *text; /* "0xffff888000000000", "-0x2000", "pae" */
	const char *source; /* "VMCOREINFO ..." */
	uint64_t number; /* if is_number; negative numbers in two's complement */
};

/* KWALK_UNKNOWN: no fact has that name, or no source has the fact. */
int kwalk_find_fact(kwalk_kernel *kernel, const char *name, struct kwalk_fact *fact,
		    struct kwalk_error *error);
/* Visits all known facts, until visit returns false. */
int kwalk_facts(kwalk_kernel *kernel, bool (*visit)(void *arg, const struct kwalk_fact *fact),
		void *arg, struct kwalk_error *error);

/* --- physical memory --- */

/* The dump of a kernel; borrowed, and valid until kwalk_free(). NULL: kernel is NULL. */
kwalk_dump *kwalk_get_dump(kwalk_kernel *kernel);

/* "ELF", "flattened kdump", ...; NULL: closed. */
const char *kwalk_dump_format(kwalk_dump *dump);

enum kwalk_state {
	KWALK_PRESENT,
	KWALK_ZERO, /* left out because it is all zeros; reads as zeros */
	KWALK_FILTERED, /* memory that was left out of the dump */
	KWALK_ABSENT, /* not memory: a device, a hole, beyond the end */
	KWALK_TRUNCATED, /* the file ends before the page */
	KWALK_DAMAGED, /* in the file, but cannot be decoded */
};
/* "present", ...; NULL: no such state. */
const char *kwalk_state_name(int state);

/* Memory in one state, with first and last address. */
struct kwalk_extent {
	uint32_t size;
	uint32_t state;
	uint64_t first, last;
};

/* Finds the extent that contains paddr; the next extent begins at last + 1. Neighbours may have the
 * same state. */
int kwalk_dump_extent(kwalk_dump *dump, uint64_t paddr, struct kwalk_extent *extent,
		      struct kwalk_error *error);
/* Reads size bytes into buffer, or fails. */
int kwalk_dump_read(kwalk_dump *dump, uint64_t paddr, void *buffer, size_t size,
		    struct kwalk_error *error);

/* --- page tables --- */

/* The kernel's own page table. */
kwalk_space *kwalk_space_open(kwalk_kernel *kernel, struct kwalk_error *error);
/* The page table of a process or one of its threads; for a kernel thread the table that it
 * borrowed. With page-table isolation user addresses are walked in the table of user mode. */
kwalk_space *kwalk_space_of_pid(kwalk_kernel *kernel, int32_t pid, struct kwalk_error *error);
kwalk_space *kwalk_space_of_task(kwalk_task *task, struct kwalk_error *error);
/* The page table at a physical address or value of CR3. */
kwalk_space *kwalk_space_of_root(kwalk_kernel *kernel, uint64_t root, struct kwalk_error *error);
void kwalk_space_free(kwalk_space *space); /* NULL is allowed */

struct kwalk_space_info {
	uint32_t size;
	uint32_t nr_levels;
	uint64_t root; /* physical address of the page table for kernel addresses */
	uint64_t user_root; /* physical address of the page table for user addresses */
	uint64_t user_last; /* last address to look up in user_root; 0: all addresses use root */
	const char *mode; /* static: "x86-64, 4 levels" */
	bool has_pid;
	int32_t pid;
};
int kwalk_space_get(kwalk_space *space, struct kwalk_space_info *info, struct kwalk_error *error);

/* Finds the physical address that a CPU would access. KWALK_NO_ANSWER: the access would fault;
 * kwalk_walk() gives the reason. */
int kwalk_translate(kwalk_space *space, uint64_t vaddr, uint64_t *paddr, struct kwalk_error *error);

#define KWALK_UNMAPPED UINT64_MAX
/* Translates nr addresses at once: several times as fast if tables are not in the CPU's caches.
 * paddrs[i] is KWALK_UNMAPPED if kwalk_translate() would fail. vaddrs and paddrs may be the same
 * array. *nr_mapped, unless NULL, is the number of addresses that are mapped. */
int kwalk_translate_many(kwalk_space *space, const uint64_t *vaddrs, uint64_t *paddrs, size_t nr,
			 size_t *nr_mapped, struct kwalk_error *error);

enum kwalk_status {
	KWALK_MAPPED,
	KWALK_NOT_MAPPED,
	KWALK_PROT_NONE, /* in memory, without any access right */
	KWALK_SWAPPED,
	KWALK_MIGRATION,
	KWALK_HWPOISON,
	KWALK_DEVICE, /* private memory of a device */
	KWALK_MARKER,
	KWALK_NONLINEAR,
	KWALK_SPECIAL, /* not present; its meaning depends on an unknown fact */
	KWALK_NON_CANONICAL,
	KWALK_CORRUPT, /* the last entry has a bit set that must be 0 */
	KWALK_TABLE_UNREADABLE, /* the next entry is not in the dump */
};
/* The status in the program's answers: "mapped", "not-mapped", "unreadable", ... Only KWALK_SPECIAL
 * differs: here it is "special", in the program "error" with a message. The program also uses
 * "error" for an address that cannot be parsed. NULL: no such status. */
const char *kwalk_status_name(int status);

enum { KWALK_MAX_LEVELS = 5 };

/* A walk, and the meaning of its last entry. Entries of levels that were not reached are 0. */
struct kwalk_walk {
	uint32_t size;
	uint32_t status; /* enum kwalk_status */
	uint64_t vaddr;
	uint64_t first, last; /* the range of addresses with this result: a page or a gap */
	uint64_t page_size; /* bytes that an entry of the last level covers */
	uint64_t paddr; /* if has_paddr: mapped, prot-none, migration, ... */
	bool has_paddr;
	bool writable, executable, user; /* if mapped: rights over all levels together */
	uint32_t page_state; /* if has_paddr: enum kwalk_state of that page */
	uint32_t reason; /* if KWALK_TABLE_UNREADABLE: enum kwalk_state of the table */
	bool has_swap;
	uint8_t nr_entries; /* number of entries read, from the top level on */
	uint8_t last_level; /* the last level of the walk, an index of the arrays */
	uint64_t swap_type, swap_offset;
	const char *cache; /* static: "WB", ...; NULL: unknown, or not mapped */
	const char *message; /* reason of the fault; NULL: no fault */
	const char *level_name[KWALK_MAX_LEVELS]; /* static: "pgd", ... */
	uint64_t entry_paddr[KWALK_MAX_LEVELS];
	uint64_t entry[KWALK_MAX_LEVELS];
};
int kwalk_walk(kwalk_space *space, uint64_t vaddr, struct kwalk_walk *walk,
	       struct kwalk_error *error);

/* The static names of the flags set in an entry of this level (0: top). names gets at most room
 * names; *nr is the number of all set flags. */
int kwalk_entry_flags(kwalk_space *space, unsigned int level, uint64_t entry, const char **names,
		      size_t room, size_t *nr, struct kwalk_error *error);

/* Adjacent pages with the same size, rights and cache type; adjacent corrupt entries; or adjacent
 * addresses whose tables are not in the dump. */
struct kwalk_range {
	uint32_t size;
	uint32_t status; /* KWALK_MAPPED, KWALK_CORRUPT, KWALK_TABLE_UNREADABLE */
	uint64_t first, last;
	uint64_t page_size;
	/* If mapped: physical address of first; further pages need not be contiguous. */
	uint64_t paddr;
	bool writable, executable, user, global;
	uint32_t reason; /* if the table is unreadable: its enum kwalk_state */
	const char *cache; /* static; NULL: unknown */
	const char *level; /* static: the level of the entries */
};

/* Opens a pass over the ranges that a table maps between first and last. Pages at either end are
 * reported whole. NULL on failure. */
kwalk_ranges *kwalk_ranges_open(kwalk_space *space, uint64_t first, uint64_t last,
				struct kwalk_error *error);
/* KWALK_NO_ANSWER, with error unchanged: there are no more ranges. */
int kwalk_ranges_next(kwalk_ranges *ranges, struct kwalk_range *range, struct kwalk_error *error);
void kwalk_ranges_free(kwalk_ranges *ranges); /* NULL is allowed */

/* Reads size bytes from vaddr on, or fails; the message names the first address that cannot be
 * read. */
int kwalk_read(kwalk_space *space, uint64_t vaddr, void *buffer, size_t size,
	       struct kwalk_error *error);

/* --- symbols and the address space --- */

struct kwalk_symbol {
	uint32_t size;
	char type; /* as nm prints it; 0: unknown */
	const char *name;
	const char *module; /* NULL: a symbol of the kernel itself */
	const char *source; /* static: "vmlinux", "kallsyms", ... */
	uint64_t address; /* address at run time */
	uint64_t length; /* in bytes; 0: unknown */
	uint64_t offset; /* offset of the given address; 0 if a name was given */
};
int kwalk_symbol_find(kwalk_kernel *kernel, const char *name, struct kwalk_symbol *symbol,
		      struct kwalk_error *error);
/* Finds the symbol that contains vaddr, or whose padding contains vaddr. */
int kwalk_symbol_at(kwalk_kernel *kernel, uint64_t vaddr, struct kwalk_symbol *symbol,
		    struct kwalk_error *error);

struct kwalk_region {
	uint32_t size;
	bool linear; /* virt_to_phys() is valid for the given address... */
	uint64_t first, last;
	uint64_t paddr; /* ...and returns this */
	const char *name; /* static: "direct-map", ... */
	const char *section; /* section of the kernel image: "text", ...; NULL: none */
};
/* Finds the region that contains vaddr; the next region begins at last + 1. */
int kwalk_find_region(kwalk_kernel *kernel, uint64_t vaddr, struct kwalk_region *region,
		      struct kwalk_error *error);

struct kwalk_meaning {
	uint32_t size;
	bool has_paddr, has_page, has_pid;
	const char *kind; /* static: "symbol", "slab-object", ... */
	/* static: interpretation of the number, "virtual", "physical", "pfn", "root" or "value" */
	const char *as;
	const char *text; /* one line */
	uint64_t value;
	uint64_t paddr;
	uint64_t pfn, page; /* if has_page; page: address of the struct page */
	const char *symbol; /* symbol and offset; NULL: no symbol */
	uint64_t symbol_offset;
	int32_t pid; /* if has_pid: the process of a user address */
};
/* Visits the possible meanings of a number: address, frame, root of a table, poison, error pointer.
 * User addresses belong to space, if it is not NULL. There are one to six visits. */
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
/* KWALK_NO_ANSWER: the frame has no struct page. */
int kwalk_find_page(kwalk_kernel *kernel, uint64_t pfn, struct kwalk_page *page,
		    struct kwalk_error *error);
/* Visits the names of the flags that are set, without "PG_". */
int kwalk_page_flags(kwalk_kernel *kernel, uint64_t pfn, bool (*visit)(void *arg, const char *name),
		     void *arg, struct kwalk_error *error);
/* Finds the frame of the struct page that starts at page. */
int kwalk_page_pfn(kwalk_kernel *kernel, uint64_t page, uint64_t *pfn, struct kwalk_error *error);
/* Finds the direct-mapped address of paddr, and confirms it by a walk. */
int kwalk_phys_to_virt(kwalk_kernel *kernel, uint64_t paddr, uint64_t *vaddr,
		       struct kwalk_error *error);

struct kwalk_use {
	uint32_t size;
	bool compound, has_order, has_owner, has_pid;
	uint32_t order;
	int32_t pid; /* if has_pid: pid of the first owner */
	uint64_t pfn;
	uint64_t head_pfn; /* first frame of the compound page or free block, or the frame itself */
	const char *kind; /* static: "free", "slab", ...; NULL: unknown */
	const char *text; /* one line: the use of the frame and its owner */
	const char *file; /* path within its file system; NULL: no file, or unknown */
	uint64_t nr_owners; /* number of processes that own an anonymous page */
	uint64_t owner_mm, owner_vaddr; /* if has_owner: mm and address of the first owner */
};
int kwalk_frame_use(kwalk_kernel *kernel, uint64_t pfn, struct kwalk_use *use,
		    struct kwalk_error *error);

struct kwalk_mapping {
	uint32_t size;
	bool writable, executable, user;
	bool no_access; /* PROT_NONE: in memory, but not accessible */
	bool has_pid;
	int32_t pid; /* if has_pid: pid of the process; otherwise the kernel's table */
	uint64_t vaddr; /* the virtual address that leads to the given physical address */
	uint64_t page_size;
	const char *cache; /* static; NULL: unknown */
};
enum { KWALK_OF_PROCESSES = 1 }; /* search the tables of all processes, too */
/* Visits every virtual address that maps paddr. Reads whole tables: for many frames use
 * kwalk_mappings_many(). */
int kwalk_mappings(kwalk_kernel *kernel, uint64_t paddr, uint32_t flags,
		   bool (*visit)(void *arg, const struct kwalk_mapping *mapping), void *arg,
		   struct kwalk_error *error);
/* The same for nr addresses in one pass over the tables; index is the index of the address in
 * paddrs. */
int kwalk_mappings_many(kwalk_kernel *kernel, const uint64_t *paddrs, size_t nr, uint32_t flags,
			bool (*visit)(void *arg, size_t index, const struct kwalk_mapping *mapping),
			void *arg, struct kwalk_error *error);

/* --- tasks --- */

struct kwalk_task_info {
	uint32_t size;
	int32_t pid, tgid;
	char state; /* as ps shows it: R S D T t P I; Z: ended; 0: unknown */
	bool running; /* a CPU ran it when the dump was taken */
	bool has_cpu, has_parent, has_rss, has_root;
	uint32_t cpu;
	int32_t parent;
	uint64_t address; /* address of the task_struct */
	uint64_t mm; /* 0: a kernel thread, or a process that has ended */
	uint64_t root; /* if has_root: physical address of its page table */
	uint64_t rss; /* bytes */
	uint64_t stack; /* lowest address of the kernel stack; 0: unknown */
	const char *comm;
};

/* Visits all tasks: idle tasks first, then processes, each followed by its threads. task is
 * borrowed during the visit. */
int kwalk_tasks(kwalk_kernel *kernel, bool (*visit)(void *arg, kwalk_task *task), void *arg,
		struct kwalk_error *error);
/* Finds the first task with this pid; 0 is the idle task of a CPU. NULL on failure. */
kwalk_task *kwalk_task_find(kwalk_kernel *kernel, int32_t pid, struct kwalk_error *error);
/* Copies a task, so that it outlives the visit. */
kwalk_task *kwalk_task_copy(kwalk_task *task, struct kwalk_error *error);
void kwalk_task_free(kwalk_task *task); /* NULL is allowed */
int kwalk_task_get(kwalk_task *task, struct kwalk_task_info *info, struct kwalk_error *error);

struct kwalk_vma {
	uint32_t size;
	char rights[8]; /* "rwxp" or "rwxs", with "-" for a missing right */
	uint64_t first, last;
	uint64_t flags; /* vm_flags */
	uint64_t offset; /* offset in the file, in bytes; 0 without a file */
	uint64_t address; /* address of the vm_area_struct */
	const char *name; /* a path, "[heap]", ..., or ""; NULL: cannot be read */
};
/* Visits the mappings of the task's process, as in /proc/PID/maps. KWALK_NO_ANSWER: the task is a
 * kernel thread, or has ended. */
int kwalk_vmas(kwalk_task *task, bool (*visit)(void *arg, const struct kwalk_vma *vma), void *arg,
	       struct kwalk_error *error);

/* --- CPUs --- */

/* On i386 all registers except R8 to R15, with their 32-bit names. On arm64 the first three, which
 * are pc, sp and pstate, and X0 to X30. */
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
/* Room for registers that later versions may add. */
enum { KWALK_MAX_REGISTERS = 64 };
/* The static name, as in the program's command panic: "rip", on i386 "eip", on arm64 "pc". NULL:
 * this machine has no such register, or the kernel is closed. */
const char *kwalk_register_name(kwalk_kernel *kernel, int which);

/* The state of a CPU when the dump was taken. */
struct kwalk_cpu {
	uint32_t size;
	/* A bit 1 << enum kwalk_register for each known register; 0: no note has its registers. */
	uint64_t known;
	bool has_cpu, has_base, has_pid;
	uint32_t cpu; /* if has_cpu: number of the CPU */
	int32_t pid; /* if has_pid: pid of the task that it ran */
	uint64_t task; /* address of the task_struct; 0: unknown */
	uint64_t base; /* if has_base: start of its per-CPU memory */
	const char *comm; /* name of the task; NULL: unknown */
	uint64_t value[KWALK_MAX_REGISTERS]; /* index: enum kwalk_register; 0 if not known */
};
/* Visits all present CPUs, in order. Registers come from the dump's notes, or from the notes that
 * CPUs saved for kdump. If the kernel's symbols are not known, CPUs come from the notes, in their
 * order; KWALK_UNKNOWN if there are no notes. */
int kwalk_cpus(kwalk_kernel *kernel, bool (*visit)(void *arg, const struct kwalk_cpu *cpu),
	       void *arg, struct kwalk_error *error);

/* Finds the note VMCOREINFO in the dump's notes or its memory: *size bytes, lines KEY=value,
 * unchanged and without a NUL at the end. KWALK_UNKNOWN: there is no such note. */
int kwalk_vmcoreinfo(kwalk_kernel *kernel, const char **text, size_t *size,
		     struct kwalk_error *error);

#if defined(__GNUC__)
#pragma GCC visibility pop
#endif

#ifdef __cplusplus
}
#endif
