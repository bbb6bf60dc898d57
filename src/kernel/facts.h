/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Facts: the numbers that everything else is computed from. Tables of the architecture
 * (arch/) and of linux/page/page.c list their sources in order of trust: the first source
 * that knows a fact wins. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct kernel;
struct fact_source;

enum fact_id {
	FACT_MODE, /* enum kernel_mode */
	FACT_LEVELS,
	FACT_PAGE_OFFSET,
	FACT_KASLR_OFFSET, /* signed: run-time less link-time address */
	FACT_PHYS_BASE, /* signed: x86-64 only */
	FACT_SWAPPER_PG_DIR, /* virtual */
	FACT_ROOT, /* physical */
	FACT_SME_MASK,
	FACT_MEMORY_MODEL, /* enum memory_model */
	FACT_MEM_MAP, /* address of struct page 0 (FLATMEM) */
	FACT_VMEMMAP, /* address of struct page 0 (VMEMMAP) */
	FACT_MEM_SECTION, /* address of the first root (SPARSEMEM, VMEMMAP) */
	FACT_STRUCT_PAGE_SIZE,
	FACT_MAX_PFN, /* one past the last frame of memory */
	FACT_VMALLOC_START,
	FACT_HIGH_MEMORY, /* i386: one past the last direct-mapped address */
	FACT_VTD_ROOT, /* physical; by -o alone: see devices/io_roots.h */
	FACT_AMD_DEVICE_TABLE, /* the same */
	NR_FACTS
};

enum kernel_mode { MODE_I386, MODE_PAE, MODE_X86_64, NR_MODES };
extern const char *const kernel_mode_names[NR_MODES];

enum memory_model { MODEL_FLATMEM, MODEL_DISCONTIGMEM, MODEL_SPARSEMEM, MODEL_VMEMMAP, NR_MODELS };
extern const char *const memory_model_names[NR_MODELS];

enum fact_status { FACT_UNTRIED, FACT_BUSY, FACT_KNOWN, FACT_NOT_KNOWN };

/* All names are static text. Reasons are static, or valid until facts are forgotten. */
struct fact {
	enum fact_status status;
	bool given; /* set by -o */
	/* The reason why it is doubtful; NULL: it is not. For an unknown fact: the reason why a
	 * source refused. */
	const char *doubt;
	const char *against; /* first source that contradicts it, or NULL */
	uint64_t against_value; /* the value of that source */
	uint64_t value; /* signed facts as two's complement */
	const struct fact_source *from; /* NULL unless a source was believed */
	const char *source; /* name of that source, or "option -o" */
};

struct facts {
	struct fact fact[NR_FACTS];
	/* Facts (a bit 1 << id each) that are doubtful or contradicted, and
	 * RESTS_ON_TYPES, RESTS_ON_SYMBOLS: see kernel_doubts(). */
	unsigned int doubtful;
	/* The two that follow are about the fact that is being found: */
	unsigned int met_busy; /* facts it needed that are being found themselves */
	const char *inherits; /* static: why data of its source are doubtful, or NULL */
	char root_doubt[400]; /* FACT_ROOT's, if kernel_doubt_root() was called */
};

/* Forgets all facts but those set by -o. */
void facts_forget(struct facts *facts);

/* How much a source is worth asking. */
enum source_use {
	SOURCE_CHEAP, /* a look-up: compared even when a better source has answered */
	SOURCE_COSTLY, /* opens vmlinux or walks tables: compared on request only */
	SOURCE_FALLBACK, /* weaker evidence: used if all others know nothing; contradicts no
			  * other source */
};

typedef bool fact_find(struct kernel *kernel, const char *arg, uint64_t *value);

/* A row of the tables of sources. A row whose name is NULL ends a table. */
struct fact_source {
	enum fact_id fact : 8;
	enum source_use use : 8;
	/* Set by a macro below. name: as info shows it; map_name: the same for symbols from a
	 * System.map. */
	bool from_vmlinux;
	const char *name, *map_name;
	fact_find *find;
	const char *arg; /* the key, symbol or type that find() looks for; NULL: it takes none */
};

#define OF_DUMP(NAME) false, NAME, NAME
#define OF_VMLINUX(NAME) true, NAME, NAME
#define OF_SYMBOLS(BEFORE, AFTER) true, BEFORE "vmlinux" AFTER, BEFORE "System.map" AFTER
#define OF_SYMBOL(SYMBOL) OF_SYMBOLS("", " symbol " SYMBOL)
#define OF_VARIABLE(SYMBOL) OF_SYMBOL(SYMBOL ", its value in the dump")

/* Finds the fact on first use. False: it is unknown, or its search is running. */
bool kernel_fact(struct kernel *kernel, enum fact_id id, uint64_t *value);
/* The same for a fact that is not doubtful. */
bool kernel_certain_fact(struct kernel *kernel, enum fact_id id, uint64_t *value);
/* The same with an error that says how to set it. */
bool kernel_require(struct kernel *kernel, enum fact_id id, uint64_t *value, struct error *err);

/* Is the fact being found? Its sources must not depend on it. */
bool kernel_fact_busy(const struct kernel *kernel, enum fact_id id);

/* Notes the use of types or symbols (RESTS_ON_TYPES, RESTS_ON_SYMBOLS) of a vmlinux of
 * another kernel. With types, the fact being found becomes doubtful. */
