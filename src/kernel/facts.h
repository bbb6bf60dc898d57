/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Facts are the numbers from which all other results are computed. Each fact has several sources.
 * Tables of an architecture (arch/) and of linux/page/page.c list the sources, the most reliable
 * first. The first source that has a value for a fact is used. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct kernel;
struct fact_source;
struct space;

enum fact_id {
	FACT_MODE, /* an enum kernel_mode */
	FACT_LEVELS,
	FACT_PAGE_OFFSET,
	FACT_KASLR_OFFSET, /* signed: the run-time address minus the link-time address */
	FACT_PHYS_BASE, /* signed: x86-64 only */
	FACT_SWAPPER_PG_DIR, /* a virtual address */
	FACT_ROOT, /* the physical address of the top-level table */
	FACT_SME_MASK,
	/* The size of the smallest page in bytes, if the mode does not determine it. */
	FACT_PAGE_SIZE,
	FACT_VA_BITS, /* the number of virtual address bits in use, in each half */
	/* The number that the kernel is configured for; the CPU may support fewer. */
	FACT_CONFIG_VA_BITS,
	FACT_PA_BITS, /* the number of bits of a physical address in an entry */
	FACT_PHYS_OFFSET, /* signed: the physical address that PAGE_OFFSET maps */
	/* Signed: in the image, the virtual address minus the physical address. */
	FACT_KIMAGE_VOFFSET,
	FACT_PAC_MASK, /* the bits of a return address that contain the authentication code */
	FACT_MEMORY_MODEL, /* an enum memory_model */
	FACT_MEM_MAP, /* the address of struct page 0 (FLATMEM) */
	FACT_VMEMMAP, /* the address of struct page 0 (VMEMMAP) */
	FACT_MEM_SECTION, /* the address of the first root of the sections (SPARSEMEM, VMEMMAP) */
	FACT_STRUCT_PAGE_SIZE,
	FACT_MAX_PFN, /* the last page frame of memory + 1 */
	FACT_VMALLOC_START,
	FACT_HIGH_MEMORY, /* i386: the last address of the direct map + 1 */
	FACT_VTD_ROOT, /* a physical address, set only by option -o: see devices/iommu.c */
	FACT_AMD_DEVICE_TABLE, /* a physical address, set only by option -o */
	NR_FACTS
};

enum kernel_mode { MODE_I386, MODE_PAE, MODE_X86_64, MODE_ARM64, MODE_RISCV64, NR_MODES };
extern const char *const kernel_mode_names[NR_MODES];

/* The facts that determine the paging mode. Facts that are not needed for the kernel mode are 0 or
 * unknown. */
struct paging_choice {
	enum kernel_mode mode;
	uint64_t levels;
	/* Each member has the value of the fact with this name. */
	uint64_t page_size, va_bits, config_va_bits, pa_bits;
};

enum memory_model { MODEL_FLATMEM, MODEL_DISCONTIGMEM, MODEL_SPARSEMEM, MODEL_VMEMMAP, NR_MODELS };
extern const char *const memory_model_names[NR_MODELS];

enum fact_status { FACT_UNTRIED, FACT_BUSY, FACT_KNOWN, FACT_NOT_KNOWN };

/* A fact and its state. All names are static texts. A reason is a static text, or is valid until
 * facts are forgotten. */
struct fact {
	enum fact_status status;
	bool given; /* the user set the fact using option -o */
	/* If the fact is known: why its value is doubtful. If the fact is unknown: why a source
	 * rejected a value. NULL: no reason. */
	const char *doubt;
	const char *against; /* the last source that has another value; NULL: none */
	uint64_t against_value; /* the value of the source `against` */
	uint64_t value; /* signed facts are in two's complement */
	/* The source of the value; NULL: the value is not from a table of sources. */
	const struct fact_source *from;
	const char *source; /* the name of the source, or "option -o" */
};

/* The answer of a source: its value, and what the data are worth that the source used. Functions
 * that read data note their doubts here, so that no source can forget them. */
struct sourced {
	struct sourced *outer; /* of the source that needs this fact; NULL: none */
	uint64_t value;
	const char *doubt; /* a static text: why the used data are doubtful; NULL: they are not */
	/* A set of bits 1 << id: the facts that the source needed, but that were still being
	 * found. */
	unsigned int met_busy;
	bool refused; /* the source has a value, which is impossible: see kernel_refuse() */
};

struct facts {
	struct fact fact[NR_FACTS];
	/* The doubtful or contradicted facts, a set of bits 1 << id, and also RESTS_ON_TYPES,
	 * RESTS_ON_SYMBOLS and RESTS_ON_STRUCTS. See kernel_doubts(). */
	unsigned int doubtful;
	bool types_tried; /* the types were compared with the dump */
	bool used_members; /* offsets of members were taken from types */
	char types_doubt[160]; /* the result of kernel_types_misfit(); "": NULL */
	struct sourced *asked; /* the answer of the source that is being asked now, or NULL */
	char root_doubt[400]; /* the reason that was passed to kernel_doubt_root() */
};

