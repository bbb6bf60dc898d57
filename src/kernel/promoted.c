/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "kernel/promoted.h"

#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/sort.h"
#include "kernel/kernel.h"
#include "kernel/state.h"
#include "symbols/kallsyms.h"
#include "symbols/symbols.h"
#include "debuginfo/vmlinux.h"

static const char suffix[] = ".llvm.";

struct promoted {
	/* Owned; sorted by name. The names are borrowed from the kernel. */
	struct kernel_symbol *symbol;
	size_t nr, room;
	bool own; /* they are of vmlinux, with link-time addresses; false: of kallsyms */
};

static bool add_promoted(const struct kernel_symbol *symbol, void *arg)
{
	struct promoted *promoted = arg;
	const char *number = strstr(symbol->name, suffix) + strlen(suffix);

	return !*number || number[strspn(number, "0123456789")] ||
	       array_add(&promoted->symbol, &promoted->nr, &promoted->room, symbol,
			 sizeof(*symbol));
}

static int promoted_compare(const void *one, const void *two)
{
	const struct kernel_symbol *left = one, *right = two;

	return strcmp(left->name, right->name);
}

/* The banner names the compiler. The search for the suffix reads all names, which are megabytes. */
static bool vmlinux_may_have_promoted(const struct kernel *kernel)
{
	uint64_t address;
	const char *banner = vmlinux_banner(kernel->vmlinux, &address);

	return (!banner || strstr(banner, "clang")) &&
	       symbols_mention(kernel->vmlinux->symbols, suffix);
}

static bool promoted_learn(struct kernel *kernel, void *state, struct error *err)
{
	struct promoted *promoted = state;
	struct kallsyms *kallsyms;

	(void)err;
	promoted->own = kernel_has_own_symbols(kernel);
	if (promoted->own && vmlinux_may_have_promoted(kernel))
		symbols_each(kernel->vmlinux->symbols, NULL, suffix, add_promoted, promoted);
	else if (!promoted->own && (kallsyms = kernel_kallsyms(kernel, NULL)))
		kallsyms_each(kallsyms, NULL, suffix, add_promoted, promoted);
	return sort_items(promoted->symbol, promoted->nr, sizeof(*promoted->symbol),
			  promoted_compare, kernel->listener);
}

static const struct state_type state_promoted = {
	.size = sizeof(struct promoted),
	.learn = promoted_learn,
	.release = state_free_list,
};

void promoted_each(struct kernel *kernel, const char *name,
		   bool (*visit)(const struct kernel_symbol *symbol, void *arg), void *arg)
{
	const struct promoted *promoted = kernel_learnt(kernel, &state_promoted, NULL);
	char start[512];
	size_t length = (size_t)snprintf(start, sizeof(start), "%s%s", name, suffix), first;

	if (!promoted || promoted->own != kernel_has_own_symbols(kernel) || length >= sizeof(start))
		return;
	first = ARRAY_SEARCH(at, 0, promoted->nr, strcmp(promoted->symbol[at].name, start) < 0);
	for (size_t i = first; i < promoted->nr; i++)
		if (strncmp(promoted->symbol[i].name, start, length) ||
		    !visit(&promoted->symbol[i], arg))
			return;
}

struct only_promoted {
	struct kernel_symbol *symbol;
	size_t nr;
};

static bool count_promoted(const struct kernel_symbol *symbol, void *arg)
{
	struct only_promoted *only = arg;

	*only->symbol = *symbol;
	return ++only->nr < 2;
}

bool promoted_find(struct kernel *kernel, const char *name, struct kernel_symbol *symbol)
{
	struct only_promoted only = { .symbol = symbol };

	promoted_each(kernel, name, count_promoted, &only);
	return only.nr == 1;
}
