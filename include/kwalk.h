/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/*
 * libkwalk: translates addresses of a dumped Linux kernel (x86, arm64, riscv64), and reports how
 * memory is used. Link with -lkwalk.
 *
 * Calls. A function that can fail returns enum kwalk_code. KWALK_OK is 0. With any other code, the
 * function fills *error, if error is not NULL. A handle stays usable after any failure. If an
 * argument for a handle, a result or a name is NULL, a call returns KWALK_USAGE.
 *
 * Structs. Each struct begins with its size, which the caller sets: KWALK_INIT(struct kwalk_walk)
 * is a struct whose size is set and whose other members are zero. The library writes at most this
 * size, and zeroes members that the library does not know. So later versions of the library can
 * add members to a struct, and programs that were compiled before still work.
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
 * must not pass the kernel that called the callback to a function. If it does, the function
 * returns KWALK_USAGE, and kwalk_free() takes effect when the running call ends. A visitor may call
 * all functions.
 *
 * The process. The library installs no signal handler, writes to no standard stream, changes no
 * limits and no settings of other libraries, and replaces no function of the C library. It maps
 * files into memory. If a file became shorter since it was opened, the next call returns
 * KWALK_CHANGED. If a file becomes shorter during a call, or if the disk fails, the system sends
 * SIGBUS: see kwalk_bus_error(). If memory runs out, a call returns KWALK_MEMORY. The exception is
 * libdw, which reads debug information: libdw ends the process if memory runs out.
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
	KWALK_UNREADABLE, /* memory that the call needs is not in the dump */
	KWALK_UNKNOWN, /* no source has this fact, symbol or type */
	/* There is no answer for this argument: for example, the address is not mapped. */
	KWALK_NO_ANSWER,
	KWALK_STOPPED, /* options.stop() returned true; all visits before that are valid */
	/* Results are missing because of a limit or damage. All visits are valid. */
	KWALK_INCOMPLETE,
	KWALK_CLOSED, /* kwalk_close() has closed the kernel */
	KWALK_CHANGED, /* a file became shorter or unreadable while it was open */
	KWALK_MEMORY, /* out of memory */
};

/* The size of this struct is the same in all versions. message is one line without a newline. */
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
/* Returns the static name of a code, for example "usage" or "closed". Returns NULL if there is no
 * such code. */
const char *kwalk_code_name(int code);

/* --- opening --- */

enum { KWALK_STRICT = 1 }; /* fail, instead of only warning, if vmlinux belongs to another kernel */

/* The library borrows the pointers until kwalk_open() returns, but arg and the callbacks until the
 * kernel is closed. Callbacks are called in the thread that called the library. Each pointer may be
 * NULL. The text that a callback receives is one line without a newline. */
struct kwalk_options {
	uint32_t size;
	uint32_t flags;
	/* Paths of the dump (all parts of a split dump) and, optionally, of a vmlinux with its
	 * debug file or System.map. The order does not matter, because kwalk recognises files by
	 * their content. Only the program opens running guests (qmp:SOCKET). */
	const char *const *paths;
	size_t nr_paths;
	/* Facts as "NAME=VALUE", as for the option -o of the program kwalk. */
	const char *const *overrides;
	size_t nr_overrides;
	/* Folders, separated by ':', in which vmlinux and debug files are searched. NULL: the
	 * folders that distributions use. At last, vmlinux is searched in the folder of the dump.
	 * "": no folders. */
	const char *debug_path;
	void (*warning)(void *arg, const char *text); /* a reason why answers may be wrong */
	void (*trouble)(void *arg, const char *text); /* a damaged place in a file */
	void (*fact)(void *arg, const char *text); /* a fact that was found */
	void (*progress)(void *arg, const char *text); /* called at most once a second */
	bool (*stop)(void *arg); /* returns true to end the running call with KWALK_STOPPED */
	void *arg;
};

