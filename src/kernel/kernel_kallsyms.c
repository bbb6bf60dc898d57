/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Finds and verifies kallsyms, the symbol table in the memory of the dumped kernel. */
#include <inttypes.h>
#include <string.h>

#include "kernel/view.h"
#include "kernel/vmcoreinfo.h"
#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "symbols/kallsyms.h"

/* The kernel's own table may not be known yet, because the search for it may need the symbols of
 * kallsyms. */
bool kernel_kallsyms_space(struct kernel *kernel, struct space *space, struct error *err)
{
	const struct space *own = NULL;

	if (!kernel_has_space(kernel) && kernel_any_space(kernel, space))
		return true;
	if (kernel_has_space(kernel) || !kernel_fact_busy(kernel, FACT_ROOT))
		own = kernel_space(kernel, err);
	if (own)
		*space = *own;
	return own || fail(err, ERROR_UNKNOWN, "no known page table maps the kernel's image");
}

/* --- verification --- */

/* Compares the address that kallsyms has for a function with its address in the note or in a CPU's
 * state. */
static bool function_matches(struct kernel *kernel, const struct space *space,
			     struct kallsyms *kallsyms)
{
	struct kernel_symbol function;
	const char *names[2];
	uint64_t address;

	if (vmcoreinfo_symbol(kernel->note, "_stext", &address))
		return kallsyms_find(kallsyms, "_stext", &function) && function.address == address;
	return kernel->arch->known_function(kernel, space, names, &address) &&
	       (kallsyms_find(kallsyms, names[0], &function) ||
		kallsyms_find(kallsyms, names[1], &function)) &&
	       function.address == address;
}

static bool proved(struct kernel *kernel, const struct space *space, struct kallsyms *kallsyms)
{
	static const char start[] = "Linux version ";
	struct kernel_symbol banner;
	char text[sizeof(start) - 1];

	/* Without CONFIG_KALLSYMS_ALL, kallsyms contains only functions, so it lacks
	 * linux_banner. */
	if (!kallsyms_find(kallsyms, "linux_banner", &banner))
		return function_matches(kernel, space, kallsyms);
	return space_read(space, banner.address, text, sizeof(text), NULL) &&
	       !memcmp(text, start, sizeof(text));
}

/* --- opening --- */

struct attempt {
	struct kernel *kernel;
	const struct space *space;
	struct kallsyms **found;
	struct error *err;
};

static bool open_views(const struct attempt *attempt, const struct kallsyms_place *place,
		       struct kallsyms_tables *tables)
{
	unsigned int pointer = kernel_pointer_size(attempt->kernel);
	uint64_t width = place->encoding == KALLSYMS_ABSOLUTE ? pointer : 4;

	*tables = (struct kallsyms_tables){
		.place = *place,
		.address_mask = attempt->kernel->arch->address_mask,
		.pointer_size = (uint8_t)pointer,
		.listener = attempt->kernel->listener,
	};
	if (place->nr == 0 || place->nr > MOST_KALLSYMS)
		return fail(attempt->err, ERROR_FORMAT,
			    "kallsyms: implausible number of symbols: %" PRIu32, place->nr);
	return view_open(&tables->names, attempt->space, place->names, place->tokens - place->names,
			 attempt->err) &&
	       view_open(&tables->values, attempt->space, place->values, place->nr * width,
			 attempt->err) &&
	       view_open(&tables->tokens, attempt->space, place->tokens,
			 place->token_index - place->tokens + KALLSYMS_INDEX_SIZE, attempt->err);
}

static bool kernel_kallsyms_try_place(const struct kallsyms_place *place, void *arg)
{
	const struct attempt *attempt = arg;
	struct kallsyms_tables tables;
	struct kallsyms *kallsyms;

	if (!open_views(attempt, place, &tables)) {
		kallsyms_close_tables(&tables);
		return false;
	}
	kallsyms = kallsyms_create(&tables, attempt->err);
	if (kallsyms && proved(attempt->kernel, attempt->space, kallsyms)) {
		*attempt->found = kallsyms;
		if (kallsyms_doubt(kallsyms))
			listener_warn(attempt->kernel->listener,
				      "kallsyms is damaged, so symbols may be missing: %s",
				      kallsyms_doubt(kallsyms));
		return true;
	}
	if (kallsyms)
		fail(attempt->err, ERROR_FORMAT,
		     "kallsyms: the banner or a function is not at the address of its symbol");
	kallsyms_destroy(kallsyms);
	return false;
}

/* --- from the note --- */

static bool try_values_of_note(struct attempt *attempt, struct kallsyms_place *place)
{
	const struct vmcoreinfo *note = attempt->kernel->note;
	size_t pointer = kernel_pointer_size(attempt->kernel);
	bool has_base;
	uint64_t base_at;
	uint8_t base[8];

	place->encoding = KALLSYMS_ABSOLUTE;
	if (vmcoreinfo_symbol(note, "kallsyms_addresses", &place->values))
		return kernel_kallsyms_try_place(place, attempt);
	if (!vmcoreinfo_symbol(note, "kallsyms_offsets", &place->values))
		return fail(attempt->err, ERROR_UNKNOWN,
			    "VMCOREINFO names neither kallsyms_offsets nor kallsyms_addresses");
	/* There is no base in 7.0 and later, and in an i386 kernel that is not relocatable. */
	has_base = vmcoreinfo_symbol(note, "kallsyms_relative_base", &base_at);
	if (has_base && !space_read(attempt->space, base_at, base, pointer, attempt->err))
		return false;
	place->base = has_base ? load_le(base, pointer) : 0;
	place->encoding = has_base ? KALLSYMS_PERCPU : KALLSYMS_PLACE;
	if (kernel_kallsyms_try_place(place, attempt))
		return true;
	place->encoding = KALLSYMS_RELATIVE;
	return kernel_kallsyms_try_place(place, attempt);
}