/* Forgets all facts, except facts that the user set using option -o. */
void facts_forget(struct facts *facts);

/* The rank and the cost of a source determine when it is used. */
enum source_use {
	SOURCE_CHEAP, /* fast; if a better source has a value, the two values are compared */
	/* Opens vmlinux or walks page tables; compared only if the user asks for it. */
	SOURCE_COSTLY,
	/* Used only if no other source has a value; never contradicts another source. */
	SOURCE_FALLBACK,
	/* Its value is never taken. find() has a value only if this contradicts the value that was
	 * taken, which is in facts->fact[]. In a table, it comes after the other sources. */
	SOURCE_WITNESS,
};

typedef bool fact_find(struct kernel *kernel, const char *arg, uint64_t *value);

/* A row of a table of sources. In the last row of a table, name is NULL. */
struct fact_source {
	enum fact_id fact : 8;
	enum source_use use : 8;
	/* The macros below set these members. `info` shows name, or map_name if the symbol is from
	 * a System.map. */
	bool from_vmlinux;
	const char *name, *map_name;
	fact_find *find;
	const char *arg; /* the key, symbol or type for find(); NULL if find() needs none */
};

#define OF_DUMP(NAME) false, NAME, NAME
#define OF_VMLINUX(NAME) true, NAME, NAME
#define OF_SYMBOLS(BEFORE, AFTER) true, BEFORE "vmlinux" AFTER, BEFORE "System.map" AFTER
#define OF_SYMBOL(SYMBOL) OF_SYMBOLS("", " symbol " SYMBOL)
#define OF_VARIABLE(SYMBOL) OF_SYMBOL(SYMBOL ", its value in the dump")

/* Gets the value of a fact. The first call finds the fact. Returns false if the fact is unknown, or
 * is being found now. */
bool kernel_fact(struct kernel *kernel, enum fact_id id, uint64_t *value);
/* Like kernel_fact(), but also returns false if the fact is doubtful. */
bool kernel_certain_fact(struct kernel *kernel, enum fact_id id, uint64_t *value);
/* Like kernel_fact(), but sets *err to a message that explains how to set the fact. */
bool kernel_require(struct kernel *kernel, enum fact_id id, uint64_t *value, struct error *err);

/* Sets a fact, as option -o does. */
void kernel_give_fact(struct kernel *kernel, enum fact_id id, uint64_t value);
/* Sets a fact in the same way, unless the user has set it. */
void kernel_suppose_fact(struct kernel *kernel, enum fact_id id, uint64_t value);

/* Is the fact being found now? In this case its sources cannot use the fact. */
bool kernel_fact_busy(const struct kernel *kernel, enum fact_id id);

/* Records that types or symbols (RESTS_ON_TYPES, RESTS_ON_SYMBOLS) of a vmlinux of another kernel
 * were used. If types were used, the answer of the source that is being asked becomes doubtful. */
void kernel_note_foreign(struct kernel *kernel, unsigned int rests_on);
/* Records that data computed from the fact `id` were used. If this fact is doubtful, the answer of
 * the source that is being asked becomes doubtful, too. kernel_fact() calls this function itself. */
void kernel_inherit_doubt(struct kernel *kernel, enum fact_id id);
/* A source calls this function, and returns false, if the dump or vmlinux has a value for it, but the
 * value is impossible: a sign of damage. */
void kernel_refuse(struct kernel *kernel);
/* A source calls this function if it has verified its value using the dump. The value is then not
 * doubtful. */
void kernel_note_proof(struct kernel *kernel);
/* Only for sources of FACT_ROOT: sets the reason why the root is doubtful or rejected. If `format`
 * is NULL, there is no reason. Facts that depend on the root become doubtful, too. If FACT_ROOT is
 * not being found now, the function does nothing. */
