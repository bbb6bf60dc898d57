/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The dumped kernel: its files, its facts and its states (state.h). open/open.h creates this struct
 * and all structs that it points to. */
#pragma once

#include "base/listener.h"
#include "kernel/facts.h"
#include "kernel/kernel_symbols.h"
#include "kernel/space.h"
#include "kernel/state.h"

struct arch;
struct dump;
struct found_table;
struct member_row;
struct ko_file;
struct note_taker;
struct symbol_lookup;
struct types;
struct vmcoreinfo;
struct vmlinux;

/* Whether vmlinux belongs to the dumped kernel. The release and other properties are compared. */
enum vmlinux_match {
	VMLINUX_UNCHECKED, /* the dump contains nothing with which vmlinux could be compared */
	VMLINUX_AGREES, /* a few symbols of a System.map could be compared, and they agree */
	VMLINUX_SAME_RELEASE, /* the release is the same; the build could not be compared */
	/* The same build-id, the same whole banner, or many equal symbols of a System.map. */
	VMLINUX_MATCHES,
	VMLINUX_DIFFERS,
};

/* Texts such as "matches the dump". The index is an enum vmlinux_match. */
extern const char *const vmlinux_match_texts[];

struct identity {
	char release[128]; /* "" if unknown */
	const char *release_source; /* a static text: how the release was found */
	enum vmlinux_match match;
	/* A static text: the property that was compared, such as "build-id". */
	const char *proof;
};

struct kernel {
	struct dump *dump;
	struct vmlinux *vmlinux; /* NULL: no vmlinux was given or found */
	/* A static text for error messages if vmlinux is NULL, such as "no vmlinux was given". */
	const char *no_vmlinux;
	/* The files of modules (debuginfo/ko_file.h). A file may not belong to the dump:
	 * linux/module/module_lines.h compares it. */
	struct ko_file *module_files;
	/* Searches for the file of a module that has no file in module_files. build_id is empty if
	 * it is unknown. The caller owns the result. NULL: there is no search. */
	struct ko_file *(*find_ko_file)(struct kernel *kernel, const char *module,
					struct bytes build_id);
	/* Returns the types of the module's file, which are borrowed, or NULL if there is no file.
	 * The function is in linux/module. NULL: there are no files. */
	struct types *(*module_file_types)(struct kernel *kernel, const char *module);
	const struct arch *arch; /* NULL: the architecture is not known yet */
	/* Log2 of the page size; while this is unknown, log2 of the smallest page size. */
	uint8_t page_shift;
	struct vmcoreinfo *note;
	struct identity *identity; /* never NULL */
	struct found_table *table; /* the page table that a search of memory found */
	struct facts *facts;
	/* The tables of sources of facts, the most reliable first. The last pointer is NULL. */
	const struct fact_source *const *sources;
	/* The members of structs that are read (member.h). */
	const struct member_row *const *members;
	const struct symbol_lookup *symbols; /* the symbols of the kernel and its modules */
	struct states *states;
	struct listener *listener; /* borrowed; may be NULL */
	/* Set if the answer is incomplete, for example because a list was longer than its limit.
	 * The caller must clear the error before each question. */
	struct error *excess;
	struct note_taker *notes; /* borrowed; NULL: no notes are taken (noted.h) */
};

/* Did the listener stop the work? In this case the result may be incomplete, and must not be
 * kept. */
static inline bool kernel_stopped(const struct kernel *kernel)
{
	return listener_stops(kernel->listener);
}

/* The physical addresses of all CPUs are below this limit (MAXPHYADDR, Intel SDM vol. 3, 4.1.4). */
#define MOST_MEMORY (UINT64_C(1) << 52)

/* Returns log2 of the page size. A page frame has the size of a page. */
static inline unsigned int kernel_page_shift(const struct kernel *kernel)
{
	return kernel->page_shift;
}

static inline uint64_t kernel_page_size(const struct kernel *kernel)
{
	return UINT64_C(1) << kernel->page_shift;
}

/* Returns the pfn of a physical address, or the number of whole pages in a number of bytes. */
static inline uint64_t kernel_pfn(const struct kernel *kernel, uint64_t paddr)
{
	return paddr >> kernel->page_shift;
}