/* Finds kallsyms using the keys that notes contain since 6.0 (5fd8fea935a1). */
static bool open_by_note(struct attempt *attempt)
{
	const struct vmcoreinfo *note = attempt->kernel->note;
	struct kallsyms_place place = { 0 };
	uint64_t nr_at;
	uint8_t nr[4];

	if (!vmcoreinfo_symbol(note, "kallsyms_num_syms", &nr_at) ||
	    !vmcoreinfo_symbol(note, "kallsyms_names", &place.names) ||
	    !vmcoreinfo_symbol(note, "kallsyms_token_table", &place.tokens) ||
	    !vmcoreinfo_symbol(note, "kallsyms_token_index", &place.token_index))
		return fail(attempt->err, ERROR_UNKNOWN,
			    "VMCOREINFO does not contain the addresses of all tables of kallsyms");
	if (!space_read(attempt->space, nr_at, nr, sizeof(nr), attempt->err))
		return false;
	place.nr = load_le32(nr);
	return try_values_of_note(attempt, &place);
}

/* --- by searching the image --- */

enum { ALIGNMENT = 8 };

static bool search_pages(struct attempt *attempt, enum view_pages pages, uint64_t vaddr,
			 uint64_t last)
{
	struct kallsyms_image image = { .pointer_size = kernel_pointer_size(attempt->kernel) };
	uint64_t size, skipped;
	bool found = false;
	struct view view;

	while (!found && !kernel_stopped(attempt->kernel) &&
	       (size = view_next_run(attempt->space, pages, &vaddr, last))) {
		/* After missing pages, a range may start at an unaligned address. The tables are
		 * aligned, so the first bytes of the range can be skipped. */
		skipped = (size - vaddr) % ALIGNMENT;
		if (size <= skipped)
			continue;
		size -= skipped;
		image.vaddr = vaddr - size;
		if (!view_open_to_search(&view, attempt->space, image.vaddr, size))
			continue;
		image.bytes = view.bytes;
		found = kallsyms_search(&image, attempt->kernel->listener,
					kernel_kallsyms_try_place, attempt);
		view_close(&view);
	}
	return found;
}

/* Finds kallsyms by searching the image. At first the function searches only pages that are mapped
 * like .rodata, because .rodata contains kallsyms, and most of the image is code. If this fails, it
 * searches all pages: early at boot, and without the no-execute bit, all pages are mapped alike. */
static bool open_by_search(struct attempt *attempt)
{
	struct kernel *kernel = attempt->kernel;
	uint64_t first, last;

	if (!kernel->arch->image_range(kernel, attempt->space, &first, &last))
		return fail(attempt->err, ERROR_UNKNOWN,
			    "the address of the kernel's image is unknown");
	fail(attempt->err, ERROR_UNKNOWN, "no table was found in the kernel's image");
	return search_pages(attempt, PAGES_CONSTANT, first, last) ||
	       search_pages(attempt, PAGES_ALL, first, last);
}

struct dump_symbols {
	bool tried, busy;
	struct kallsyms *kallsyms; /* owned; NULL until kallsyms is found */
	struct error why_not;
};

static void kernel_kallsyms_release(void *state)
{
	struct dump_symbols *symbols = state;

	kallsyms_destroy(symbols->kallsyms);
}

/* If kallsyms was found, it is kept, because it has been verified. If not, the next call must
 * search again, because other facts may help to find it. */
static bool kernel_kallsyms_stays(const void *state)
{
	const struct dump_symbols *symbols = state;

	return symbols->kallsyms;
}

static const struct state_type state_kallsyms = {
	.size = sizeof(struct dump_symbols),
	.release = kernel_kallsyms_release,
	.stays = kernel_kallsyms_stays,
};

bool kernel_kallsyms_busy(const struct kernel *kernel)
{
	const struct dump_symbols *symbols = kernel_state(kernel, &state_kallsyms);

	return symbols && symbols->busy;
}

struct kallsyms *kernel_kallsyms(struct kernel *kernel, struct error *err)
{
	struct dump_symbols *symbols = kernel_state(kernel, &state_kallsyms);
	struct space space;
	struct attempt attempt;

	if (!symbols)
		return out_of_memory(err), NULL;
	attempt = (struct attempt){ kernel, &space, &symbols->kallsyms, &symbols->why_not };
	/* `busy` prevents a recursion: reading the image may need facts whose sources need
	 * kallsyms. */
	if (!symbols->tried && !symbols->busy) {
		symbols->busy = true;
		if (kernel_kallsyms_space(kernel, &space, &symbols->why_not)) {
			symbols->tried = true;
			if (!open_by_note(&attempt))
				open_by_search(&attempt);
		}
		symbols->busy = false;
	}
	if (!symbols->kallsyms)
		fail(err, ERROR_UNKNOWN, "%s", symbols->why_not.message);
	return symbols->kallsyms;
}
