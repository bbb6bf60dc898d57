/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Facts: numbers from which all other results are computed. Tables of an architecture (arch/) and
 * of linux/page/page.c list the sources of facts in order of trust. The first source that has a
 * value for a fact is used. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct kernel;
struct fact_source;
struct space;

enum fact_id {
	FACT_MODE, /* enum kernel_mode */
	FACT_LEVELS,
	FACT_PAGE_OFFSET,
	FACT_KASLR_OFFSET, /* signed: run-time address minus link-time address */
	FACT_PHYS_BASE, /* signed: x86-64 only */
	FACT_SWAPPER_PG_DIR, /* virtual address */
	FACT_ROOT, /* physical address of the top-level table */
	FACT_SME_MASK,
	FACT_PAGE_SIZE, /* bytes of the smallest page, if the mode does not determine it */
	FACT_VA_BITS, /* number of address bits that are translated, in each half; as used */
	FACT_CONFIG_VA_BITS, /* the same, as configured; the CPU may support fewer bits */
	FACT_PA_BITS, /* number of bits of a physical address in an entry */
	FACT_PHYS_OFFSET, /* signed: the physical address that PAGE_OFFSET maps */
	FACT_KIMAGE_VOFFSET, /* signed: virtual address minus physical address, in the image */
	FACT_PAC_MASK, /* the bits of a return address that contain its authentication code */
	FACT_MEMORY_MODEL, /* enum memory_model */
	FACT_MEM_MAP, /* address of struct page 0 (FLATMEM) */
	FACT_VMEMMAP, /* address of struct page 0 (VMEMMAP) */
	FACT_MEM_SECTION, /* address of the first root (SPARSEMEM, VMEMMAP) */
	FACT_STRUCT_PAGE_SIZE,
	FACT_MAX_PFN, /* last page frame of memory + 1 */
	FACT_VMALLOC_START,
	FACT_HIGH_MEMORY, /* i386: last address of the direct map + 1 */
	FACT_VTD_ROOT, /* physical; can only be set by -o: see devices/io_roots.h */
	FACT_AMD_DEVICE_TABLE, /* physical; can only be set by -o */
	NR_FACTS
};

enum kernel_mode { MODE_I386, MODE_PAE, MODE_X86_64, MODE_ARM64, NR_MODES };
extern const char *const kernel_mode_names[NR_MODES];

/* The facts that determine a paging. A number that the mode does not need is 0 or unknown. */
struct paging_choice {
	enum kernel_mode mode;
	uint64_t levels;
	uint64_t page_size, va_bits, config_va_bits, pa_bits; /* the facts with these names */
};

enum memory_model { MODEL_FLATMEM, MODEL_DISCONTIGMEM, MODEL_SPARSEMEM, MODEL_VMEMMAP, NR_MODELS };
extern const char *const memory_model_names[NR_MODELS];

enum fact_status { FACT_UNTRIED, FACT_BUSY, FACT_KNOWN, FACT_NOT_KNOWN };

/* A fact and its state. All names are static. A reason is static, or valid until facts are
 * forgotten. */
struct fact {
	enum fact_status status;
	bool given; /* set by -o */
	/* Known fact: why its value is doubtful, or NULL. Unknown fact: why a source rejected its
	 * value, or NULL. */
	const char *doubt;
	const char *against; /* first source with another value, or NULL */
	uint64_t against_value; /* the value of that source */
	uint64_t value; /* for a signed fact, in two's complement */
	const struct fact_source *from; /* NULL: not from a table of sources */
	const char *source; /* name of the source, or "option -o" */
};

struct facts {
	struct fact fact[NR_FACTS];
	/* Set of the facts that are doubtful or contradicted, bits 1 << id, and RESTS_ON_TYPES and
	 * RESTS_ON_SYMBOLS. See kernel_doubts(). */
	unsigned int doubtful;
	/* About the fact that is being found: */
	unsigned int met_busy; /* set of the facts it needed while they were being found */
	const char *inherits; /* static: why data that its source used are doubtful, or NULL */
	char root_doubt[400]; /* the reason passed to kernel_doubt_root() */
};