/* Opens a dump. On failure returns NULL. */
kwalk_kernel *kwalk_open(const struct kwalk_options *options, struct kwalk_error *error);
/* Closes the files and frees all data that were read from them. The handle of the kernel and the
 * handles opened from the kernel remain valid arguments, but calls with them return KWALK_CLOSED.
 * If the kernel is already closed, returns KWALK_OK. */
int kwalk_close(kwalk_kernel *kernel, struct kwalk_error *error);
/* Closes the kernel and frees its handle. kernel may be NULL. Handles that were opened from the
 * kernel must be freed separately, before or after this call. */
void kwalk_free(kwalk_kernel *kernel);

/* To be called in a SIGBUS handler of the program, during any call except kwalk_open(). address:
 * the si_addr of the signal. If address is in a file that the running call of this thread has
 * mapped, replaces the mapping by zeros and returns true. Then the handler should return, and the
 * running call will end with KWALK_CHANGED. If address is not in such a file, returns false.
 * Async-signal-safe. */
bool kwalk_bus_error(const void *address);

/* Returns true if a file was written to after it was opened, but did not become shorter. Then
 * answers may be wrong. */
bool kwalk_was_written(kwalk_kernel *kernel);

/* --- facts --- */

struct kwalk_fact {
	uint32_t size;
	bool is_number;
	bool doubtful;
	/* The name that the program's command info shows, for example "page_offset". */
	const char *name;
	const char *text; /* for example "0xffff888000000000", "-0x2000" or "pae" */
	const char *source; /* "VMCOREINFO ..." */
	uint64_t number; /* valid if is_number; a negative number is in two's complement */
};

/* Returns KWALK_UNKNOWN if there is no fact with that name, or if no source has the fact. */
int kwalk_find_fact(kwalk_kernel *kernel, const char *name, struct kwalk_fact *fact,
		    struct kwalk_error *error);
/* Visits all known facts, until visit() returns false. */
int kwalk_facts(kwalk_kernel *kernel, bool (*visit)(void *arg, const struct kwalk_fact *fact),
		void *arg, struct kwalk_error *error);

/* --- physical memory --- */

/* Returns the dump of a kernel, which is borrowed and valid until kwalk_free(kernel). Returns NULL
 * if kernel is NULL. */
kwalk_dump *kwalk_get_dump(kwalk_kernel *kernel);

/* Returns the name of the dump's format, for example "ELF" or "flattened kdump". Returns NULL if
 * the kernel is closed. */
const char *kwalk_dump_format(kwalk_dump *dump);

enum kwalk_state {
	KWALK_PRESENT,
	/* left out of the dump, because all bytes of the page are zero; reads return zeros */
	KWALK_ZERO,
	KWALK_FILTERED, /* memory, but left out of the dump */
	KWALK_ABSENT, /* not memory, but a device, a hole, or an address beyond the end of memory */
	KWALK_TRUNCATED, /* the file ends before the page */
	KWALK_DAMAGED, /* the page is in the file, but cannot be decoded */
};
/* Returns the name of a state, for example "present", or NULL if there is no such state. */
const char *kwalk_state_name(int state);

/* A range of memory in which all pages have the same state. first and last are physical addresses,
 * both inclusive. */
struct kwalk_extent {
	uint32_t size;
	uint32_t state;
	uint64_t first, last;
};

/* Finds an extent that contains paddr. The next extent begins at last + 1, and may have the same
 * state. */
int kwalk_dump_extent(kwalk_dump *dump, uint64_t paddr, struct kwalk_extent *extent,
		      struct kwalk_error *error);
/* Reads size bytes from the physical address paddr into buffer. Fails if any of these bytes cannot
 * be read. */
int kwalk_dump_read(kwalk_dump *dump, uint64_t paddr, void *buffer, size_t size,
		    struct kwalk_error *error);

/* --- page tables --- */

