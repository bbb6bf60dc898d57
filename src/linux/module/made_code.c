/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "linux/module/made_code.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "linux/area_members.h"
#include "linux/region.h"
#include "base/address_set.h"
#include "base/array.h"
#include "base/bytes.h"
#include "base/ranges.h"
#include "base/text.h"
#include "kernel/kernel.h"
#include "kernel/links.h"
#include "symbols/symbol_lookup.h"

enum {
	/* The most entries of all lists. A busy machine has some thousand BPF programs. */
	MOST_CODE = 1 << 16,
	/* The largest size that is believed. A BPF program has at most a million instructions
	 * (BPF_COMPLEXITY_LIMIT_INSNS), and each becomes a few bytes. */
	MOST_CODE_SIZE = 64 << 20,
	MADE_NAME = 128, /* KSYM_NAME_LEN before 6.1; the names of this code are shorter */
};

struct made_code {
	uint64_t first, last; /* inclusive */
	const char *module;
	char name[MADE_NAME];
};

struct made_codes {
	struct made_code *code; /* owned; sorted by address */
	size_t nr, room;
	struct error missing; /* why code is missing; code 0: all lists were read */
};

/* A list of such code, and the names in /proc/kallsyms. */
struct made_list {
	const char *head; /* the variable that is the head of the list or contains it */
	const char *module;
	const char *name; /* NULL: the entries have names */
	unsigned int pages; /* the member of the variable that is the head; 0: the variable itself */
	unsigned int link, start, end, size, text; /* members of an entry; 0: none */
};

// clang-format off
/* Before 5.7 (bfea9a8574f3) there is no struct bpf_ksym, and the names of BPF programs are not stored.
 * ftrace's list exists since fc0ea795f53c; older kernels do not name its trampolines. The names of
 * kprobes' pages are from d002b8bc6dbc; older kernels have the pages, but do not name them. */
static const struct made_list lists[] = {
	/* bpf_get_kallsym() in kernel/bpf/core.c */
	{ .head = "bpf_kallsyms", .module = "bpf",
	  .link = KSYM_LINK, .start = KSYM_START, .end = KSYM_END, .text = KSYM_NAME },
	/* ftrace_get_trampoline_kallsym() in kernel/trace/ftrace.c */
	{ .head = "ftrace_ops_trampoline_list", .module = "__builtin__ftrace", .name = "ftrace_trampoline",
	  .link = FTRACE_LINK, .start = FTRACE_TRAMPOLINE, .size = FTRACE_TRAMPOLINE_SIZE },
	/* kprobe_cache_get_kallsym() in kernel/kprobes.c; a slot is in a page (alloc_insn_page()) */
	{ .head = "kprobe_insn_slots", .module = "__builtin__kprobes", .name = "kprobe_insn_page",
	  .pages = KPROBE_PAGES, .link = KPROBE_PAGE_LINK, .start = KPROBE_PAGE_CODE },
	{ .head = "kprobe_optinsn_slots", .module = "__builtin__kprobes", .name = "kprobe_optinsn_page",
	  .pages = KPROBE_PAGES, .link = KPROBE_PAGE_LINK, .start = KPROBE_PAGE_CODE },
};
// clang-format on

/* --- reading --- */

/* Reads the extent of the code of an entry. *size gets 0 if the entry has no code. */
static bool read_extent(struct kernel *kernel, const struct made_list *list, uint64_t entry,
			uint64_t *start, uint64_t *size, struct error *err)
{
	uint64_t end;

	if (!kernel_read_member(kernel, entry, list->start, start, err))
		return false;
	*size = kernel_page_size(kernel);
	if (list->size && !kernel_read_member(kernel, entry, list->size, size, err))
		return false;
	if (list->end && !kernel_read_member(kernel, entry, list->end, &end, err))
		return false;
	if (list->end)
		*size = end - *start;
	if (!*start)
		*size = 0;
	return true;
}