void kernel_note_foreign(struct kernel *kernel, unsigned int rests_on);
/* Notes the use of data that were made with a fact: if that fact is doubtful, so is the fact
 * being found. kernel_fact() does so itself. */
void kernel_inherit_doubt(struct kernel *kernel, enum fact_id id);
/* For a source that proved its value by the dump: the value is not doubtful. */
void kernel_note_proof(struct kernel *kernel);
/* For sources of FACT_ROOT: the reason why their root is doubtful, or refused; NULL: it is not.
 * Facts that rest on the root become doubtful too. Ignored unless FACT_ROOT is being found. */
void kernel_doubt_root(struct kernel *kernel, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Forgets RESTS_ON_SYMBOLS, at the start of a command. */
void kernel_forget_doubtful_symbols(struct kernel *kernel);

/* Sets of facts, types and symbols that answers rest on: a bit 1 << id for each fact. */
// clang-format off
enum {
	RESTS_ON_TABLES = 1 << FACT_MODE | 1 << FACT_LEVELS | 1 << FACT_ROOT | 1 << FACT_SME_MASK,
	RESTS_ON_LAYOUT = 1 << FACT_PAGE_OFFSET | 1 << FACT_KASLR_OFFSET | 1 << FACT_PHYS_BASE |
			  1 << FACT_VMALLOC_START | 1 << FACT_HIGH_MEMORY,
	RESTS_ON_PAGES = 1 << FACT_MEMORY_MODEL | 1 << FACT_MEM_MAP | 1 << FACT_VMEMMAP |
			  1 << FACT_MEM_SECTION | 1 << FACT_STRUCT_PAGE_SIZE,
	RESTS_ON_TYPES = 1 << NR_FACTS, /* kernel_types() */
	RESTS_ON_SYMBOLS = 2 << NR_FACTS, /* and vmlinux is of another kernel */
};
// clang-format on

/* Calls visit for each part of the set that is doubtful as far as known; why is
 * valid during the call. */
void kernel_doubts(const struct kernel *kernel, unsigned int rests_on,
		   void (*visit)(void *arg, const char *fact, const char *why), void *arg);

/* Has the user accepted the vmlinux of another kernel with -o kaslr_offset=? */
bool kernel_accepts_foreign(const struct kernel *kernel);
/* Is a part of the set doubtful for a vmlinux of another kernel that is not accepted? */
bool kernel_rests_on_foreign(const struct kernel *kernel, unsigned int rests_on);

enum fact_verdict {
	VERDICT_SILENT, /* it does not know: no value */
	VERDICT_TAKEN, /* the fact has its value from here */
	VERDICT_AGREES,
	VERDICT_WEAKER, /* another value, but from a SOURCE_FALLBACK, which contradicts no other
			 * source */
	VERDICT_DIFFERS,
	NR_VERDICTS
};
extern const char *const fact_verdict_names[NR_VERDICTS];

struct fact_voice {
	const char *source; /* static */
	enum fact_verdict verdict;
	uint64_t value;
};

/* Calls visit with the verdict on each source, in order of trust; "option -o" comes first
 * if it set the fact. Without weaker, asks a fallback, which may be slow, only if the
 * fact has its value from there. */
void kernel_fact_voices(struct kernel *kernel, enum fact_id id, bool weaker,
			void (*visit)(void *arg, const struct fact_voice *voice), void *arg);

/* Numbers, then facts whose value is shown as a name. */
enum fact_format { FACT_HEX, FACT_SIGNED_HEX, FACT_DECIMAL, FACT_MODE_NAME, FACT_MODEL_NAME };

/* What a fact that differs between two boots of one kernel hangs on. */
enum fact_place {
	PLACE_NONE,
	PLACE_BASE, /* chosen by KASLR */
	PLACE_IMAGE, /* virtual address in the image */
	PLACE_LOADED, /* physical address in the image */
	PLACE_ALLOCATED, /* found by memblock while booting */
};

struct fact_row {
	enum fact_id id;
	const char *name; /* in answers and for -o: "page_offset"; "arch" for FACT_MODE */
	enum fact_format format;
	enum fact_place place;
	unsigned int models; /* info shows it for these, 1 << enum memory_model; 0: for all */
	uint64_t least, most; /* of -o; most 0: any */
	const char *limits; /* what it says to others */
};

/* In the order of info. */
extern const struct fact_row fact_rows[NR_FACTS];
const struct fact_row *fact_row(enum fact_id id);
const char *fact_name(enum fact_id id);
/* A value as text: "0xffff888000000000", "-0x2000", "4", "pae". */
void fact_value_text(enum fact_id id, uint64_t value, char *text, size_t size);

/* Sources that serve several facts; arg is the key, symbol or type. See also
 * kernel_vmlinux_symbol() and kernel_dump_symbol(). */
fact_find find_note_number, find_note_symbol, find_note_size, find_note_hex;
fact_find find_note_variable; /* pointer-sized content at SYMBOL(arg) */
fact_find find_variable; /* pointer-sized content of vmlinux's symbol */
fact_find find_type_size; /* of vmlinux's type */
/* The same by the dump's own kallsyms and BTF. */
fact_find find_dump_variable, find_dump_type_size;