/* Opens the kernel's page table. */
kwalk_space *kwalk_space_open(kwalk_kernel *kernel, struct kwalk_error *error);
/* These two functions open the page table of the process to which pid or task belongs. With page-table
 * isolation, user addresses are translated with the page table for user mode. A kernel thread, and a
 * task whose process has ended, has no user memory: calls with a user address return
 * KWALK_NO_ANSWER, and kwalk_translate_many() gives KWALK_UNMAPPED. */
kwalk_space *kwalk_space_of_pid(kwalk_kernel *kernel, int32_t pid, struct kwalk_error *error);
kwalk_space *kwalk_space_of_task(kwalk_task *task, struct kwalk_error *error);
/* Opens the page table at the physical address root. root may also be a value of CR3. */
kwalk_space *kwalk_space_of_root(kwalk_kernel *kernel, uint64_t root, struct kwalk_error *error);
void kwalk_space_free(kwalk_space *space); /* NULL is allowed */

struct kwalk_space_info {
	uint32_t size;
	uint32_t nr_levels;
	uint64_t root; /* physical address of the page table for kernel addresses */
	uint64_t user_root; /* physical address of the page table for user addresses */
	/* Last address that is translated with user_root. 0: all addresses are translated with
	 * root. */
	uint64_t user_last;
	const char *mode; /* static: for example "x86-64, 4 levels" */
	bool has_pid;
	int32_t pid;
};
int kwalk_space_get(kwalk_space *space, struct kwalk_space_info *info, struct kwalk_error *error);

/* Translates a virtual address to the physical address that a CPU would access. Returns
 * KWALK_NO_ANSWER if the access would fault; kwalk_walk() finds the reason. */
int kwalk_translate(kwalk_space *space, uint64_t vaddr, uint64_t *paddr, struct kwalk_error *error);

#define KWALK_UNMAPPED UINT64_MAX
/* Translates nr addresses. This is faster than single calls, which check each time that the dump did
 * not become shorter. Sets paddrs[i] to KWALK_UNMAPPED if kwalk_translate() would fail for vaddrs[i].
 * vaddrs and paddrs may be the same array. If nr_mapped is not NULL, sets *nr_mapped to the number of
 * mapped addresses. If there are very many addresses, all CPUs work, in threads that end before the
 * call returns and that handle no signals. */
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
	/* not present, and the meaning of the entry depends on a fact that is unknown */
	KWALK_SPECIAL,
	KWALK_NON_CANONICAL,
	KWALK_CORRUPT, /* the last entry has a bit set that must be 0 */
	KWALK_TABLE_UNREADABLE, /* the next entry is not in the dump */
};
/* Returns the status as the program's answers show it, for example "mapped", "not-mapped" or
 * "unreadable". Returns NULL if there is no such status. The name of KWALK_SPECIAL is "special",
 * but for this status the program shows "error" and a message, as it does for an address that it
 * cannot parse. */
const char *kwalk_status_name(int status);

enum { KWALK_MAX_LEVELS = 5 };

/* A page table walk, and the meaning of its last entry. Entries of levels that the walk did not
 * reach are 0. */
struct kwalk_walk {
	uint32_t size;
	uint32_t status; /* enum kwalk_status */
	uint64_t vaddr;
	/* first and last virtual address with this result: the page or gap that contains the
	 * address */
	uint64_t first, last;
	uint64_t page_size; /* number of bytes that an entry of the last level maps */
	/* valid if has_paddr, which is true if the page is mapped, prot-none, migrating, ... */
	uint64_t paddr;
	bool has_paddr;
	/* valid if mapped: the access rights that result from all levels */
	bool writable, executable, user;
	uint32_t page_state; /* valid if has_paddr: enum kwalk_state of the page */
	uint32_t reason; /* valid for KWALK_TABLE_UNREADABLE: enum kwalk_state of the table */
	bool has_swap;
	uint8_t nr_entries; /* number of entries that were read, from the top level on */
	uint8_t last_level; /* the last level of the walk: index of the last entry in the arrays */
	uint64_t swap_type, swap_offset;
	const char *cache; /* static, for example "WB"; NULL: unknown, or the page is not mapped */
	const char *message; /* the reason why an access would fault; NULL: no fault */
	const char *level_name[KWALK_MAX_LEVELS]; /* static: "pgd", ... */
	uint64_t entry_paddr[KWALK_MAX_LEVELS];
	uint64_t entry[KWALK_MAX_LEVELS];
};
int kwalk_walk(kwalk_space *space, uint64_t vaddr, struct kwalk_walk *walk,
	       struct kwalk_error *error);

