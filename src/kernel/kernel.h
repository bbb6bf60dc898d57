/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The dumped kernel: its files, facts and states (state.h). open/open.h creates it, with
 * all that its pointers lead to. */
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
struct note_taker;
struct symbol_lookup;
struct types;
struct vmcoreinfo;
struct vmlinux;

/* The release, and whether vmlinux is of the same build. */
enum vmlinux_match {
	VMLINUX_UNCHECKED, /* the dump has nothing to compare with */
	VMLINUX_AGREES, /* the few symbols of a System.map that could be compared do */
	VMLINUX_SAME_RELEASE, /* the build could not be compared */
	VMLINUX_MATCHES, /* same build-id, whole banner, or many symbols of a map */
	VMLINUX_DIFFERS,
};

/* "matches the dump" and so on, by enum vmlinux_match. */
extern const char *const vmlinux_match_texts[];

struct identity {
	char release[128]; /* "" if unknown */
	const char *release_source; /* static */
	enum vmlinux_match match;
	const char *proof; /* static: what was compared, "build-id", "linux_banner"... */
};

struct kernel {
	struct dump *dump;
	struct vmlinux *vmlinux; /* NULL where none was given or found */
	const struct arch *arch; /* NULL until it is known */
	uint8_t page_shift; /* of the smallest page that arch has, or of its mode once known */
	struct vmcoreinfo *note;
	struct identity *identity; /* never NULL */
	struct found_table *table; /* the page table that a search of memory found */
	struct facts *facts;
	/* Tables of sources of facts, by trust, the last is NULL. */
	const struct fact_source *const *sources;
	const struct member_row *const *members; /* of each room (member.h) */
	const struct symbol_lookup *symbols; /* of it and its modules */
	struct states *states;
	struct listener *listener; /* borrowed; NULL: none */
	/* Set if a list was longer than its bound, and the answer has what was found so
	 * far. The caller clears it before a question. */
	struct error *excess;
	struct note_taker *notes; /* borrowed; NULL: meanings of bytes are not noted (noted.h) */
};

/* Is the work to end? Then do not keep an incomplete result as complete. */
static inline bool kernel_stopped(const struct kernel *kernel)
{
	return listener_stops(kernel->listener);
}

/* The most bits of a physical address of any CPU: Intel SDM vol. 3, 4.1.4, MAXPHYADDR. */
#define MOST_MEMORY (UINT64_C(1) << 52)

/* The size of a page, which frames are counted in. */
static inline unsigned int kernel_page_shift(const struct kernel *kernel)
{
	return kernel->page_shift;
}

static inline uint64_t kernel_page_size(const struct kernel *kernel)
{
	return UINT64_C(1) << kernel->page_shift;
}

/* The frame of a physical address; or the number of whole pages in a number of bytes. */
static inline uint64_t kernel_pfn(const struct kernel *kernel, uint64_t paddr)
{
	return paddr >> kernel->page_shift;
}

/* The physical address of a frame; or the number of bytes in a number of pages. */
static inline uint64_t kernel_frame(const struct kernel *kernel, uint64_t pfn)
{
	return pfn << kernel->page_shift;
}

/* First and last byte of the page of an address. */
static inline uint64_t kernel_page_first(const struct kernel *kernel, uint64_t address)
{
	return address & -kernel_page_size(kernel);
}

static inline uint64_t kernel_page_last(const struct kernel *kernel, uint64_t address)
{
	return address | (kernel_page_size(kernel) - 1);
}

/* Calls visit for each file that answers come from: the files of the dump (of NULL), then the files
 * of vmlinux: the file itself, its supplement, its debug file. */
void kernel_each_file(const struct kernel *kernel,
		      void (*visit)(void *arg, const struct file *file, const struct vmlinux *of),
		      void *arg);

/* Does the first CPU of the dump use no page table yet, as before a kernel runs? */
bool kernel_not_booted(const struct kernel *kernel);

/* A release as one number, as in linux/version.h. */
#define KERNEL_VERSION(A, B, C) ((A) << 16 | (B) << 8 | (C))
/* The kernel's release, KERNEL_VERSION(6, 12, 0) for 6.12.0; 0 if unknown. Distributions
 * choose the third number themselves since 3.0, and carry fixes of later releases. */
unsigned int kernel_version(const struct kernel *kernel);
/* Does the release have text after its numbers, as 3.10.0-1062.el7.x86_64? Such a kernel may
 * have any change of a later release: an older release proves nothing. */
bool kernel_is_distribution(const struct kernel *kernel);

/* vmlinux's types if it belongs to the dump; else the types of the BTF in the dump; else
 * vmlinux's, noted as doubtful. NULL: none. Valid until facts are forgotten. */
struct types *kernel_types(struct kernel *kernel);
/* The types of the BTF in the dump, opened on first use; NULL if it has none. */
struct types *kernel_dump_types(struct kernel *kernel);

/* Size of a struct, offset of a member, in bytes: by the note's SIZE(type) and
 * OFFSET(type.member), else by kernel_types(). type without "struct". */
bool kernel_type_size(struct kernel *kernel, const char *type, uint64_t *size);
bool kernel_member_offset(struct kernel *kernel, const char *type, const char *member,
			  uint64_t *offset);
/* The same, but false if types give another size; 0: any. */
bool kernel_member_place(struct kernel *kernel, const char *type, const char *member, uint64_t size,
			 uint64_t *offset);
