/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "kernel/kernel_symbols.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/sort.h"
#include "kernel/kernel.h"
#include "kernel/state.h"
#include "symbols/kallsyms.h"
#include "symbols/symbols.h"
#include "debuginfo/vmlinux.h"
#include "base/text.h"
#include "kernel/vmcoreinfo.h"
#include "kernel/arch.h"
#include "symbols/symbol_lookup.h"

/* --- promoted symbols --- */

/* Symbols that clang's ThinLTO promoted. A static function or variable that another unit uses
 * becomes global, and its name gets the suffix .llvm.NUMBER (getPromotedNameForStatic() in LLVM).
 * Users know the plain name, and some kernels print it in an oops (cleanup_symbol_name() in
 * kernel/kallsyms.c). Other suffixes are not left out: foo.part.0 and foo.cold are other functions
 * than foo. */

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

/* Calls visit for each symbol of the image with the name NAME.llvm.NUMBER, until visit returns false. Symbols
 * of vmlinux have link-time addresses. The first call reads all names. */
static void promoted_each(struct kernel *kernel, const char *name,
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

/* Finds the only such symbol. Returns false if there are none or several. */
static bool promoted_find(struct kernel *kernel, const char *name, struct kernel_symbol *symbol)
{
	struct only_promoted only = { .symbol = symbol };

	promoted_each(kernel, name, count_promoted, &only);
	return only.nr == 1;
}

/* May the symbols of vmlinux be used? If vmlinux belongs to another kernel, the user must have
 * accepted its symbols. */
static bool may_use_symbols(const struct kernel *kernel)
{
	return kernel_has_own_symbols(kernel) ||
	       (kernel_vmlinux_has_symbols(kernel) && kernel_accepts_foreign(kernel));
}

bool kernel_linked_symbol(const struct kernel *kernel, const char *name,
			  struct kernel_symbol *symbol)
{
	return kernel_vmlinux_has_symbols(kernel) &&
	       symbols_find(kernel->vmlinux->symbols, name, symbol);
}

/* Does KASLR move this symbol of vmlinux? The image moves, and numbers do not: an absolute symbol is a
 * number, unless it lies in the image, as _end does in old kernels (S_REL in
 * arch/x86/tools/relocs.c). */
static bool kaslr_moves(const struct kernel *kernel, const struct kernel_symbol *symbol)
{
	struct kernel_symbol first, end;

	if (!kernel->arch->relocated(symbol->address, symbol->section))
		return false;
	return symbol->section != SHN_ABS || !kernel_linked_symbol(kernel, "_text", &first) ||
	       !kernel_linked_symbol(kernel, "_end", &end) ||
	       (symbol->address >= first.address && symbol->address <= end.address);
}

/* A symbol that did not move keeps its address, and no other one moved there. */
uint64_t kernel_linked_address(struct kernel *kernel, const struct kernel_symbol *symbol)
{
	struct kernel_symbol linked = *symbol;
	uint64_t offset = 0;

	if (kernel_fact(kernel, FACT_KASLR_OFFSET, &offset))
		linked.address = (symbol->address - offset) & kernel->arch->address_mask;
	return kaslr_moves(kernel, &linked) ? linked.address : symbol->address;
}

/* Changes a symbol of vmlinux from the link-time address to the run-time address. Returns false if
 * the run-time address is unknown. */
static bool relocate(struct kernel *kernel, struct kernel_symbol *symbol)
{
	uint64_t offset = 0;

	if (kaslr_moves(kernel, symbol) && !kernel_fact(kernel, FACT_KASLR_OFFSET, &offset))
		return false;
	symbol->address = (symbol->address + offset) & kernel->arch->address_mask;
	symbol->type = symbols_type(kernel->vmlinux->symbols, symbol);
	return true;
}

/* Finds a promoted symbol. Kernels lack many of the names that kernel_symbol() looks up, so kallsyms,
 * whose names are compressed, is searched only by kernel_image_symbols(). */
static bool find_promoted(struct kernel *kernel, const char *name, struct kernel_symbol *symbol)
{
	return kernel_has_own_symbols(kernel) && promoted_find(kernel, name, symbol) &&
	       relocate(kernel, symbol);
}

static bool kernel_symbols_find_in_vmlinux(struct kernel *kernel, const char *name,
					   struct kernel_symbol *found)
{
	return kernel_linked_symbol(kernel, name, found) ? relocate(kernel, found) :
							   find_promoted(kernel, name, found);
}

static bool find_in_kallsyms(struct kernel *kernel, const char *name, struct kernel_symbol *found)
{
	struct kallsyms *kallsyms = kernel_kallsyms(kernel, NULL);

	return kallsyms && kallsyms_find(kallsyms, name, found);
}

/* Is the value of SYMBOL(name) in the note the address of a symbol? For a few names, the note
 * contains the value of a pointer variable instead of the address of the variable
 * (VMCOREINFO_SYMBOL_ARRAY): vmemmap, and mem_section with SPARSEMEM_EXTREME since 4.15
 * (a0b1280368d1). On x86-64 such a value is outside the image. i386 has no such names, because it
 * selects SPARSEMEM_STATIC. */
static bool is_in_image(const struct kernel *kernel, uint64_t address)
{
	return !kernel->arch || kernel->arch->relocated(address, SHN_UNDEF);
}

/* The names of the note's symbols that were found. The note has no NUL after a name. */
struct note_names {
	struct note_name {
		struct note_name *next;
		char name[];
	} * first; /* owned */
};

static void note_names_release(void *state)
{
	struct note_names *names = state;

	for (struct note_name *name = names->first, *next; name; name = next) {
		next = name->next;
		free(name);
	}
}

/* Returns a copy of the name, which is valid as long as the kernel, or NULL if memory runs out. */
static const char *keep_note_name(const struct kernel *kernel, const char *name)
{
	static const struct state_type type = { sizeof(struct note_names),
						.release = note_names_release };
	struct note_names *names = kernel_state(kernel, &type);
	size_t size = strlen(name) + 1;
	struct note_name *kept = names ? names->first : NULL;

	while (kept && strcmp(kept->name, name))
		kept = kept->next;
	if (kept || !names || !(kept = malloc(sizeof(*kept) + size)))
		return kept ? kept->name : NULL;
	memcpy(kept->name, name, size);
	kept->next = names->first;
	names->first = kept;
	return kept->name;
}

static bool find_in_note(struct kernel *kernel, const char *name, struct kernel_symbol *found)
{
	*found = (struct kernel_symbol){ .origin = SYMBOL_OF_NOTE };
	if (!vmcoreinfo_symbol(kernel->note, name, &found->address) ||
	    !is_in_image(kernel, found->address))
		return false;
	found->name = keep_note_name(kernel, name);
	return found->name;
}

/* Returns the reason why symbols of vmlinux cannot be used. If there is a vmlinux, the reason is
 * written after its path. */
static const char *vmlinux_state(const struct kernel *kernel)
{
	if (!kernel->vmlinux)
		return kernel->no_vmlinux;
	return kernel_vmlinux_has_symbols(kernel) ? " is of another kernel" : " has no symbols";
}

bool kernel_has_symbols(struct kernel *kernel, struct error *err)
{
	struct error why;

	return may_use_symbols(kernel) || kernel_kallsyms(kernel, &why) ||
	       fail(err, ERROR_UNKNOWN,
		    "no symbols are known: %s%s, and kallsyms cannot be read: %s",
		    kernel->vmlinux ? kernel->vmlinux->file.path : "", vmlinux_state(kernel),
		    why.message);
}

/* Adds to err a hint: the option -o that accepts the symbols of another kernel's vmlinux. */
static void hint_at_insisting(struct kernel *kernel, const char *name, struct error *err)
{
	struct kernel_symbol linked;
	uint64_t offset;

	/* There is no hint if the offset is impossible for an image, which can happen with the file
	 * of another build. */
	if (kernel_linked_symbol(kernel, name, &linked) &&
	    kernel_fact(kernel, FACT_KASLR_OFFSET, &offset) &&
	    offset == kernel_page_first(kernel, offset))
		text_append(err->message, sizeof(err->message),
			    "; to use this vmlinux nevertheless, set -o kaslr_offset=%" PRIx64,
			    offset);
}

/* Every kernel has the variable init_task. If kallsyms does not contain it, kallsyms contains no
 * variables. */
bool kernel_lacks_variables(struct kernel *kernel)
{
	struct kallsyms *kallsyms =
		kernel_has_own_symbols(kernel) ? NULL : kernel_kallsyms(kernel, NULL);
	struct kernel_symbol found;

	return kallsyms && !kallsyms_find(kallsyms, "init_task", &found);
}

static bool no_such_symbol(struct kernel *kernel, const char *name, struct error *err)
{
	const char *path = kernel->vmlinux ? kernel->vmlinux->file.path : "";
	struct kernel_symbol linked;
	struct error why;
	uint64_t offset;

	if (!err)
		return false;
	if (kernel_stopped(kernel))
		return fail(err, ERROR_INTERRUPTED, "interrupted");
	if (kernel_has_own_symbols(kernel) && kernel_linked_symbol(kernel, name, &linked) &&
	    !kernel_require(kernel, FACT_KASLR_OFFSET, &offset, &why))
		return fail(err, ERROR_UNKNOWN,
			    "the run-time address of \"%s\" in %s is not known: %s", name, path,
			    why.message);
	if (kernel_has_own_symbols(kernel))
		return fail(err, ERROR_UNKNOWN, "no symbol \"%s\" in %s", name, path);
	if (kernel_lacks_variables(kernel))
		return fail(
			err, ERROR_UNKNOWN,
			"no symbol \"%s\" in the dump's kallsyms, which has only functions (the kernel is without CONFIG_KALLSYMS_ALL); give a vmlinux, which also has variables",
			name);
	if (kernel_kallsyms(kernel, &why))
		return kernel_names_lack(kernel, name, &why) ?
			       fail(err, ERROR_UNKNOWN, "no symbol \"%s\" in the dump's kallsyms",
				    name) :
			       fail(err, ERROR_UNKNOWN,
				    "no symbol \"%s\" was found, but kallsyms is damaged: %s", name,
				    why.message);
	fail(err, ERROR_UNKNOWN,
	     "no symbol \"%s\": %s%s, VMCOREINFO does not name it, and kallsyms cannot be read: %s",
	     name, path, vmlinux_state(kernel), why.message);
	hint_at_insisting(kernel, name, err);
	return false;
}

/* If vmlinux matches, kallsyms is not searched, because vmlinux contains all symbols of kallsyms.
 * The note is searched last, because it contains only the addresses of symbols. */
bool kernel_image_symbol(struct kernel *kernel, const char *name, struct kernel_symbol *symbol,
			 struct error *err)
{
	bool own = kernel_has_own_symbols(kernel);
	bool complete = own && kernel->identity->match == VMLINUX_MATCHES;

	return (own && kernel_symbols_find_in_vmlinux(kernel, name, symbol)) ||
	       (!complete && find_in_kallsyms(kernel, name, symbol)) ||
	       find_in_note(kernel, name, symbol) || no_such_symbol(kernel, name, err);
}

bool kernel_symbol_foreign(struct kernel *kernel, const char *name, struct kernel_symbol *symbol)
{
	if (kernel_has_own_symbols(kernel) || !may_use_symbols(kernel) ||
	    !kernel_symbols_find_in_vmlinux(kernel, name, symbol))
		return false;
	kernel_note_foreign(kernel, RESTS_ON_SYMBOLS);
	return true;
}

struct kernel_symbols_visit {
	struct kernel *kernel;
	bool (*visit)(const struct kernel_symbol *symbol, void *arg);
	void *arg;
	bool any; /* visit() was called */
	bool ended; /* visit() returned false, or the listener stopped the work */
};

static bool visit_found(const struct kernel_symbol *found, void *arg)
{
	struct kernel_symbols_visit *each = arg;

	each->any = true;
	each->ended = kernel_stopped(each->kernel) || !each->visit(found, each->arg);
	return !each->ended;
}

static bool visit_vmlinux(const struct kernel_symbol *symbol, void *arg)
{
	struct kernel_symbols_visit *each = arg;
	struct kernel_symbol found = *symbol;

	return !relocate(each->kernel, &found) || visit_found(&found, each);
}

static void visit_foreign(struct kernel_symbols_visit *each, const char *part)
{
	kernel_note_foreign(each->kernel, RESTS_ON_SYMBOLS);
	symbols_each(each->kernel->vmlinux->symbols, NULL, part, visit_vmlinux, each);
}

bool kernel_image_symbols(struct kernel *kernel, const char *name, const char *part,
			  const char *module,
			  bool (*visit)(const struct kernel_symbol *symbol, void *arg), void *arg)
{
	struct kernel_symbols_visit each = { .kernel = kernel, .visit = visit, .arg = arg };
	struct kallsyms *kallsyms =
		kernel_has_own_symbols(kernel) ? NULL : kernel_kallsyms(kernel, NULL);
	struct kernel_symbol found;

	if (module && strcmp(module, "vmlinux"))
		return true;
	if (kernel_has_own_symbols(kernel))
		symbols_each(kernel->vmlinux->symbols, name, part, visit_vmlinux, &each);
	else if (kallsyms)
		kallsyms_each(kallsyms, name, part, visit_found, &each);
	else if (name && find_in_note(kernel, name, &found))
		visit_found(&found, &each);
	else if (!name && may_use_symbols(kernel))
		visit_foreign(&each, part);
	if (name && !each.any)
		promoted_each(kernel, name,
			      kernel_has_own_symbols(kernel) ? visit_vmlinux : visit_found, &each);
	return !each.ended;
}

const char *kernel_symbol_advice(struct kernel *kernel, const char *name, struct error *why)
{
	uint64_t address;

	if (!kernel->vmlinux || kernel_symbol(kernel, name, &address, why))
		return "a vmlinux would show it";
	return why->message;
}

const char *kernel_symbol_file(struct kernel *kernel, const struct kernel_symbol *symbol)
{
	if (symbol->module || !symbol->nr || !kernel_vmlinux_has_symbols(kernel))
		return NULL;
	return symbols_file(kernel->vmlinux->symbols, symbol);
}

static bool give_address(const struct kernel_symbol *symbol, uint64_t *address)
{
	*address = symbol->address;
	return true;
}

bool kernel_symbol(struct kernel *kernel, const char *name, uint64_t *address, struct error *err)
{
	struct kernel_symbol symbol;

	return kernel_image_symbol(kernel, name, &symbol, err) && give_address(&symbol, address);
}

bool kernel_read_variable(struct kernel *kernel, const char *name, uint64_t *value)
{
	uint64_t address;

	return kernel_symbol(kernel, name, &address, NULL) &&
	       kernel_read_pointer(kernel, address, value, NULL);
}

bool kernel_vmlinux_symbol(struct kernel *kernel, const char *name, uint64_t *address)
{
	struct kernel_symbol symbol;

	return kernel_symbols_find_in_vmlinux(kernel, name, &symbol) &&
	       give_address(&symbol, address);
}

bool kernel_dump_symbol(struct kernel *kernel, const char *name, uint64_t *address)
{
	struct kernel_symbol symbol;

	return find_in_kallsyms(kernel, name, &symbol) && give_address(&symbol, address);
}

enum certainty kernel_has_symbol(struct kernel *kernel, const char *name)
{
	struct kallsyms *kallsyms;
	struct kernel_symbol found;
	struct kernel_symbol symbol;

	if (kernel_has_own_symbols(kernel))
		return kernel_linked_symbol(kernel, name, &symbol) ||
				       find_promoted(kernel, name, &symbol) ?
			       YES :
			       NO;
	kallsyms = kernel_kallsyms(kernel, NULL);
	if (!kallsyms)
		return UNSURE;
	if (kallsyms_find(kallsyms, name, &found))
		return YES;
	return kernel_lacks_variables(kernel) || kallsyms_doubt(kallsyms) ||
			       !kernel_names_lack(kernel, name, NULL) ?
		       UNSURE :
		       NO;
}

const char *kernel_symbols_doubt(struct kernel *kernel)
{
	const struct kallsyms *kallsyms =
		kernel_has_own_symbols(kernel) ? NULL : kernel_kallsyms(kernel, NULL);

	return kallsyms ? kallsyms_doubt(kallsyms) : NULL;
}

/* Finds the symbol that contains address. The last symbol of a section may be a label without a
 * known end. Such a symbol does not contain addresses beyond the section. */
static bool covering_symbol(const struct vmlinux *vmlinux, uint64_t address,
			    struct kernel_symbol *symbol)
{
	return symbols_at(vmlinux->symbols, address, symbol) &&
	       (address == symbol->address || vmlinux_covers(vmlinux, address));
}

static bool vmlinux_symbol_at(struct kernel *kernel, uint64_t address, struct kernel_symbol *found,
			      struct error *err)
{
	uint64_t offset;

	if (!kernel_require(kernel, FACT_KASLR_OFFSET, &offset, err))
		return false;
	address = (address - offset) & kernel->arch->address_mask;
	if ((!covering_symbol(kernel->vmlinux, address, found) &&
	     (!symbols_before(kernel->vmlinux->symbols, address, found) ||
	      !vmlinux_same_section(kernel->vmlinux, found->address, address))) ||
	    !kaslr_moves(kernel, found))
		return fail(err, ERROR_NO_ANSWER, "no symbol of %s covers this address",
			    kernel->vmlinux->file.path);
	return relocate(kernel, found);
}

static bool kallsyms_symbol_at(struct kernel *kernel, uint64_t address, struct kernel_symbol *found,
			       struct error *err)
{
	struct kallsyms *kallsyms = kernel_kallsyms(kernel, err);

	return kallsyms &&
	       (kallsyms_at(kallsyms, address, found) ||
		fail(err, ERROR_NO_ANSWER, "no symbol of the dump's kallsyms covers this address"));
}

/* If vmlinux belongs to the kernel, kallsyms is not searched, because only vmlinux contains the
 * sizes of symbols. */
bool kernel_image_symbol_at(struct kernel *kernel, uint64_t address, struct kernel_symbol *found,
			    struct error *err)
{
	if (kernel_has_own_symbols(kernel))
		return vmlinux_symbol_at(kernel, address, found, err);
	if (kallsyms_symbol_at(kernel, address, found, err))
		return true;
	if (!kernel_has_symbols(kernel, err) || !may_use_symbols(kernel) ||
	    kernel_kallsyms(kernel, NULL) || !vmlinux_symbol_at(kernel, address, found, err))
		return false;
	kernel_note_foreign(kernel, RESTS_ON_SYMBOLS);
	return true;
}

static uint64_t image_symbol_room(struct kernel *kernel, const struct kernel_symbol *symbol)
{
	struct kallsyms *kallsyms;

	/* Per-CPU and absolute symbols have no place among the others. */
	if (!is_in_image(kernel, symbol->address))
		return 0;
	switch (symbol->origin) {
	case SYMBOL_OF_VMLINUX:
	case SYMBOL_OF_SYSTEM_MAP:
		return symbols_room(kernel->vmlinux->symbols,
				    kernel_linked_address(kernel, symbol));
	case SYMBOL_OF_KALLSYMS:
		kallsyms = kernel_kallsyms(kernel, NULL);
		return kallsyms ? kallsyms_room(kallsyms, symbol->address) : 0;
	default: return 0;
	}
}

const struct symbol_provider kernel_image_provider = {
	.find = kernel_image_symbol,
	.at = kernel_image_symbol_at,
	.each = kernel_image_symbols,
	.room = image_symbol_room,
};

void kernel_symbols_complete(struct kernel *kernel, const char *prefix,
			     bool (*visit)(const char *name, void *arg), void *arg)
{
	struct kallsyms *kallsyms =
		kernel_has_own_symbols(kernel) ? NULL : kernel_kallsyms(kernel, NULL);

	if (kallsyms)
		kallsyms_complete(kallsyms, prefix, visit, arg);
	else if (may_use_symbols(kernel))
		symbols_complete(kernel->vmlinux->symbols, prefix, visit, arg);
}