/* Finds the names of all flags that are set in an entry of the given level (0 is the top level).
 * Writes at most room pointers to static names to the array names. Sets *nr to the number of flags
 * that are set, which may be larger than room. */
int kwalk_entry_flags(kwalk_space *space, unsigned int level, uint64_t entry, const char **names,
		      size_t room, size_t *nr, struct kwalk_error *error);

/* A range of virtual addresses that consists of adjacent pages with the same size, rights and cache
 * type, of adjacent corrupt entries, or of addresses whose tables are not in the dump. */
struct kwalk_range {
	uint32_t size;
	uint32_t status; /* KWALK_MAPPED, KWALK_CORRUPT or KWALK_TABLE_UNREADABLE */
	uint64_t first, last;
	uint64_t page_size;
	/* Valid if mapped: the physical address of the page at first. The frames of the other pages
	 * need not be contiguous. */
	uint64_t paddr;
	bool writable, executable, user, global;
	uint32_t reason; /* valid for KWALK_TABLE_UNREADABLE: enum kwalk_state of the table */
	const char *cache; /* static; NULL: unknown */
	const char *level; /* static: the name of the level of the entries */
};

/* Opens a pass over all ranges that a page table maps between first and last, both inclusive. If a
 * page contains first or last, the whole page is reported. On failure returns NULL. */
kwalk_ranges *kwalk_ranges_open(kwalk_space *space, uint64_t first, uint64_t last,
				struct kwalk_error *error);
/* Finds the next range. If there are no more ranges, returns KWALK_NO_ANSWER. */
int kwalk_ranges_next(kwalk_ranges *ranges, struct kwalk_range *range, struct kwalk_error *error);
void kwalk_ranges_free(kwalk_ranges *ranges); /* NULL is allowed */

/* Reads size bytes from vaddr on. Fails if any of these bytes cannot be read. The error message
 * contains the first address that cannot be read. */
int kwalk_read(kwalk_space *space, uint64_t vaddr, void *buffer, size_t size,
	       struct kwalk_error *error);

/* --- symbols and the address space --- */

struct kwalk_symbol {
	uint32_t size;
	char type; /* the letter that nm prints; 0: unknown */
	const char *name;
	const char *module; /* NULL: the symbol is not in a module, but in the kernel's image */
	const char *source; /* static, for example "vmlinux" or "kallsyms" */
	uint64_t address; /* virtual address at run time */
	uint64_t length; /* in bytes; 0: unknown */
	/* offset of the given address from the start of the symbol; 0 if a name was given */
	uint64_t offset;
};
int kwalk_symbol_find(kwalk_kernel *kernel, const char *name, struct kwalk_symbol *symbol,
		      struct kwalk_error *error);
/* Finds the symbol that contains vaddr. If vaddr is in the padding after a symbol, finds that
 * symbol. A tag in the upper byte of vaddr (arm64) is ignored. */
int kwalk_symbol_at(kwalk_kernel *kernel, uint64_t vaddr, struct kwalk_symbol *symbol,
		    struct kwalk_error *error);

struct kwalk_region {
	uint32_t size;
	bool linear; /* true if virt_to_phys() is valid for the given address */
	uint64_t first, last;
	uint64_t paddr; /* valid if linear: the result of virt_to_phys() */
	const char *name; /* static, for example "direct-map" */
	/* static: the section of the kernel's image, for example "text"; NULL: none */
	const char *section;
};
/* Finds the region that contains vaddr. The next region begins at last + 1. A tag in the upper byte of
 * vaddr (arm64) is ignored. */
