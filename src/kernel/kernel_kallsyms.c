/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds the symbol table that the dumped kernel carries, and proves it. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/arch.h"
#include "kernel/kallsyms_place.h"
#include "kernel/kernel.h"
#include "kernel/view.h"

/*
 * A page table to read the image with: any CPU's maps it. The kernel's own may
 * just be being looked for, with the help of symbols.
 */
static bool image_space(struct kernel *kernel, struct space *space,
			struct error *err)
{
	const struct space *own = NULL;

	if (!kernel->has_space && kernel_any_space(kernel, space))
		return true;
	if (kernel->has_space || kernel->facts[FACT_ROOT].status != FACT_BUSY)
		own = kernel_space(kernel, err);
	if (own)
		*space = *own;
	return own || fail(err, ERROR_UNKNOWN,
			   "no page table is known to read the kernel's image with");
}

/* --- proof --- */

static bool banner_stands_there(const struct space *space,
				struct kallsyms *kallsyms, bool *has_banner)
{
	static const char start[] = "Linux version ";
	struct kallsyms_symbol banner;
	char text[sizeof(start) - 1];

	*has_banner = kallsyms_find(kallsyms, "linux_banner", &banner);
	return *has_banner &&
	       space_read(space, banner.address, text, sizeof(text), NULL) &&
	       !memcmp(text, start, sizeof(text));
}

/* Does a function stand where the note or a CPU says? */
static bool function_stands_there(struct kernel *kernel,
				  const struct space *space,
				  struct kallsyms *kallsyms)
{
	struct kallsyms_symbol function;
	const char *names[2];
	uint64_t address;

	if (vmcoreinfo_symbol(&kernel->note, "_stext", &address))
		return kallsyms_find(kallsyms, "_stext", &function) &&
		       function.address == address;
	return kernel->arch->known_function(kernel, space, names, &address) &&
	       (kallsyms_find(kallsyms, names[0], &function) ||
		kallsyms_find(kallsyms, names[1], &function)) &&
	       function.address == address;
}

/* A table without CONFIG_KALLSYMS_ALL names only functions. */
static bool proved(struct kernel *kernel, const struct space *space,
		   struct kallsyms *kallsyms)
{
	bool has_banner;

	return banner_stands_there(space, kallsyms, &has_banner) ||
	       (!has_banner && function_stands_there(kernel, space, kallsyms));
}

/* --- opening --- */

struct attempt {
	struct kernel *kernel;
	const struct space *space;
	struct error *err;
};

static bool open_views(const struct attempt *attempt,
		       const struct kallsyms_place *place,
		       struct kallsyms_tables *tables)
{
	unsigned int pointer = kernel_pointer_size(attempt->kernel);
	uint64_t width = place->encoding == KALLSYMS_ABSOLUTE ? pointer : 4;
	uint64_t before_index = place->token_index - place->tokens;

	*tables = (struct kallsyms_tables){
		.nr = place->nr,
		.encoding = place->encoding,
		.values_address = place->values,
		.base = place->base,
		.address_mask = attempt->kernel->arch->address_mask,
		.pointer_size = (uint8_t)pointer,
	};
	if (place->nr == 0 || place->nr > MOST_KALLSYMS)
		return fail(attempt->err, ERROR_FORMAT,
			    "kallsyms: %" PRIu32 " symbols cannot be",
			    place->nr);
	if (!view_open(&tables->names, attempt->space, place->names,
		       place->tokens - place->names, attempt->err) ||
	    !view_open(&tables->values, attempt->space, place->values,
		       place->nr * width, attempt->err) ||
	    !view_open(&tables->tokens, attempt->space, place->tokens,
		       before_index + KALLSYMS_INDEX_SIZE, attempt->err))
		return false;
	tables->token_index = tables->tokens.bytes.data + before_index;
	return true;
}

static bool try_place(const struct kallsyms_place *place, void *arg)
{
	const struct attempt *attempt = arg;
	struct kallsyms_tables tables;
	struct kallsyms *kallsyms;

	if (!open_views(attempt, place, &tables)) {
		view_close(&tables.names);
		view_close(&tables.values);
		view_close(&tables.tokens);
		return false;
	}
	kallsyms = kallsyms_create(&tables, attempt->err);
	if (kallsyms && proved(attempt->kernel, attempt->space, kallsyms)) {
		attempt->kernel->dump_symbols.kallsyms = kallsyms;
		return true;
	}
	if (kallsyms)
		fail(attempt->err, ERROR_FORMAT,
		     "kallsyms: what its symbols name does not stand there");
	kallsyms_destroy(kallsyms);
	return false;
}

