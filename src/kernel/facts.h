/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Facts: numbers that the rest is built on, each from a list of sources.
 * The tables of sources stand in facts.c (common) and arch/ (per machine), in
 * the order of trust; the first that knows wins.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct kernel;
struct fact_source;

enum fact_id {
	FACT_MODE,             /* enum kernel_mode */
	FACT_LEVELS,
	FACT_PAGE_OFFSET,
	FACT_KASLR_OFFSET,     /* signed: run-time less link-time address */
	FACT_PHYS_BASE,        /* signed: x86-64 only */
	FACT_SWAPPER_PG_DIR,   /* virtual */
	FACT_ROOT,             /* physical */
	FACT_SME_MASK,
	FACT_MEMORY_MODEL,     /* enum memory_model */
	FACT_MEM_MAP,          /* address of struct page 0 (FLATMEM) */
	FACT_VMEMMAP,          /* address of struct page 0 (VMEMMAP) */
	FACT_MEM_SECTION,      /* address of the first root (SPARSEMEM, VMEMMAP) */
	FACT_STRUCT_PAGE_SIZE,
	FACT_MAX_PFN,          /* one past the last frame of memory */
	FACT_VMALLOC_START,
	FACT_HIGH_MEMORY,      /* i386: one past the last direct-mapped address */
	NR_FACTS
};

enum kernel_mode { MODE_I386, MODE_PAE, MODE_X86_64, NR_MODES };
extern const char *const kernel_mode_names[NR_MODES];

enum memory_model {
	MODEL_FLATMEM,
	MODEL_DISCONTIGMEM,
	MODEL_SPARSEMEM,
	MODEL_VMEMMAP,
	NR_MODELS
};
extern const char *const memory_model_names[NR_MODELS];

enum fact_status { FACT_UNTRIED, FACT_BUSY, FACT_KNOWN, FACT_NOT_KNOWN };

struct fact {
	enum fact_status status;
	bool given;         /* by -o: not to be found */
	const char *doubt;  /* why it is doubtful: static text; NULL: it is not */
	const char *against; /* the first source that contradicts it, or NULL... */
	uint64_t against_value;            /* ...and what that says */
	uint64_t value;     /* signed facts as two's complement */
	const struct fact_source *from; /* NULL where it was given */
	const char *source; /* its name: static text, or owned by the kernel */
};

/* How much a source is worth asking. */
enum source_use {
	SOURCE_CHEAP,    /* a look-up: asked even where a better one has answered, to compare */
	SOURCE_COSTLY,   /* opens vmlinux or walks tables: compared only when all are asked for */
	SOURCE_FALLBACK, /* says something weaker: used only where the others are silent */
};

typedef bool fact_find(struct kernel *kernel, const char *arg, uint64_t *value);

struct fact_source {
	enum fact_id fact;
	enum source_use use;
	const char *name; /* as info shows it */
	fact_find *find;
	const char *arg;  /* key or symbol, for the find functions that serve several facts */
};

enum kernel_event {
	KERNEL_FACT_FOUND, /* "phys_base: 1a000000 (VMCOREINFO NUMBER(phys_base))" */
	KERNEL_WARNING,    /* two sources disagree, or vmlinux does not belong */
	KERNEL_PROGRESS,   /* of something that takes seconds: "searching ...: 40%" */
};

/* Finds the fact if need be. False: nothing tells, or its own finding asks for it. */
bool kernel_fact(struct kernel *kernel, enum fact_id id, uint64_t *value);
/* The same with an error that says what would tell. */
bool kernel_require(struct kernel *kernel, enum fact_id id, uint64_t *value,
		    struct error *err);

/* To be called by what hands out something doubtful: a fact that is being found
 * with it is doubtful too. why: static text. */
void kernel_doubt(struct kernel *kernel, const char *why);
extern const char doubt_foreign[]; /* it is from a vmlinux that does not belong here */

/* Sets of facts, as a bit 1 << id each, that answers rest on. */
// clang-format off
enum {
	RESTS_ON_TABLES = 1 << FACT_MODE | 1 << FACT_LEVELS | 1 << FACT_ROOT | 1 << FACT_SME_MASK,
	RESTS_ON_LAYOUT = 1 << FACT_PAGE_OFFSET | 1 << FACT_KASLR_OFFSET | 1 << FACT_PHYS_BASE |
			  1 << FACT_VMALLOC_START | 1 << FACT_HIGH_MEMORY,
	RESTS_ON_PAGES = 1 << FACT_MEMORY_MODEL | 1 << FACT_MEM_MAP | 1 << FACT_VMEMMAP |
			  1 << FACT_MEM_SECTION | 1 << FACT_STRUCT_PAGE_SIZE,
	RESTS_ON_TYPES = 1 << NR_FACTS, /* kernel_types() */
	RESTS_ON_SYMBOLS = 2 << NR_FACTS, /* kernel_symbol_foreign() */
};
// clang-format on

/* Of the facts in the set, those found so far that are doubtful. */
void kernel_doubts(const struct kernel *kernel, unsigned int rests_on,
		   void (*visit)(void *arg, const char *fact, const char *why),
		   void *arg);

/* What each source says of a fact, for info: calls visit for each that knows,
 * the winner first. */
void kernel_fact_sources(struct kernel *kernel, enum fact_id id,
			 void (*visit)(void *arg, const char *source,
				       uint64_t value),
			 void *arg);

/* One source of a fact: what it says, whether it is the one that is believed. */
struct fact_voice {
	const char *source;
	bool silent; /* it does not know: no value */
	bool taken;
	bool weaker; /* a fallback: another value contradicts nobody */
	uint64_t value;
};

/* The same of all sources in the order of trust, those too that are silent or
 * weaker; "option -o" comes first where it set the fact. */
void kernel_fact_voices(struct kernel *kernel, enum fact_id id,
			void (*visit)(void *arg, const struct fact_voice *voice),
			void *arg);

/* For kernel_destroy(): names of sources that were made up on the way. */
void kernel_forget_names(struct kernel *kernel);

/* Name as answers and -o write it: "page_offset"; "arch" for FACT_MODE. */
const char *fact_name(enum fact_id id);
enum fact_format { FACT_HEX, FACT_SIGNED_HEX, FACT_DECIMAL, FACT_MODE_NAME, FACT_MODEL_NAME };
enum fact_format fact_format(enum fact_id id);
/* Text of a value: "ffff888000000000", "-0x2000", "4", "pae". */
void fact_value_text(enum fact_id id, uint64_t value, char *text, size_t size);

/* Find functions that serve many facts; arg is the key, symbol or type. */
fact_find find_note_number, find_note_symbol, find_note_size, find_note_hex;
fact_find find_note_variable; /* pointer-sized content at SYMBOL(arg) */
fact_find find_symbol;        /* run-time address of vmlinux's symbol */
fact_find find_variable;      /* pointer-sized content of vmlinux's symbol */
fact_find find_type_size;     /* of vmlinux's type */
/* The same of the dump's own kallsyms and BTF. */
fact_find find_dump_symbol, find_dump_variable, find_dump_type_size;