int kwalk_find_region(kwalk_kernel *kernel, uint64_t vaddr, struct kwalk_region *region,
		      struct kwalk_error *error);

struct kwalk_meaning {
	uint32_t size;
	bool has_paddr, has_page, has_pid;
	const char *kind; /* static, for example "symbol" or "slab-object" */
	/* Static: how the number was interpreted: "virtual", "physical", "pfn", "root" or
	 * "value". */
	const char *as;
	const char *text; /* one line */
	uint64_t value;
	uint64_t paddr;
	uint64_t pfn, page; /* valid if has_page; page: virtual address of the struct page */
	const char *symbol; /* name of the symbol that contains the value; NULL: none */
	uint64_t symbol_offset;
	int32_t pid; /* valid if has_pid: the process to which a user address belongs */
};
/* Visits all possible meanings of a number: it can be an address, a frame number, the root of a
 * page table, a poison value, an error pointer, and so on. space may be NULL. If it is not NULL,
 * user addresses are addresses of space. There are one to six visits. */
int kwalk_whatis(kwalk_kernel *kernel, kwalk_space *space, uint64_t value,
		 bool (*visit)(void *arg, const struct kwalk_meaning *meaning), void *arg,
		 struct kwalk_error *error);

/* --- values --- */

struct kwalk_value {
	uint32_t size;
	bool in_memory; /* the value is at `address`; if not, it is the result of a calculation */
	bool is_signed; /* an integer or enum that may be negative */
	/* A bit field begins bit_offset (0 to 7) bits after the first bit of its bytes. bit_size: its
	 * number of bits; 0: not a bit field. */
	uint8_t bit_offset, bit_size;
	/* Static: "void", "unsigned", "signed", "bool", "float", "pointer", "enum", "array", "struct",
	 * "union", "function" or "unknown". Typedefs are resolved. */
	const char *kind;
	const char *type; /* as in C, for example "struct list_head *" or "char [16]" */
	/* Static: where the type is from: "BTF", "DWARF", "kwalk" (known variables of the kernel), or ""
	 * (an integer of C, or an unknown type) */
	const char *source;
	uint64_t address; /* valid if in_memory: virtual address */
	uint64_t length; /* in bytes; of a bit field: the bytes that contain its bits; 0: unknown */
};
/* Evaluates an expression of C, such as "init_task.comm", "init_task.mm->pgd" or "(struct page
 * *)0xffffea0000000000", as the program's command p does. Fills *value, and copies the bytes of the
 * value, but at most room bytes, to bytes. The bytes are as in memory (so a pointer may contain a
 * tag), and little-endian if the value is not in memory. bytes may be NULL if room is 0. If the bytes
 * are not in the dump, fills *value and returns KWALK_UNREADABLE. */
int kwalk_value(kwalk_kernel *kernel, const char *expression, struct kwalk_value *value,
		void *bytes, size_t room, struct kwalk_error *error);

/* --- page frames --- */

struct kwalk_page {
	uint32_t size;
	bool has_virtual, has_flags, has_refcount, has_mapcount, has_mapping, has_node;
	uint64_t pfn;
	uint64_t page; /* virtual address of the frame's struct page */
	uint64_t vaddr; /* valid if has_virtual: virtual address in the direct map */
	uint64_t flags, mapping, node;
	int64_t refcount, mapcount;
	const char *zone; /* static; NULL: unknown */
};
/* Describes the struct page of a frame. Returns KWALK_NO_ANSWER if the frame has no struct page. */
int kwalk_find_page(kwalk_kernel *kernel, uint64_t pfn, struct kwalk_page *page,
		    struct kwalk_error *error);
/* Visits the names of the flags that are set in the struct page of a frame. The names do not
 * contain the prefix "PG_". */
int kwalk_page_flags(kwalk_kernel *kernel, uint64_t pfn, bool (*visit)(void *arg, const char *name),
		     void *arg, struct kwalk_error *error);