/* Does the physical address of a page frame with this number fit in 64 bits? */
static inline bool kernel_frame_fits(const struct kernel *kernel, uint64_t pfn)
{
	return !(pfn >> (64 - kernel->page_shift));
}

/* Returns the physical address of a page frame, or the number of bytes of a number of pages. */
static inline uint64_t kernel_frame(const struct kernel *kernel, uint64_t pfn)
{
	return pfn << kernel->page_shift;
}

/* These functions return the addresses of the first and of the last byte of the page that contains
 * `address`. */
static inline uint64_t kernel_page_first(const struct kernel *kernel, uint64_t address)
{
	return address & -kernel_page_size(kernel);
}

static inline uint64_t kernel_page_last(const struct kernel *kernel, uint64_t address)
{
	return address | (kernel_page_size(kernel) - 1);
}

/* A file that is a source of answers. */
struct kernel_file {
	const struct file *file;
	enum { FILE_OF_DUMP, FILE_OF_KERNEL, FILE_OF_MODULE } kind;
	struct Elf *elf; /* the handle of libelf; NULL: there is none */
};

/* Calls visit for each file that is a source of answers. First come the files of the dump, then
 * vmlinux and its debug file, each followed by its supplementary file, and then the files of
 * modules. */
void kernel_each_file(const struct kernel *kernel,
		      void (*visit)(void *arg, const struct kernel_file *file), void *arg);

/* Returns true if no file was opened: then nothing is known of the kernel, and only texts can be read. */
bool kernel_is_blank(const struct kernel *kernel);

/* Returns true if the first CPU of the dump does not use page tables. In this case the kernel has
 * not started yet. */
bool kernel_not_booted(const struct kernel *kernel);

/* A release as a number, like KERNEL_VERSION() of linux/version.h. */
#define KERNEL_VERSION(A, B, C) ((A) << 16 | (B) << 8 | (C))
/* Returns the kernel's release as a number, such as KERNEL_VERSION(6, 12, 0), or 0 if the release
 * is unknown. The third number proves little: since 3.0 distributions choose it, and they backport
 * changes from later releases. */
unsigned int kernel_version(const struct kernel *kernel);
/* Is the kernel of a distribution? In its release, a text follows the numbers, as in
 * 3.10.0-1062.el7.x86_64. Such a kernel may contain any change of a later release, so its release
 * does not prove that a change is missing. */
bool kernel_is_distribution(const struct kernel *kernel);

/* Returns the types of vmlinux if vmlinux belongs to the dump. If not, returns the types of the BTF
 * in the dump. If there is no BTF either, returns the types of the foreign vmlinux, and records
 * that they are doubtful. Returns NULL if there are no types. The result is valid until facts are
 * forgotten. */
struct types *kernel_types(struct kernel *kernel);
/* Compares the types with init_task. Returns NULL if they do not contradict it, or a text that explains
 * the contradiction, valid until facts are forgotten. Then structs have other layouts than the types
 * describe, and RESTS_ON_STRUCTS is doubtful. Called before the doubts of an answer that rests on
 * structs are listed, if members were used (facts->used_members). */
const char *kernel_types_misfit(struct kernel *kernel);
/* Returns the types of the BTF in the dump, or NULL if there is none. The first call opens the
 * BTF. */
struct types *kernel_dump_types(struct kernel *kernel);

/* Find the size of a struct and the offset of a member, in bytes. The values are read from
 * SIZE(type) and OFFSET(type.member) in the note, or, if the note lacks them, from kernel_types().
 * `type` is a name without "struct". */
bool kernel_type_size(struct kernel *kernel, const char *type, uint64_t *size);
bool kernel_member_offset(struct kernel *kernel, const char *type, const char *member,
			  uint64_t *offset);
/* Like kernel_member_offset(), but also returns false if the types show that the member has another
 * size. If size is 0, any size is accepted. */
bool kernel_member_place(struct kernel *kernel, const char *type, const char *member, uint64_t size,
			 uint64_t *offset);
