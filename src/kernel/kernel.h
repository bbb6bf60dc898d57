/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is known of the dumped kernel. A fact is found when first asked for,
 * from the first of its sources that knows it, and keeps that source's name.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "dump/dump.h"
#include "kernel/entry.h"
#include "kernel/facts.h"
#include "kernel/identity.h"
#include "kernel/kallsyms.h"
#include "kernel/members.h"
#include "kernel/page.h"
#include "kernel/page_layout.h"
#include "kernel/percpu_area.h"
#include "kernel/region.h"
#include "kernel/resource.h"
#include "kernel/slab.h"
#include "kernel/stack.h"
#include "kernel/table_search.h"
#include "kernel/vmcoreinfo.h"
#include "kernel/vmlinux.h"
#include "paging/walk.h"

struct arch;
struct task_list;
struct modules;
struct module_ranges;
struct vmalloc_list;

/* The symbol table in the dump itself. */
struct dump_symbols {
	bool tried, busy;
	struct kallsyms *kallsyms; /* owned; NULL until found */
	const char *source;        /* how it was found */
	struct error why_not;
};

/* The types in the dump itself: BTF. */
struct dump_types {
	bool tried;
	struct types *types; /* owned; NULL until found */
	struct view btf;     /* what they are read from */
};

struct kernel {
	struct dump *dump;       /* owned */
	struct vmlinux *vmlinux; /* owned; NULL where none was given or found */
	const char *vmlinux_source; /* static: how it was found; NULL: it was given */
	const struct arch *arch; /* of facts[FACT_MODE]; NULL until kernel_start() */
	struct vmcoreinfo note;  /* text borrowed from the dump, or from one of: */
	char *found_note;        /* owned; see kernel_search_memory() */
	bool note_found;         /* in memory, not as a note of the file... */
	uint64_t note_paddr;     /* ...here */
	struct found_table table; /* found in memory too */
	struct file note_file;   /* -o vmcoreinfo= */
	struct identity identity; /* release, and whether vmlinux belongs here */
	struct fact facts[NR_FACTS];
	struct source_name *source_names; /* owned; see facts.c */
	unsigned int nr_busy;    /* facts that are being found; while one was, */
	bool met_busy;           /* ...another asked for one of these */
	const char *doubt;       /* of what was handed out since it was cleared */
	bool has_doubts;         /* something was doubtful: see kernel_doubts() */
	bool types_doubtful;     /* kernel_types() gave those of another kernel */
	bool symbols_doubtful;   /* the same of a symbol; whoever asks clears it before */
	struct dump_symbols dump_symbols; /* see kernel_kallsyms() */
	struct dump_types dump_types;     /* see kernel_types() */
	struct modules *modules; /* owned; NULL until their symbols are asked for */
	struct space space;      /* the kernel's page table; valid once has_space */
	bool has_space;
	struct region_list regions; /* empty until first asked for */
	bool regions_exact;      /* made with the help of types */
	struct section_layout sections;
	struct page_layout page_layout; /* see kernel_page_layout() */
	struct resource_tree resources[NR_RESOURCE_KINDS]; /* see kernel_resources() */
	struct entry_rules entry_rules; /* how entries are coded; see kernel_entry_rules() */
	bool has_entry_rules;
	struct member members[NR_MEMBERS]; /* see kernel_member() */
	struct zero_pages {
		bool tried;
		uint64_t small, huge; /* frame numbers; UINT64_MAX: none, or not known */
	} zero_pages;
	struct task_list *tasks; /* owned; NULL until first asked for */
	struct task_list *some_tasks; /* owned; of the last search that was stopped */
	struct vmalloc_list *vmalloc; /* owned; NULL until first asked for */
	struct module_ranges *module_ranges; /* owned; NULL until first asked for */
	struct stack_list stacks; /* see kernel_stack_at() */
	struct percpu_areas percpu_areas; /* see kernel_percpu_at() */
	struct slab_caches slab_caches;   /* see kernel_slab_at() */
	/* Told of each fact as it is found and of each contradiction, for -v and
	 * for warnings; NULL: nobody listens. The library itself prints nothing. */
	void (*listener)(void *arg, enum kernel_event event, const char *text);
	void *listener_arg;
};

/* Takes ownership of both, also on failure. vmlinux may be NULL. */
struct kernel *kernel_create(struct dump *dump, struct vmlinux *vmlinux,
			     struct error *err);
void kernel_destroy(struct kernel *kernel); /* NULL is fine */

/* "NAME=VALUE" as -o takes it; before kernel_start(). */
bool kernel_override(struct kernel *kernel, const char *text,
		     struct error *err);

/* Settles the architecture and checks that vmlinux belongs to the dump.
 * Fails where the dump is of a machine or mode that nothing can be said of. */
bool kernel_start(struct kernel *kernel, struct error *err);

/* Takes over vmlinux and keeps it where it is proved to belong to the dump, beside
 * one that is there and proved too; facts are then found anew. For a kernel that
 * has none, or one without symbols. source: static text, how it was found. */
bool kernel_adopt_vmlinux(struct kernel *kernel, struct vmlinux *vmlinux,
			  const char *source);

/* Forgets all facts but those that -o set. */
void kernel_forget_facts(struct kernel *kernel);