void kernel_doubt_root(struct kernel *kernel, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Removes RESTS_ON_SYMBOLS from the doubtful facts. This function is called at the start of each
 * command. */
void kernel_forget_doubtful_symbols(struct kernel *kernel);

/* Sets of facts on which answers depend: a bit 1 << id for each fact, and further bits for types
 * and symbols. */
// clang-format off
enum {
	RESTS_ON_TABLES = 1 << FACT_MODE | 1 << FACT_LEVELS | 1 << FACT_ROOT | 1 << FACT_SME_MASK |
			  1 << FACT_PAGE_SIZE | 1 << FACT_VA_BITS | 1 << FACT_CONFIG_VA_BITS |
			  1 << FACT_PA_BITS,
	RESTS_ON_LAYOUT = 1 << FACT_PAGE_OFFSET | 1 << FACT_KASLR_OFFSET | 1 << FACT_PHYS_BASE |
			  1 << FACT_VMALLOC_START | 1 << FACT_HIGH_MEMORY | 1 << FACT_PHYS_OFFSET |
			  1 << FACT_KIMAGE_VOFFSET,
	RESTS_ON_PAGES = 1 << FACT_MEMORY_MODEL | 1 << FACT_MEM_MAP | 1 << FACT_VMEMMAP |
			  1 << FACT_MEM_SECTION | 1 << FACT_STRUCT_PAGE_SIZE,
	RESTS_ON_TYPES = 1 << NR_FACTS, /* the types of kernel_types() */
	RESTS_ON_SYMBOLS = 2 << NR_FACTS, /* symbols of a vmlinux of another kernel */
	/* Members of structs, if the types contradict the dump: see kernel_types_misfit(). */
	RESTS_ON_STRUCTS = 4 << NR_FACTS,
};
// clang-format on

/* Calls visit for each doubtful element of the set rests_on. `fact` is its name. `why` is the
 * reason, which is valid only during the call. */
void kernel_doubts(const struct kernel *kernel, unsigned int rests_on,
		   void (*visit)(void *arg, const char *fact, const char *why), void *arg);

/* Has the user accepted the vmlinux of another kernel by setting -o kaslr_offset=? */
bool kernel_accepts_foreign(const struct kernel *kernel);
/* Is an element of the set rests_on doubtful because it is from a vmlinux of another kernel, which
 * the user has not accepted? */
bool kernel_rests_on_foreign(const struct kernel *kernel, unsigned int rests_on);

enum fact_verdict {
	VERDICT_SILENT, /* the source has no value */
	VERDICT_TAKEN, /* the fact has the value of this source */
	VERDICT_AGREES,
	/* The value is different, but the source is a SOURCE_FALLBACK, so this is not a
	 * contradiction. */
	VERDICT_WEAKER,
	VERDICT_DIFFERS,
	NR_VERDICTS
};
extern const char *const fact_verdict_names[NR_VERDICTS];

struct fact_voice {
	const char *source; /* a static text */
	enum fact_verdict verdict;
	uint64_t value;
};

/* Calls visit for each source of a fact, the most reliable source first, with the verdict on the
 * source. If the user set the fact, visit is called first with "option -o". Fallbacks may be slow.
 * So if `weaker` is false, a fallback is visited only if its value was taken. */
void kernel_fact_voices(struct kernel *kernel, enum fact_id id, bool weaker,
			void (*visit)(void *arg, const struct fact_voice *voice), void *arg);

/* How the value of a fact is shown: as a number, or as the name of a mode or memory model. */
enum fact_format { FACT_HEX, FACT_SIGNED_HEX, FACT_DECIMAL, FACT_MODE_NAME, FACT_MODEL_NAME };

/* Why the value of a fact may be different at the next boot of the same kernel. */
enum fact_place {
	PLACE_NONE,
	PLACE_BASE, /* KASLR chooses the value */
	PLACE_IMAGE, /* a virtual address in the image */
	PLACE_LOADED, /* a physical address in the image */
	PLACE_ALLOCATED, /* an address of memory that memblock allocated at boot */
};

struct fact_row {
	enum fact_id id;
	/* The name in answers and for option -o, such as "page_offset"; "arch" for FACT_MODE. */
	const char *name;
	enum fact_format format;
	enum fact_place place;
	/* The memory models for which `info` shows the fact, a set of bits 1 << enum memory_model.
	 * 0: all models. */
	unsigned int models;
	uint64_t least, most; /* the range of values that option -o accepts; most 0: all values */
	const char *limits; /* the message for a value outside this range */
};

/* One row for each fact, in the order in which `info` shows them. */
extern const struct fact_row fact_rows[NR_FACTS];
const struct fact_row *fact_row(enum fact_id id);
const char *fact_name(enum fact_id id);
/* Writes a value as text, for example "0xffff888000000000", "-0x2000", "4" or "pae". */
void fact_value_text(enum fact_id id, uint64_t value, char *text, size_t size);

/* Sources that several facts have in common. `arg` is the key, the symbol or the type. See also
 * kernel_vmlinux_symbol() and kernel_dump_symbol(). */
fact_find find_note_number, find_note_symbol, find_note_hex;
fact_find find_variable; /* the pointer that is stored at the address of a symbol of vmlinux */
fact_find find_dump_variable; /* like find_variable, but uses kallsyms */
/* Both find the KASLR offset, which is the run-time address of a symbol minus its link-time
 * address. The first uses _stext, whose run-time address is in the note. The second uses
 * linux_banner, which is found in memory. */
fact_find find_kaslr_from_stext, find_kaslr_from_banner;
fact_find find_mode_of_arch; /* the mode of an architecture that has only one */
/* From kernel->table, the page table that a search of memory found. */
fact_find find_mode_in_table, find_levels_in_table, find_swapper_in_table, find_root_in_table;
fact_find find_kimage_voffset_in_table;
/* The root is at swapper_pg_dir, which the image maps at FACT_KIMAGE_VOFFSET. */
fact_find find_root_by_voffset;

/* Finds the link-time address of a symbol of vmlinux. Returns false if there is no such symbol. */
bool kernel_link_address(const struct kernel *kernel, const char *name, uint64_t *address);
/* Is the linux_banner of vmlinux in memory at its link-time address plus offset? */
bool kernel_banner_stands_at(struct kernel *kernel, const struct space *space, uint64_t offset);
