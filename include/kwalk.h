/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * libkwalk: translates addresses of a dumped Linux kernel (x86), and reports what lies
 * there. Link with -lkwalk.
 *
 * Calls. A function that can fail returns enum kwalk_code, KWALK_OK being 0, and fills
 * *error, if error is not NULL, when it returns anything else. A handle stays usable
 * after any failure. NULL where a handle, a result or a name is wanted is KWALK_USAGE.
 *
 * Structs. Each struct begins with its size, which the caller sets: KWALK_INIT(struct
 * kwalk_walk) gives one that is zeroed but for that. The library fills no more than
 * that size, and zeroes members that it does not know. So a struct may grow, and
 * programs that were compiled before still work.
 *
 * Strings and structs that a call returns or gives to a visitor are borrowed: they are
 * valid until the next call with the same kernel or with what was opened from it, and
 * during the visit. What a _open or _find function returns is owned by the caller, who
 * releases it by the _free function of its type.
 *
 * Numbers. Addresses are uint64_t, on 32-bit kernels too. "first" and "last" are both
 * inclusive. Sizes are bytes. A pfn is a physical address divided by the size of a page.
 *
 * Text quotes the dump: it may hold any byte but 0. A program that shows it on a
 * terminal replaces control characters first.
 *
 * Threads. A kernel, and all that was opened from it, is used by one thread at a time.
 * Two kernels share nothing, and may be used by two threads at the same time. No
 * function may be called, with the kernel that is at work, from a callback of struct
 * kwalk_options: KWALK_USAGE; kwalk_free() takes effect when the call ends. From a visitor
 * all may be called.
 *
 * The process. The library installs no signal handler, writes to no standard stream,
 * changes no limit and no setting of other libraries, and replaces no function of the C
 * library. It maps files. A file that became shorter since it was opened is found at
 * the beginning of each call: KWALK_CHANGED. Only if that happens during a call, or the
 * disk fails, does the system send SIGBUS: see kwalk_bus_error(). Where memory runs out
 * a call returns KWALK_MEMORY. libdw alone, which reads debug information, ends the
 * process then.
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
	KWALK_USAGE, /* a wrong argument, such as NULL or an address that none can be */
	KWALK_SYSTEM, /* a system call failed */
	KWALK_FORMAT, /* a file or structure is not valid, or damaged */
	KWALK_UNREADABLE, /* the memory needed is not in the dump */
	KWALK_UNKNOWN, /* a fact, symbol or type that no source has */
	KWALK_NO_ANSWER, /* there is none for this argument: nothing is mapped there */
	KWALK_STOPPED, /* options.stop said so; what was visited is true */
	KWALK_INCOMPLETE, /* beyond a bound or damage; what was visited is true */
	KWALK_CLOSED, /* after kwalk_close() */
	KWALK_CHANGED, /* a file became shorter, or unreadable, while it was open */
	KWALK_MEMORY, /* out of memory */
};

/* Never shrinks or moves: message is one line without a newline. */
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

/* All pointers are borrowed during kwalk_open(), but for arg and the callbacks, which
 * are called until the kernel is closed, by the thread that calls the library. Each may
 * be NULL. text is one line without a newline. */
struct kwalk_options {
	uint32_t size;
	uint32_t flags;
	/* The dump (all parts of a split one) and, optionally, a vmlinux with its debug
	 * file or System.map, in any order: their content decides which is which. */
	const char *const *paths;
	size_t nr_paths;
	/* "NAME=VALUE", as the program's option -o. */
	const char *const *overrides;
	size_t nr_overrides;
	/* Folders, separated by ':', to search for the dump's vmlinux and for debug
	 * files. NULL: where distributions put them; "": no search. */
	const char *debug_path;
	void (*warning)(void *arg, const char *text); /* what makes answers doubtful */
	void (*trouble)(void *arg, const char *text); /* where a file is damaged */
	void (*fact)(void *arg, const char *text); /* each fact that was found */
	void (*progress)(void *arg, const char *text); /* once a second at most */
	bool (*stop)(void *arg); /* true ends the call: KWALK_STOPPED */
	void *arg;
};

/* NULL on failure. */
kwalk_kernel *kwalk_open(const struct kwalk_options *options, struct kwalk_error *error);
/* Closes the files and releases what was read from them. The handle, and those opened
 * from it, stay valid: each call with them returns KWALK_CLOSED. Closing again is
 * KWALK_OK. */
int kwalk_close(kwalk_kernel *kernel, struct kwalk_error *error);
/* Closes, and ends the handle; NULL is fine. What was opened from it is still to be
 * freed, before or after. */
