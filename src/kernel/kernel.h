/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The dumped kernel: its files, facts and states (state.h). open/open.h creates this struct and all
 * structs that it points to. */
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

/* How well vmlinux matches the dump, judged by the release and other properties. */
enum vmlinux_match {
	VMLINUX_UNCHECKED, /* the dump contains nothing that could be compared */
	VMLINUX_AGREES, /* a few symbols of a System.map were compared, and they agree */
	VMLINUX_SAME_RELEASE, /* same release, but the build could not be compared */
	VMLINUX_MATCHES, /* same build-id, same whole banner, or many equal symbols of a map */
	VMLINUX_DIFFERS,
};

/* Texts such as "matches the dump", indexed by enum vmlinux_match. */
extern const char *const vmlinux_match_texts[];

struct identity {
	char release[128]; /* "" if unknown */
	const char *release_source; /* static: how release was found */
	enum vmlinux_match match;
	/* static: the property that was compared, such as "build-id" */
	const char *proof;
};

struct kernel {
	struct dump *dump;
	struct vmlinux *vmlinux; /* NULL: neither given nor found */
	const struct arch *arch; /* NULL until known */
	uint8_t page_shift; /* log2 of the page size; before it is known, of the smallest page */
	struct vmcoreinfo *note;
	struct identity *identity; /* never NULL */
	struct found_table *table; /* the page table found by a search of memory */
	struct facts *facts;
	/* Tables of sources of facts, in order of trust; the last pointer is NULL. */
	const struct fact_source *const *sources;
	const struct member_row *const *members; /* the members that each room reads (member.h) */
	const struct symbol_lookup *symbols; /* symbols of the kernel and its modules */
	struct states *states;
	struct listener *listener; /* borrowed; may be NULL */
	/* Set if a list was longer than its limit, so that the answer is incomplete. The caller
	 * clears it before asking a question. */
	struct error *excess;
	struct note_taker *notes; /* borrowed; NULL: no notes are taken (noted.h) */
};

/* Was the work stopped? Then the result may be incomplete, and must not be kept. */
static inline bool kernel_stopped(const struct kernel *kernel)
{
	return listener_stops(kernel->listener);
}

/* Limit of the physical addresses of any CPU (MAXPHYADDR, Intel SDM vol. 3, 4.1.4). */
#define MOST_MEMORY (UINT64_C(1) << 52)

/* log2 of the page size, which is also the size of a page frame. */
static inline unsigned int kernel_page_shift(const struct kernel *kernel)
{
	return kernel->page_shift;
}

static inline uint64_t kernel_page_size(const struct kernel *kernel)
{
	return UINT64_C(1) << kernel->page_shift;
}

/* The pfn of a physical address, or the number of whole pages in a number of bytes. */
static inline uint64_t kernel_pfn(const struct kernel *kernel, uint64_t paddr)
{
	return paddr >> kernel->page_shift;
}

/* The physical address of a page frame, or the number of bytes in a number of pages. */
static inline uint64_t kernel_frame(const struct kernel *kernel, uint64_t pfn)
{
	return pfn << kernel->page_shift;
}

/* The first and the last byte of the page that contains an address. */
static inline uint64_t kernel_page_first(const struct kernel *kernel, uint64_t address)
{
	return address & -kernel_page_size(kernel);
}

static inline uint64_t kernel_page_last(const struct kernel *kernel, uint64_t address)
{
	return address | (kernel_page_size(kernel) - 1);
}

/* Calls visit for each file from which answers come. First come the files of the dump (of is NULL),
 * then vmlinux and its debug file, each followed by its supplementary file. */
void kernel_each_file(const struct kernel *kernel,
		      void (*visit)(void *arg, const struct file *file, const struct vmlinux *of),
		      void *arg);

/* Returns true if the first CPU of the dump does not use page tables yet, because the kernel has
 * not started. */
bool kernel_not_booted(const struct kernel *kernel);

/* A release as one number, as in linux/version.h. */
#define KERNEL_VERSION(A, B, C) ((A) << 16 | (B) << 8 | (C))
/* Returns the kernel's release as a number, such as KERNEL_VERSION(6, 12, 0), or 0 if unknown.
 * Since 3.0 distributions choose the third number, and backport fixes from later releases. */
unsigned int kernel_version(const struct kernel *kernel);
/* Does text follow the numbers of the release, as in 3.10.0-1062.el7.x86_64? Such a kernel may
 * contain any change of a later release, so its release does not prove that a change is missing. */
bool kernel_is_distribution(const struct kernel *kernel);

/* Returns the types of vmlinux if it belongs to the dump. Otherwise returns the types of the BTF in
 * the dump. If there is no BTF either, returns the types of the foreign vmlinux, and records that
 * they are doubtful. Returns NULL if there are no types. Valid until facts are forgotten. */
struct types *kernel_types(struct kernel *kernel);
/* Returns the types of the BTF in the dump, which is opened on first use, or NULL. */
struct types *kernel_dump_types(struct kernel *kernel);

/* The size of a struct and the offset of a member, in bytes. They are read from SIZE(type) and
 * OFFSET(type.member) in the note, otherwise from kernel_types(). type is a name without
 * "struct". */
bool kernel_type_size(struct kernel *kernel, const char *type, uint64_t *size);
bool kernel_member_offset(struct kernel *kernel, const char *type, const char *member,
			  uint64_t *offset);
/* Like kernel_member_offset(), but returns false also if the member has another size according to
 * the types. size 0: any size. */
bool kernel_member_place(struct kernel *kernel, const char *type, const char *member, uint64_t size,
			 uint64_t *offset);