/* Forgets all facts except those set by -o. */
void facts_forget(struct facts *facts);

/* When a source is used. */
enum source_use {
	SOURCE_CHEAP, /* a fast look-up; also compared with the value of a better source */
	SOURCE_COSTLY, /* opens vmlinux or walks tables; compared only on request */
	SOURCE_FALLBACK, /* used if no other source has a value; never a contradiction */
};

typedef bool fact_find(struct kernel *kernel, const char *arg, uint64_t *value);

/* A row of a table of sources. The last row of a table has no name. */
struct fact_source {
	enum fact_id fact : 8;
	enum source_use use : 8;
	/* Set using the macros below. name is shown by info. map_name is shown instead if the
	 * symbol is from a System.map. */
	bool from_vmlinux;
	const char *name, *map_name;
	fact_find *find;
	const char *arg; /* key, symbol or type for find(); NULL: find() needs none */
};

#define OF_DUMP(NAME) false, NAME, NAME
#define OF_VMLINUX(NAME) true, NAME, NAME
#define OF_SYMBOLS(BEFORE, AFTER) true, BEFORE "vmlinux" AFTER, BEFORE "System.map" AFTER
#define OF_SYMBOL(SYMBOL) OF_SYMBOLS("", " symbol " SYMBOL)
#define OF_VARIABLE(SYMBOL) OF_SYMBOL(SYMBOL ", its value in the dump")

/* Finds the fact on first use. Returns false if the fact is unknown or being found. */
bool kernel_fact(struct kernel *kernel, enum fact_id id, uint64_t *value);
/* Like kernel_fact(), but returns false also if the fact is doubtful. */
bool kernel_certain_fact(struct kernel *kernel, enum fact_id id, uint64_t *value);
/* Like kernel_fact(), but the error explains how to set the fact. */
bool kernel_require(struct kernel *kernel, enum fact_id id, uint64_t *value, struct error *err);

/* Is the fact being found? Then its sources must not depend on it. */
bool kernel_fact_busy(const struct kernel *kernel, enum fact_id id);

/* Records that types or symbols (RESTS_ON_TYPES, RESTS_ON_SYMBOLS) from a vmlinux of another kernel
 * were used. If types were used, the fact that is being found becomes doubtful. */
void kernel_note_foreign(struct kernel *kernel, unsigned int rests_on);
/* Records that data computed from a fact were used. If this fact is doubtful, the fact that is
 * being found becomes doubtful, too. kernel_fact() calls this function. */
void kernel_inherit_doubt(struct kernel *kernel, enum fact_id id);
/* For a source that has verified its value using the dump: the value is not doubtful. */
void kernel_note_proof(struct kernel *kernel);
/* For sources of FACT_ROOT: sets the reason why the root is doubtful or rejected; NULL: no reason.
 * Facts that depend on the root become doubtful, too. Does nothing unless FACT_ROOT is being
 * found. */
void kernel_doubt_root(struct kernel *kernel, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Forgets RESTS_ON_SYMBOLS. Called at the start of a command. */
void kernel_forget_doubtful_symbols(struct kernel *kernel);

/* The facts, types and symbols on which answers depend, as sets: a bit 1 << id for each fact. */
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
	RESTS_ON_TYPES = 1 << NR_FACTS, /* kernel_types() */
	RESTS_ON_SYMBOLS = 2 << NR_FACTS, /* symbols from a vmlinux of another kernel */
};
// clang-format on

/* Calls visit for each element of the set rests_on that is doubtful. why is valid during the
 * call. */
void kernel_doubts(const struct kernel *kernel, unsigned int rests_on,
		   void (*visit)(void *arg, const char *fact, const char *why), void *arg);