void kwalk_free(kwalk_kernel *kernel);

/* For a program's own handler of SIGBUS, during any call but kwalk_open(): if address (si_addr) lies in a file that the
 * call which the thread is in has mapped, puts zeros there and returns true. The handler
 * then returns, and the call ends with KWALK_CHANGED. False: it is not the library's.
 * Async-signal-safe. */
bool kwalk_bus_error(const void *address);

/* Was a file written to since it was opened, though not cut? Answers may be wrong. */
bool kwalk_was_written(kwalk_kernel *kernel);

/* --- facts --- */

struct kwalk_fact {
	uint32_t size;
	bool is_number;
	bool doubtful;
	const char *name; /* "page_offset": as the program's command info shows them */
	const char *text; /* "0xffff888000000000", "-0x2000", "pae" */
	const char *source; /* "VMCOREINFO ..." */
	uint64_t number; /* if is_number; two's complement */
};

/* KWALK_UNKNOWN: there is no such fact, or no source has it. */
int kwalk_find_fact(kwalk_kernel *kernel, const char *name, struct kwalk_fact *fact,
		    struct kwalk_error *error);
/* All that are known, until visit returns false. */
int kwalk_facts(kwalk_kernel *kernel, bool (*visit)(void *arg, const struct kwalk_fact *fact),
		void *arg, struct kwalk_error *error);

/* --- physical memory --- */

/* Borrowed, and valid until kwalk_free(); NULL for NULL. */
kwalk_dump *kwalk_get_dump(kwalk_kernel *kernel);

/* "ELF", "flattened kdump", ...; NULL: closed. */
const char *kwalk_dump_format(kwalk_dump *dump);

enum kwalk_state {
	KWALK_PRESENT,
	KWALK_ZERO, /* left out because it is all zeros; reads as zeros */
	KWALK_FILTERED, /* left out of the dump */
	KWALK_ABSENT, /* no memory: a device, a hole, beyond the end */
	KWALK_TRUNCATED, /* the file ends before it */
	KWALK_DAMAGED, /* in the file, but it does not decode */
};
/* "present", ...; NULL: no such state. */
const char *kwalk_state_name(int state);

/* Memory in one state. */
struct kwalk_extent {
	uint32_t size;
	uint32_t state;
	uint64_t first, last;
};

/* The extent that holds paddr; the next one begins at its last + 1. Neighbours may be in
 * the same state. */
int kwalk_dump_extent(kwalk_dump *dump, uint64_t paddr, struct kwalk_extent *extent,
		      struct kwalk_error *error);
/* Fills buffer, or fails. */
int kwalk_dump_read(kwalk_dump *dump, uint64_t paddr, void *buffer, size_t size,
		    struct kwalk_error *error);

/* --- page tables --- */

/* The kernel's own. */
kwalk_space *kwalk_space_open(kwalk_kernel *kernel, struct kwalk_error *error);
/* Of a process or one of its threads; a kernel thread has the one that it borrowed. With
 * page-table isolation user addresses are walked in the table of user mode. */
kwalk_space *kwalk_space_of_pid(kwalk_kernel *kernel, int32_t pid, struct kwalk_error *error);
kwalk_space *kwalk_space_of_task(kwalk_task *task, struct kwalk_error *error);
/* By physical address or value of CR3. */
kwalk_space *kwalk_space_of_root(kwalk_kernel *kernel, uint64_t root, struct kwalk_error *error);
void kwalk_space_free(kwalk_space *space); /* NULL is fine */

struct kwalk_space_info {
	uint32_t size;
	uint32_t nr_levels;
	uint64_t root; /* physical; of the table that kernel addresses are walked in */
	uint64_t user_root; /* of that for user addresses */
	uint64_t user_last; /* last address that is walked there; 0: all in root */
	const char *mode; /* static: "x86-64, 4 levels" */
	bool has_pid;
	int32_t pid;
};
int kwalk_space_get(kwalk_space *space, struct kwalk_space_info *info, struct kwalk_error *error);

/* Where a CPU would go. KWALK_NO_ANSWER: it would fault; kwalk_walk() says why. */
int kwalk_translate(kwalk_space *space, uint64_t vaddr, uint64_t *paddr, struct kwalk_error *error);