/* Finds the frame that a struct page describes. page: virtual address of the start of the struct
 * page. */
int kwalk_page_pfn(kwalk_kernel *kernel, uint64_t page, uint64_t *pfn, struct kwalk_error *error);
/* Finds the virtual address of paddr in the direct map, and verifies it with a page table walk. */
int kwalk_phys_to_virt(kwalk_kernel *kernel, uint64_t paddr, uint64_t *vaddr,
		       struct kwalk_error *error);

struct kwalk_use {
	uint32_t size;
	bool compound, has_order, has_owner, has_pid;
	uint32_t order;
	int32_t pid; /* valid if has_pid: pid of the first owner */
	uint64_t pfn;
	/* First frame of the compound page or free block that contains the frame. If there is none,
	 * the frame itself. */
	uint64_t head_pfn;
	const char *kind; /* static, for example "free" or "slab"; NULL: unknown */
	const char *text; /* one line that describes the use of the frame and its owner */
	/* path within the file system; NULL: the frame belongs to no file, or the path is
	 * unknown */
	const char *file;
	uint64_t nr_owners; /* number of processes that own an anonymous page */
	/* Valid if has_owner: mm_struct of the first owner, and the virtual address of the page
	 * there. */
	uint64_t owner_mm, owner_vaddr;
};
int kwalk_frame_use(kwalk_kernel *kernel, uint64_t pfn, struct kwalk_use *use,
		    struct kwalk_error *error);

struct kwalk_mapping {
	uint32_t size;
	bool writable, executable, user;
	bool no_access; /* PROT_NONE: the page is in memory, but not accessible */
	bool has_pid;
	int32_t pid; /* if has_pid: pid of the process; if not, it is a mapping of the kernel */
	uint64_t vaddr; /* the virtual address that is mapped to the given physical address */
	uint64_t page_size;
	const char *cache; /* static; NULL: unknown */
};
enum { KWALK_OF_PROCESSES = 1 }; /* also search the page tables of all processes */
/* Visits each virtual address that is mapped to paddr. Each call reads whole page tables, so use
 * kwalk_mappings_many() for many frames. */
int kwalk_mappings(kwalk_kernel *kernel, uint64_t paddr, uint32_t flags,
		   bool (*visit)(void *arg, const struct kwalk_mapping *mapping), void *arg,
		   struct kwalk_error *error);
/* Like kwalk_mappings() for nr physical addresses, but with only one pass over the page tables.
 * index: index in paddrs of the address that is mapped. */
int kwalk_mappings_many(kwalk_kernel *kernel, const uint64_t *paddrs, size_t nr, uint32_t flags,
			bool (*visit)(void *arg, size_t index, const struct kwalk_mapping *mapping),
			void *arg, struct kwalk_error *error);

/* --- tasks --- */

struct kwalk_task_info {
	uint32_t size;
	int32_t pid, tgid;
	/* a letter, as ps shows it: R, S, D, T, t, P or I; Z if the task has ended; 0: unknown */
	char state;
	bool running; /* a CPU was running the task when the dump was taken */
	bool has_cpu, has_parent, has_rss, has_root;
	uint32_t cpu;
	int32_t parent;
	uint64_t address; /* virtual address of the task_struct */
	/* virtual address of the mm_struct; 0: a kernel thread, or a process that has ended */
	uint64_t mm;
	uint64_t root; /* valid if has_root: physical address of the page table */
	uint64_t rss; /* in bytes */
	uint64_t stack; /* lowest virtual address of the kernel stack; 0: unknown */
	const char *comm;
};

/* Visits all tasks: first the idle tasks, then each process followed by its threads. task is
 * borrowed during the visit. */
int kwalk_tasks(kwalk_kernel *kernel, bool (*visit)(void *arg, kwalk_task *task), void *arg,
		struct kwalk_error *error);
/* Finds the first task with this pid. With pid 0, finds the idle task of a CPU. On failure returns
 * NULL. */