/* Has the user accepted the vmlinux of another kernel using -o kaslr_offset=? */
bool kernel_accepts_foreign(const struct kernel *kernel);
/* Is an element of the set rests_on doubtful because it comes from a vmlinux of another kernel that
 * the user has not accepted? */
bool kernel_rests_on_foreign(const struct kernel *kernel, unsigned int rests_on);

enum fact_verdict {
	VERDICT_SILENT, /* the source has no value */
	VERDICT_TAKEN, /* the value of the fact is from this source */
	VERDICT_AGREES,
	VERDICT_WEAKER, /* another value, but from a SOURCE_FALLBACK, so no contradiction */
	VERDICT_DIFFERS,
	NR_VERDICTS
};
extern const char *const fact_verdict_names[NR_VERDICTS];

struct fact_voice {
	const char *source; /* static text */
	enum fact_verdict verdict;
	uint64_t value;
};

/* Calls visit with the verdict on each source, in order of trust. If the fact was set by -o,
 * "option -o" comes first. If weaker is true, also asks fallbacks, which may be slow. Otherwise a
 * fallback is visited only if the fact has its value. */
void kernel_fact_voices(struct kernel *kernel, enum fact_id id, bool weaker,
			void (*visit)(void *arg, const struct fact_voice *voice), void *arg);

/* How a value is shown: as a number, or as the name of a mode or memory model. */
enum fact_format { FACT_HEX, FACT_SIGNED_HEX, FACT_DECIMAL, FACT_MODE_NAME, FACT_MODEL_NAME };

/* The reason why a fact may differ between two boots of the same kernel. */
enum fact_place {
	PLACE_NONE,
	PLACE_BASE, /* chosen by KASLR */
	PLACE_IMAGE, /* virtual address in the image */
	PLACE_LOADED, /* physical address in the image */
	PLACE_ALLOCATED, /* allocated by memblock at boot */
};

struct fact_row {
	enum fact_id id;
	const char *name; /* name in answers and for -o: "page_offset"; "arch" for FACT_MODE */
	enum fact_format format;
	enum fact_place place;
	/* The memory models for which info shows the fact, bits 1 << enum memory_model. 0: all. */
	unsigned int models;
	uint64_t least, most; /* limits of values for -o; most 0: no limits */
	const char *limits; /* message for other values */
};

/* One row for each fact, in the order in which info shows them. */
extern const struct fact_row fact_rows[NR_FACTS];
const struct fact_row *fact_row(enum fact_id id);
const char *fact_name(enum fact_id id);
/* A value as text: "0xffff888000000000", "-0x2000", "4", "pae". */
void fact_value_text(enum fact_id id, uint64_t value, char *text, size_t size);

/* Sources that serve several facts. arg is the key, the symbol or the type. See also
 * kernel_vmlinux_symbol() and kernel_dump_symbol(). */
fact_find find_note_number, find_note_symbol, find_note_size, find_note_hex;
fact_find find_note_variable; /* pointer-sized content at the address SYMBOL(arg) of the note */
fact_find find_variable; /* pointer-sized content at the address of a symbol of vmlinux */
fact_find find_type_size; /* size of a type of vmlinux */
/* Like find_variable and find_type_size, but using kallsyms and BTF of the dump. */
fact_find find_dump_variable, find_dump_type_size;
/* The KASLR offset (run-time minus link-time address) of _stext in the note, or of linux_banner in
 * memory. */
fact_find find_kaslr_from_stext, find_kaslr_from_banner;
/* The mode and the virtual address of kernel->table, which was found in memory. */
fact_find find_mode_in_table, find_swapper_in_table;

/* Finds the link-time address of a symbol. */
bool kernel_link_address(const struct kernel *kernel, const char *name, uint64_t *address);
/* Does memory contain linux_banner of vmlinux, at its link-time address plus offset? */
bool kernel_banner_stands_at(struct kernel *kernel, const struct space *space, uint64_t offset);