#define KWALK_UNMAPPED UINT64_MAX
/* The same for nr addresses at once: several times as fast if tables are not in the
 * CPU's caches. paddrs[i] is KWALK_UNMAPPED where kwalk_translate() would fail. vaddrs
 * and paddrs may be the same array. *nr_mapped, unless NULL, is how many are mapped. */
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
	KWALK_SPECIAL, /* not present; its meaning depends on what is not known */
	KWALK_NON_CANONICAL,
	KWALK_CORRUPT, /* the last entry has a bit set that must be 0 */
	KWALK_TABLE_UNREADABLE, /* the next entry is not in the dump */
};
/* "mapped", "not-mapped", "unreadable", ...: the status of the program's answers. For
 * KWALK_SPECIAL alone the word is another: "special", where the program answers "error" with
 * a message, as there "error" may also be an address that could not be read. NULL: no such
 * status. */
const char *kwalk_status_name(int status);

enum { KWALK_MAX_LEVELS = 5 };

/* A walk, and what its end means. Entries of levels that were not reached are 0. */
struct kwalk_walk {
	uint32_t size;
	uint32_t status; /* enum kwalk_status */
	uint64_t vaddr;
	uint64_t first, last; /* addresses that the same holds for: a page or a gap */
	uint64_t page_size; /* bytes that an entry of the last level covers */
	uint64_t paddr; /* if has_paddr: mapped, prot-none, migration, ... */
	bool has_paddr;
	bool writable, executable, user; /* if mapped: effective over all levels */
	uint32_t page_state; /* enum kwalk_state of that page, if has_paddr */
	uint32_t reason; /* the same of the table, if KWALK_TABLE_UNREADABLE */
	bool has_swap;
	uint8_t nr_entries; /* that were read, the top level first */
	uint8_t last_level; /* where the walk ended: index of the arrays */
	uint64_t swap_type, swap_offset;
	const char *cache; /* static: "WB", ...; NULL: unknown, or not mapped */
	const char *message; /* what is wrong; NULL: nothing */
	const char *level_name[KWALK_MAX_LEVELS]; /* static: "pgd", ... */
	uint64_t entry_paddr[KWALK_MAX_LEVELS];
	uint64_t entry[KWALK_MAX_LEVELS];
};
int kwalk_walk(kwalk_space *space, uint64_t vaddr, struct kwalk_walk *walk,
	       struct kwalk_error *error);

/* Names, which are static, of the flags set in an entry of that level (0: top): the
 * first room of them to names; *nr is how many there are. */
int kwalk_entry_flags(kwalk_space *space, unsigned int level, uint64_t entry, const char **names,
		      size_t room, size_t *nr, struct kwalk_error *error);

/* Adjacent pages of one size, rights and cache type; or corrupt entries, or addresses
 * whose tables are not in the dump. */
struct kwalk_range {
	uint32_t size;
	uint32_t status; /* KWALK_MAPPED, KWALK_CORRUPT, KWALK_TABLE_UNREADABLE */
	uint64_t first, last;
	uint64_t page_size;
	uint64_t paddr; /* if mapped: of first; what follows need not be contiguous */
	bool writable, executable, user, global;
	uint32_t reason; /* enum kwalk_state of the table, if it is unreadable */
	const char *cache; /* static; NULL: unknown */
	const char *level; /* static: of the entries */
};

/* The ranges that a table maps between first and last. Pages at either end are reported
 * whole. NULL on failure. */
kwalk_ranges *kwalk_ranges_open(kwalk_space *space, uint64_t first, uint64_t last,
				struct kwalk_error *error);
/* KWALK_NO_ANSWER without an error: there are no more. */
int kwalk_ranges_next(kwalk_ranges *ranges, struct kwalk_range *range, struct kwalk_error *error);
void kwalk_ranges_free(kwalk_ranges *ranges); /* NULL is fine */

/* Fills buffer from vaddr on, or fails; the message names the first address that cannot
 * be read. */
int kwalk_read(kwalk_space *space, uint64_t vaddr, void *buffer, size_t size,
	       struct kwalk_error *error);

/* --- symbols and the address space --- */

struct kwalk_symbol {
	uint32_t size;
	char type; /* as nm prints it; 0: unknown */
	const char *name;
	const char *module; /* NULL: of the kernel itself */
	const char *source; /* static: "vmlinux", "kallsyms", ... */
	uint64_t address; /* at run time */
	uint64_t length; /* bytes; 0: unknown */
	uint64_t offset; /* of the address asked for; 0 if a name was */
};
int kwalk_symbol_find(kwalk_kernel *kernel, const char *name, struct kwalk_symbol *symbol,
		      struct kwalk_error *error);