/* Tells the listener, where there is one. */
void kernel_tell(const struct kernel *kernel, enum kernel_event event,
		 const char *text);

/* One line, no newline: what was opened and how sure it is. */
void kernel_describe(struct kernel *kernel, char *line, size_t size);

/* The kernel's own page table, or an error that says which fact is missing. */
const struct space *kernel_space(struct kernel *kernel, struct error *err);

/* The table that a CPU used when the dump was taken (its kernel copy, where the
 * kernel keeps two). False where the dump has no control registers. */
bool kernel_cpu_space(struct kernel *kernel, struct space *space);

/* The table that was found in memory, where it had to be looked for. */
bool kernel_table_space(struct kernel *kernel, struct space *space);

/* One of both, for what has to do before the facts say which is the kernel's. */
bool kernel_any_space(struct kernel *kernel, struct space *space);

/* May the table at root be the kernel's, which is known to lie at vaddr? Only a
 * table that maps vaddr to something else may not: one that is missing from
 * the dump proves nothing. */
bool kernel_may_be_root(struct kernel *kernel, uint64_t root, uint64_t vaddr);

/* Translates a whole range through a given table and copies it. */
bool space_read(const struct space *space, uint64_t vaddr, void *buffer,
		size_t size, struct error *err);

/* Kernel virtual memory, translated by the kernel's page table. */
bool kernel_read(struct kernel *kernel, uint64_t vaddr, void *buffer,
		 size_t size, struct error *err);
/* A little-endian number of size bytes (1, 2, 4, 8). */
bool kernel_read_number(struct kernel *kernel, uint64_t vaddr, size_t size,
			uint64_t *value, struct error *err);
/* Number of the kernel's own pointer size. */
bool kernel_read_pointer(struct kernel *kernel, uint64_t vaddr,
			 uint64_t *value, struct error *err);
/* A string, cut to size; what is not printable becomes '?'. False where not even
 * its first byte can be read. */
bool kernel_read_text(struct kernel *kernel, uint64_t vaddr, char *text,
		      size_t size);
unsigned int kernel_pointer_size(const struct kernel *kernel);

/*
 * Symbols come from three providers: vmlinux (moved by KASLR), the dump's own
 * kallsyms, and VMCOREINFO's SYMBOL(name), asked in that order. A vmlinux that
 * does not belong to the dump is asked for what the user names, and then last:
 * kernel_symbol_foreign(), kernel_symbol_at().
 */
bool kernel_symbol(struct kernel *kernel, const char *name, uint64_t *address,
		   struct error *err);
/* Pointer-sized content of the symbol. */
bool kernel_read_variable(struct kernel *kernel, const char *name,
			  uint64_t *value);
/* What vmlinux's symbols are from: "vmlinux" or "System.map". For a kernel that
 * has one. */
const char *kernel_symbols_name(const struct kernel *kernel);
/* The address by vmlinux alone, by kallsyms alone. */
bool kernel_vmlinux_symbol(struct kernel *kernel, const char *name,
			   uint64_t *address, struct error *err);
bool kernel_dump_symbol(struct kernel *kernel, const char *name,
			uint64_t *address);
/* Has this kernel a symbol of that name? Functions are in all tables; data may
 * be missing in kallsyms, and is then unsure. */
enum certainty kernel_has_symbol(struct kernel *kernel, const char *name);
/* The dump's own symbol table, found and proved on first use: nothing of it is
 * touched before. NULL where it has none. */
struct kallsyms *kernel_kallsyms(struct kernel *kernel, struct error *err);

/* With size and name; here modules are asked too. */
struct kernel_symbol {
	const char *name;   /* borrowed, lives as long as the kernel */
	uint64_t address;   /* at run time */
	uint64_t size;      /* 0: not known */
	const char *source; /* static: "vmlinux", "System.map", "kallsyms", "VMCOREINFO" */
	const char *module; /* NULL: of the kernel itself */
};
bool kernel_symbol_find(struct kernel *kernel, const char *name,
			struct kernel_symbol *symbol, struct error *err);
/* By a vmlinux of another kernel; noted as doubtful. */
bool kernel_symbol_foreign(struct kernel *kernel, const char *name,
			   struct kernel_symbol *symbol);
/* The symbol whose extent holds a run-time address. */
bool kernel_symbol_at(struct kernel *kernel, uint64_t address,
		      struct kernel_symbol *symbol, struct error *err);
/* For completion; quietly nothing where there are no symbols. */
void kernel_symbols_complete(struct kernel *kernel, const char *prefix,
			     bool (*visit)(const char *name, void *arg),
			     void *arg);

/* Types of vmlinux where it tells any, else of the BTF in the dump, which is
 * found on first use; NULL where there is neither. Then those of the dump alone. */
struct types *kernel_types(struct kernel *kernel);
struct types *kernel_dump_types(struct kernel *kernel);

/* Size of a struct, offset of a member: the note's SIZE(type) and
 * OFFSET(type.member), else kernel_types()'s. type without "struct". */
bool kernel_type_size(struct kernel *kernel, const char *type, uint64_t *size);
bool kernel_member_offset(struct kernel *kernel, const char *type,
			  const char *member, uint64_t *offset);