static bool made_code_read_name(struct kernel *kernel, const struct made_list *list, uint64_t entry,
				char name[MADE_NAME], struct error *err)
{
	const struct member *text = NULL;

	if (list->name) {
		strcpy(name, list->name);
		return true;
	}
	text = kernel_member_as(kernel, list->text, MEMBER_TEXT, err);
	return text && (kernel_read_text(kernel, entry + text->offset, name,
					 smaller_of(text->size, MADE_NAME)) ||
			fail(err, ERROR_UNREADABLE, "the name at %" PRIx64 " cannot be read",
			     entry + text->offset));
}

/* Adds the code of an entry. Returns false if the entry is damaged or cannot be read. */
static bool made_code_add(struct kernel *kernel, struct made_codes *codes,
			  const struct made_list *list, uint64_t entry, struct error *err)
{
	struct made_code code = { .module = list->module };
	uint64_t size;

	if (!read_extent(kernel, list, entry, &code.first, &size, err) ||
	    !made_code_read_name(kernel, list, entry, code.name, err))
		return false;
	if (!size)
		return true;
	code.last = code.first + size - 1;
	if (size > MOST_CODE_SIZE || code.last < code.first || !code.name[0])
		return fail(err, ERROR_FORMAT, "the entry at %" PRIx64 " of the list %s is damaged",
			    entry, list->head);
	return array_add(&codes->code, &codes->nr, &codes->room, &code, sizeof(code)) ||
	       out_of_memory(err);
}

static bool made_code_follow(struct kernel *kernel, struct made_codes *codes,
			     const struct made_list *list, uint64_t head, struct error *err)
{
	const struct member *link = kernel_member_as(kernel, list->link, MEMBER_LINKS, err);
	struct address_set seen = { 0 };
	struct links links;
	uint64_t entry;
	bool whole = true;

	if (!link)
		return false;
	links = links_from(kernel, head, link->offset, &seen, MOST_CODE);
	while (links_next(&links, &entry))
		whole = made_code_add(kernel, codes, list, entry, err) && whole;
	if (links_damaged(&links))
		whole = fail(err, ERROR_FORMAT,
			     "the list %s is damaged after its entry at %" PRIx64, list->head,
			     links.before);
	address_set_release(&seen);
	return whole;
}

/* A kernel without such a list has no such code. */
static void read_list(struct kernel *kernel, struct made_codes *codes, const struct made_list *list)
{
	const struct member *pages = NULL;
	struct error why = { 0 };
	uint64_t head;
	bool read;

	if (kernel_has_symbol(kernel, list->head) == NO)
		return;
	read = kernel_symbol(kernel, list->head, &head, &why);
	if (read && list->pages) {
		pages = kernel_member_as(kernel, list->pages, MEMBER_LINKS, &why);
		read = pages;
		head += pages ? pages->offset : 0;
	}
	if ((!read || !made_code_follow(kernel, codes, list, head, &why)) && !codes->missing.code)
		codes->missing = why;
}

/* Leaves out code that begins inside other code: one of both entries is damaged. */
static void keep_disjoint(struct made_codes *codes)
{
	size_t kept = 0;

	for (size_t i = 0; i < codes->nr; i++) {
		const struct made_code *code = &codes->code[i];

		if (!kept || code->first > codes->code[kept - 1].last)
			codes->code[kept++] = *code;
		else
			fail(&codes->missing, ERROR_FORMAT,
			     "the code made at run time at %" PRIx64
			     " is listed twice, as %s and as %s",
			     code->first, codes->code[kept - 1].name, code->name);
	}
	codes->nr = kept;
}

static bool made_code_learn(struct kernel *kernel, void *state, struct error *err)
{
	struct made_codes *codes = state;

	(void)err;
	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++)
		read_list(kernel, codes, &lists[i]);
	if (codes->nr)
		qsort(codes->code, codes->nr, sizeof(*codes->code), ranges_compare);
	keep_disjoint(codes);
	return true;
}

static const struct state_type state_made_codes = {
	.size = sizeof(struct made_codes),
	.learn = made_code_learn,
	.release = state_free_list,
};

/* --- look-ups --- */