/* The symbol that holds vaddr, or the padding after it. */
int kwalk_symbol_at(kwalk_kernel *kernel, uint64_t vaddr, struct kwalk_symbol *symbol,
		    struct kwalk_error *error);

struct kwalk_region {
	uint32_t size;
	bool linear; /* virt_to_phys() is valid for the address asked for... */
	uint64_t first, last;
	uint64_t paddr; /* ...and gives this */
	const char *name; /* static: "direct-map", ... */
	const char *section; /* of the kernel image: "text", ...; NULL: none */
};
/* The region that holds vaddr; the next one begins at its last + 1. */
int kwalk_find_region(kwalk_kernel *kernel, uint64_t vaddr, struct kwalk_region *region,
		      struct kwalk_error *error);

struct kwalk_meaning {
	uint32_t size;
	bool has_paddr, has_page, has_pid;
	const char *kind; /* static: "symbol", "slab-object", ... */
	const char *as; /* static: taken for "virtual", "physical", "pfn", "root" or "value" */
	const char *text; /* one line */
	uint64_t value;
	uint64_t paddr;
	uint64_t pfn, page; /* if has_page; page: address of the struct page */
	const char *symbol; /* NULL: none; and the offset into it */
	uint64_t symbol_offset;
	int32_t pid; /* the process that a user address is of, if has_pid */
};
/* What a number may be: an address, frame, root of a table, poison, error pointer. User
 * addresses belong to space, if it is not NULL. At least one, at most six visits. */
int kwalk_whatis(kwalk_kernel *kernel, kwalk_space *space, uint64_t value,
		 bool (*visit)(void *arg, const struct kwalk_meaning *meaning), void *arg,
		 struct kwalk_error *error);

/* --- page frames --- */

struct kwalk_page {
	uint32_t size;
	bool has_virtual, has_flags, has_refcount, has_mapcount, has_mapping, has_node;
	uint64_t pfn;
	uint64_t page; /* address of its struct page */
	uint64_t vaddr; /* in the direct map, if has_virtual */
	uint64_t flags, mapping, node;
	int64_t refcount, mapcount;
	const char *zone; /* static; NULL: unknown */
};
/* KWALK_NO_ANSWER: the frame has no struct page. */
int kwalk_find_page(kwalk_kernel *kernel, uint64_t pfn, struct kwalk_page *page,
		    struct kwalk_error *error);
/* Names of the flags set, without "PG_". */
int kwalk_page_flags(kwalk_kernel *kernel, uint64_t pfn, bool (*visit)(void *arg, const char *name),
		     void *arg, struct kwalk_error *error);
/* The frame of the struct page that starts at page. */
int kwalk_page_pfn(kwalk_kernel *kernel, uint64_t page, uint64_t *pfn, struct kwalk_error *error);
/* The direct-mapped address of paddr, confirmed by a walk. */
int kwalk_phys_to_virt(kwalk_kernel *kernel, uint64_t paddr, uint64_t *vaddr,
		       struct kwalk_error *error);

struct kwalk_use {
	uint32_t size;
	bool compound, has_order, has_owner, has_pid;
	uint32_t order;
	int32_t pid; /* of the first owner, if has_pid */
	uint64_t pfn;
	uint64_t head_pfn; /* of the compound page or free block, else the frame's own */
	const char *kind; /* static: "free", "slab", ...; NULL: unknown */
	const char *text; /* one line: what it is used for, and whose */
	const char *file; /* path within its file system; NULL: none, or unknown */
	uint64_t nr_owners; /* processes that have an anonymous page */
	uint64_t owner_mm, owner_vaddr; /* of the first, if has_owner */
};
int kwalk_frame_use(kwalk_kernel *kernel, uint64_t pfn, struct kwalk_use *use,
		    struct kwalk_error *error);

struct kwalk_mapping {
	uint32_t size;
	bool writable, executable, user;
	bool no_access; /* PROT_NONE: in memory, and not accessible */
	bool has_pid;
	int32_t pid; /* of the process, if has_pid; else the kernel's table */
	uint64_t vaddr; /* that leads to the physical address asked for */
	uint64_t page_size;
	const char *cache; /* static; NULL: unknown */
};
enum { KWALK_OF_PROCESSES = 1 }; /* look into the tables of all processes, too */
/* Every virtual address that maps paddr. Reads whole tables: ask for many frames in few
 * calls by kwalk_mappings_many(). */
int kwalk_mappings(kwalk_kernel *kernel, uint64_t paddr, uint32_t flags,
		   bool (*visit)(void *arg, const struct kwalk_mapping *mapping), void *arg,
		   struct kwalk_error *error);
