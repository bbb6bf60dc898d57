/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The dumped kernel: its files, facts and states (state.h). open/open.h creates it, and all structs
 * that it points to. */
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

/* How well vmlinux matches, by the release and other properties. */
enum vmlinux_match {
	VMLINUX_UNCHECKED, /* the dump has nothing to compare */
	VMLINUX_AGREES, /* only a few symbols of a System.map could be compared, and they agree */
	VMLINUX_SAME_RELEASE, /* same release; the build could not be compared */
	VMLINUX_MATCHES, /* same build-id, same whole banner, or many equal symbols of a map */
	VMLINUX_DIFFERS,
};

/* Texts such as "matches the dump", indexed by enum vmlinux_match. */
extern const char *const vmlinux_match_texts[];

struct identity {
	char release[128]; /* "" if unknown */
	const char *release_source; /* static */
	enum vmlinux_match match;
	/* static: the property that was compared, "build-id", "linux_banner"... */
	const char *proof;
};

struct kernel {
	struct dump *dump;
	struct vmlinux *vmlinux; /* NULL: not given and not found */
	const struct arch *arch; /* NULL until known */
	uint8_t page_shift; /* log2 of the smallest page of arch, or of its mode if known */
	struct vmcoreinfo *note;
	struct identity *identity; /* never NULL */
	struct found_table *table; /* the page table found by a search of memory */
	struct facts *facts;
	/* Tables of sources of facts, in order of trust; ends with NULL. */
	const struct fact_source *const *sources;
	const struct member_row *const *members; /* members of each room (member.h) */
	const struct symbol_lookup *symbols; /* symbols of the kernel and its modules */
	struct states *states;
	struct listener *listener; /* borrowed; NULL: none */
	/* Set if a list was longer than its limit, so that an answer is incomplete. The caller
	 * clears it before a question. */
	struct error *excess;
	struct note_taker *notes; /* borrowed; NULL: notes are not taken (noted.h) */
};

/* Was the work stopped? Then an incomplete result must not be kept as complete. */
static inline bool kernel_stopped(const struct kernel *kernel)
{
	return listener_stops(kernel->listener);
}

/* Limit of physical addresses of any CPU: Intel SDM vol. 3, 4.1.4, MAXPHYADDR. */
#define MOST_MEMORY (UINT64_C(1) << 52)

/* log2 of the page size, the unit of frame numbers. */
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

/* Calls visit for each file that answers come from: first the files of the dump (of is NULL), then
 * the files of vmlinux: the file itself, its supplement, its debug file. */
void kernel_each_file(const struct kernel *kernel,
		      void (*visit)(void *arg, const struct file *file, const struct vmlinux *of),
		      void *arg);

/* Does the dump's first CPU use no page table yet, as before a kernel starts? */
bool kernel_not_booted(const struct kernel *kernel);

/* A release as one number, as in linux/version.h. */
#define KERNEL_VERSION(A, B, C) ((A) << 16 | (B) << 8 | (C))
/* The kernel's release, such as KERNEL_VERSION(6, 12, 0); 0: unknown. Since 3.0 distributions
 * choose the third number, and backport fixes of later releases. */
unsigned int kernel_version(const struct kernel *kernel);
/* Has the release text after its numbers, such as 3.10.0-1062.el7.x86_64? Such a kernel may have
 * any change of a later release: an older release proves nothing. */
bool kernel_is_distribution(const struct kernel *kernel);

/* Types of vmlinux if it belongs to the dump; else of the BTF in the dump; else of vmlinux,
 * recorded as doubtful. NULL: none. Valid until facts are forgotten. */
struct types *kernel_types(struct kernel *kernel);
/* Types of the BTF in the dump, opened on first use; NULL: no BTF. */
struct types *kernel_dump_types(struct kernel *kernel);

/* Size of a struct, offset of a member, in bytes: by the note's SIZE(type) and OFFSET(type.member),
 * else by kernel_types(). type without "struct". */
bool kernel_type_size(struct kernel *kernel, const char *type, uint64_t *size);
bool kernel_member_offset(struct kernel *kernel, const char *type, const char *member,
			  uint64_t *offset);
/* The offset of a member. False also if types give it another size; size 0: any. */
bool kernel_member_place(struct kernel *kernel, const char *type, const char *member, uint64_t size,
			 uint64_t *offset);