static void made_code_give(const struct made_code *code, struct kernel_symbol *symbol)
{
	*symbol = (struct kernel_symbol){
		.name = code->name,
		.address = code->first,
		.size = code->last - code->first + 1,
		.origin = SYMBOL_OF_LISTS,
		.module = code->module,
		.type = 't',
	};
}

/* The names are from bpf_prog_ksym_set_name() in kernel/bpf/core.c, bpf_image_ksym_add() in trampoline.c
 * and dispatcher.c, and bpf_struct_ops_image_alloc(). Functions of the kernel also begin with
 * "bpf_prog_", but no tag follows. */
static bool may_be_made(const char *name)
{
	const char *rest = after_start(name, "bpf_prog_");

	if (rest)
		return strspn(rest, "0123456789abcdef") == 16 && (!rest[16] || rest[16] == '_');
	if ((rest = after_start(name, "bpf_trampoline_")))
		return isdigit((unsigned char)*rest);
	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++)
		if (lists[i].name && !strcmp(name, lists[i].name))
			return true;
	return starts_with(name, "bpf_dispatcher_") || starts_with(name, "bpf__");
}

/* Can a search find such code? A look-up of any other name does not read the lists. */
static bool may_find(const char *name, const char *module)
{
	for (size_t i = 0; module && i < sizeof(lists) / sizeof(*lists); i++)
		if (!strcmp(module, lists[i].module))
			module = NULL;
	return !module && (!name || may_be_made(name));
}

static bool made_code_each(struct kernel *kernel, const char *name, const char *part,
			   const char *module,
			   bool (*visit)(const struct kernel_symbol *symbol, void *arg), void *arg)
{
	const struct made_codes *codes;
	struct kernel_symbol symbol;

	if (!may_find(name, module))
		return true;
	codes = kernel_learnt(kernel, &state_made_codes, NULL);
	for (size_t i = 0; codes && i < codes->nr; i++) {
		const struct made_code *code = &codes->code[i];

		if ((name && strcmp(code->name, name)) || (part && !strstr(code->name, part)) ||
		    (module && strcmp(code->module, module)))
			continue;
		made_code_give(code, &symbol);
		if (kernel_stopped(kernel) || !visit(&symbol, arg))
			return false;
	}
	if (codes && codes->missing.code == ERROR_FORMAT && (name || part))
		*kernel->excess = codes->missing;
	return true;
}

static bool made_code_take(const struct kernel_symbol *symbol, void *arg)
{
	*(struct kernel_symbol *)arg = *symbol;
	return false;
}

static bool made_code_find(struct kernel *kernel, const char *name, struct kernel_symbol *symbol,
			   struct error *err)
{
	(void)err;
	return !made_code_each(kernel, name, NULL, NULL, made_code_take, symbol) &&
	       !kernel_stopped(kernel);
}

static bool made_code_at(struct kernel *kernel, uint64_t address, struct kernel_symbol *symbol,
			 struct error *err)
{
	const struct region *region = region_of(kernel, address, NULL);
	const struct made_codes *codes;
	size_t at;

	(void)err;
	if (!region || !region_has_areas(region) ||
	    !(codes = kernel_learnt(kernel, &state_made_codes, NULL)))
		return false;
	at = RANGES_SEARCH(codes->code, codes->nr, address);
	if (at == codes->nr || codes->code[at].first > address)
		return false;
	made_code_give(&codes->code[at], symbol);
	return true;
}

const struct symbol_provider made_code_symbols = {
	.find = made_code_find,
	.at = made_code_at,
	.each = made_code_each,
};

bool made_code_is_unsure(struct kernel *kernel, const char *name, struct error *why)
{
	const struct made_codes *codes;

	if (!may_be_made(name))
		return false;
	codes = kernel_learnt(kernel, &state_made_codes, NULL);
	if (codes && !codes->missing.code)
		return false;
	fail(why, ERROR_UNKNOWN,
	     "%s is code that a kernel made at run time, and the lists of such code cannot be read: %s",
	     name, codes ? codes->missing.message : "interrupted");
	return true;
}