/* The same for nr addresses by one pass over the tables; index is the place of the address. */
int kwalk_mappings_many(kwalk_kernel *kernel, const uint64_t *paddrs, size_t nr, uint32_t flags,
			bool (*visit)(void *arg, size_t index, const struct kwalk_mapping *mapping),
			void *arg, struct kwalk_error *error);

/* --- tasks --- */

struct kwalk_task_info {
	uint32_t size;
	int32_t pid, tgid;
	char state; /* as ps shows it: R S D T t P I; Z: has ended; 0: unknown */
	bool running; /* a CPU ran it when the dump was taken */
	bool has_cpu, has_parent, has_rss, has_root;
	uint32_t cpu;
	int32_t parent;
	uint64_t address; /* of its task_struct */
	uint64_t mm; /* 0: a kernel thread, or a process that has ended */
	uint64_t root; /* physical: of its page table, if has_root */
	uint64_t rss; /* bytes */
	uint64_t stack; /* lowest address; 0: unknown */
	const char *comm;
};

/* All: idle tasks first, then processes, each followed by its threads. task is borrowed
 * during the visit. */
int kwalk_tasks(kwalk_kernel *kernel, bool (*visit)(void *arg, kwalk_task *task), void *arg,
		struct kwalk_error *error);
/* The first of that pid; 0 is the idle task of a CPU. NULL on failure. */
kwalk_task *kwalk_task_find(kwalk_kernel *kernel, int32_t pid, struct kwalk_error *error);
/* One that outlives the visit. */
kwalk_task *kwalk_task_copy(kwalk_task *task, struct kwalk_error *error);
void kwalk_task_free(kwalk_task *task); /* NULL is fine */
int kwalk_task_get(kwalk_task *task, struct kwalk_task_info *info, struct kwalk_error *error);

struct kwalk_vma {
	uint32_t size;
	char rights[8]; /* "rwxp" or "rwxs", with "-" for what is not allowed */
	uint64_t first, last;
	uint64_t flags; /* vm_flags */
	uint64_t offset; /* bytes into the file; 0 without one */
	uint64_t address; /* of its vm_area_struct */
	const char *name; /* a path, "[heap]", ..., or ""; NULL: cannot be read */
};
/* The mappings of the task's process, as /proc/PID/maps shows them. KWALK_NO_ANSWER: a
 * kernel thread, or ended. */
int kwalk_vmas(kwalk_task *task, bool (*visit)(void *arg, const struct kwalk_vma *vma), void *arg,
	       struct kwalk_error *error);

/* --- CPUs --- */

/* On i386 all but R8 to R15, by their 32-bit names. */
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
};
/* Room for those that later versions may add. */
enum { KWALK_MAX_REGISTERS = 32 };
/* "rip", on i386 "eip", as the program's command panic shows it: static. NULL: no such
 * register on this machine, or closed. */
const char *kwalk_register_name(kwalk_kernel *kernel, int which);

/* What a CPU did when the dump was taken. */
struct kwalk_cpu {
	uint32_t size;
	uint32_t known; /* 1 << enum kwalk_register each; 0: no note has the CPU's */
	bool has_cpu, has_base, has_pid;
	uint32_t cpu; /* its number, if has_cpu */
	int32_t pid; /* of the task that it ran, if has_pid */
	uint64_t task; /* address of its task_struct; 0: unknown */
	uint64_t base; /* of its per-CPU memory, if has_base */
	const char *comm; /* of the task; NULL: unknown */
	uint64_t value[KWALK_MAX_REGISTERS]; /* by enum kwalk_register; 0 if not known */
};
/* All that are present, in order. Registers come from the dump's notes, or that the
 * CPU kept for kdump. Where the kernel's symbols are not known: from the notes, in
 * their order; KWALK_UNKNOWN if there are none. */
int kwalk_cpus(kwalk_kernel *kernel, bool (*visit)(void *arg, const struct kwalk_cpu *cpu),
	       void *arg, struct kwalk_error *error);

/* The note VMCOREINFO, of the dump or found in its memory: *size bytes, lines KEY=value,
 * as they are: no 0 ends them. KWALK_UNKNOWN: there is none. */
int kwalk_vmcoreinfo(kwalk_kernel *kernel, const char **text, size_t *size,
		     struct kwalk_error *error);

#if defined(__GNUC__)
#pragma GCC visibility pop
#endif

#ifdef __cplusplus
}
#endif