kwalk_task *kwalk_task_find(kwalk_kernel *kernel, int32_t pid, struct kwalk_error *error);
/* Copies a task, so that the copy can be used after the visit. On failure returns NULL. */
kwalk_task *kwalk_task_copy(kwalk_task *task, struct kwalk_error *error);
void kwalk_task_free(kwalk_task *task); /* NULL is allowed */
int kwalk_task_get(kwalk_task *task, struct kwalk_task_info *info, struct kwalk_error *error);

struct kwalk_vma {
	uint32_t size;
	char rights[8]; /* "rwxp" or "rwxs"; "-" in place of each missing right */
	uint64_t first, last;
	uint64_t flags; /* vm_flags */
	uint64_t offset; /* offset in the file, in bytes; 0 if no file is mapped */
	uint64_t address; /* virtual address of the vm_area_struct */
	/* a path, a name such as "[heap]", or ""; NULL: the name cannot be read */
	const char *name;
};
/* Visits the mappings of the task's process, as /proc/PID/maps lists them. Returns KWALK_NO_ANSWER
 * if the task is a kernel thread or has ended. */
int kwalk_vmas(kwalk_task *task, bool (*visit)(void *arg, const struct kwalk_vma *vma), void *arg,
	       struct kwalk_error *error);

/* --- CPUs --- */

/* The registers of a CPU. On i386, R8 to R15 do not exist, and the other registers have their
 * 32-bit names. On arm64, the first three are pc, sp and pstate. X0 to X30 exist only on arm64 and
 * riscv64, where they are x1 to x31 (x2 is SP), and the others only on x86. */
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
	KWALK_X0 = 30, /* X1 to X29 follow X0 */
	KWALK_X30 = KWALK_X0 + 30,
};
/* The size of arrays of registers. It is larger than necessary, because later versions may add
 * registers. */
enum { KWALK_MAX_REGISTERS = 64 };
/* Returns the static name of a register, as the program's command panic shows it: for example
 * "rip", on i386 "eip", on arm64 "pc". Returns NULL if the machine has no such register, or if the
 * kernel is closed. */
const char *kwalk_register_name(kwalk_kernel *kernel, int which);

/* The state of a CPU when the dump was taken. */
struct kwalk_cpu {
	uint32_t size;
	/* Bit N is set if register N of enum kwalk_register is known. 0: no note contains the
	 * registers of this CPU. */
	uint64_t known;
	bool has_cpu, has_base, has_pid;
	uint32_t cpu; /* valid if has_cpu: number of the CPU */
	int32_t pid; /* valid if has_pid: pid of the task that the CPU was running */
	uint64_t task; /* virtual address of that task's task_struct; 0: unknown */
	/* valid if has_base: virtual address of the start of the CPU's per-CPU memory */
	uint64_t base;
	const char *comm; /* name of that task; NULL: unknown */
	uint64_t value[KWALK_MAX_REGISTERS]; /* indexed by enum kwalk_register; 0 if unknown */
};
/* Visits all present CPUs, in the order of their numbers. The registers come from the dump's notes,
 * or from the notes that the CPUs saved in memory for kdump. If the kernel's symbols are unknown,
 * visits the CPUs that have notes, in the order of the notes. If there are no notes either, returns
 * KWALK_UNKNOWN. */
int kwalk_cpus(kwalk_kernel *kernel, bool (*visit)(void *arg, const struct kwalk_cpu *cpu),
	       void *arg, struct kwalk_error *error);

/* Finds the VMCOREINFO note in the dump's notes or memory. Sets *text to the unchanged text of the
 * note, and *size to its size in bytes. The text consists of lines KEY=value, and does not end with
 * a NUL. Returns KWALK_UNKNOWN if there is no such note. */
int kwalk_vmcoreinfo(kwalk_kernel *kernel, const char **text, size_t *size,
		     struct kwalk_error *error);

#if defined(__GNUC__)
#pragma GCC visibility pop
#endif

#ifdef __cplusplus
}
#endif