/* --- by the note --- */

/* The keys came with 6.0 (5fd8fea935a1). */
static bool place_in_note(struct kernel *kernel, struct kallsyms_place *place,
			  uint64_t *nr_at)
{
	const struct vmcoreinfo *note = &kernel->note;

	return vmcoreinfo_symbol(note, "kallsyms_num_syms", nr_at) &&
	       vmcoreinfo_symbol(note, "kallsyms_names", &place->names) &&
	       vmcoreinfo_symbol(note, "kallsyms_token_table",
				 &place->tokens) &&
	       vmcoreinfo_symbol(note, "kallsyms_token_index",
				 &place->token_index);
}

static bool try_encoding(struct attempt *attempt, struct kallsyms_place *place,
			 enum kallsyms_encoding encoding)
{
	place->encoding = encoding;
	return try_place(place, attempt);
}

static bool try_values_of_note(struct attempt *attempt,
			       struct kallsyms_place *place)
{
	const struct vmcoreinfo *note = &attempt->kernel->note;
	size_t pointer = kernel_pointer_size(attempt->kernel);
	uint64_t base_at;
	uint8_t base[8];

	if (vmcoreinfo_symbol(note, "kallsyms_addresses", &place->values))
		return try_encoding(attempt, place, KALLSYMS_ABSOLUTE);
	if (!vmcoreinfo_symbol(note, "kallsyms_offsets", &place->values))
		return fail(attempt->err, ERROR_UNKNOWN,
			    "VMCOREINFO names neither kallsyms_offsets nor kallsyms_addresses");
	/* Without it: 7.0, or i386 that is not relocatable. */
	if (!vmcoreinfo_symbol(note, "kallsyms_relative_base", &base_at))
		return try_encoding(attempt, place, KALLSYMS_PLACE) ||
		       try_encoding(attempt, place, KALLSYMS_RELATIVE);
	if (!space_read(attempt->space, base_at, base, pointer, attempt->err))
		return false;
	place->base = load_le(base, pointer);
	return try_encoding(attempt, place, KALLSYMS_PERCPU) ||
	       try_encoding(attempt, place, KALLSYMS_RELATIVE);
}

static bool open_by_note(struct attempt *attempt)
{
	struct kallsyms_place place = { 0 };
	uint64_t nr_at;
	uint8_t nr[4];

	if (!place_in_note(attempt->kernel, &place, &nr_at))
		return fail(attempt->err, ERROR_UNKNOWN,
			    "VMCOREINFO does not say where kallsyms lies");
	if (!space_read(attempt->space, nr_at, nr, sizeof(nr), attempt->err))
		return false;
	place.nr = load_le32(nr);
	return try_values_of_note(attempt, &place);
}

/* --- by searching the image --- */

static bool open_by_search(struct attempt *attempt)
{
	struct kernel *kernel = attempt->kernel;
	uint64_t vaddr, last, start, size;
	bool found = false;
	struct view view;

	if (!kernel->arch->image_range(kernel, attempt->space, &vaddr, &last))
		return fail(attempt->err, ERROR_UNKNOWN,
			    "where the kernel's image lies is not known");
	fail(attempt->err, ERROR_UNKNOWN,
	     "it was not found in the kernel's image");
	while (!found && view_next_run(attempt->space, &vaddr, last, &start,
					&size)) {
		if (!view_open(&view, attempt->space, start, size, NULL))
			continue;
		found = kallsyms_search(view.bytes, start,
					kernel_pointer_size(kernel), try_place,
					attempt);
		view_close(&view);
	}
	return found;
}

struct kallsyms *kernel_kallsyms(struct kernel *kernel, struct error *err)
{
	struct dump_symbols *symbols = &kernel->dump_symbols;
	struct space space;
	struct attempt attempt = { kernel, &space, &symbols->why_not };

	/* Reading the image may ask facts that ask for symbols. */
	if (!symbols->tried && !symbols->busy) {
		symbols->busy = true;
		if (image_space(kernel, &space, &symbols->why_not)) {
			symbols->tried = true;
			symbols->source = "VMCOREINFO";
			if (!open_by_note(&attempt) &&
			    open_by_search(&attempt))
				symbols->source = "found in the kernel's image";
		}
		symbols->busy = false;
	}
	if (!symbols->kallsyms)
		fail(err, ERROR_UNKNOWN, "%s", symbols->why_not.message);
	return symbols->kallsyms;
}
