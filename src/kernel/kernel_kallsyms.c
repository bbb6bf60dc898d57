/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Finds and verifies kallsyms, the symbol table in the memory of the dumped kernel. */
#include <inttypes.h>
#include <string.h>

#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "kernel/kernel_symbols.h"
#include "kernel/view.h"
#include "kernel/vmcoreinfo.h"
#include "symbols/kallsyms.h"

/* Finds any page table that maps the kernel's image, for example the table of a CPU. The kernel's
 * own table may not be known yet, because the search for it may need the symbols of kallsyms. */
static bool find_any_space(struct kernel *kernel, struct space *space, struct error *err)
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
		if (find_any_space(kernel, &space, &symbols->why_not)) {
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

/* --- the order of names --- */

/* kallsyms_seqs_of_names: the numbers of all symbols in the order of their names, three bytes each.
 * Since 6.2 (60443c88f3a8; 19bd8981dc2e), and in 6.1 of the stable series, the kernel uses them to
 * look up a name. They are the second witness of the names: a damaged name is usually out of
 * order. */

enum { WIDTH = 3 };

struct name_order {
	struct kallsyms *kallsyms;
	struct space space;
	uint64_t address; /* of kallsyms_seqs_of_names */
	uint32_t nr; /* the number of its entries */
	uint32_t nr_compared, nr_wrong; /* wrong: entries that contradict the tables */
	struct error first; /* the first contradiction */
	struct kernel_symbol before; /* the symbol of the entry that was compared last, or zero */
};

/* Finds the order at its place, as output_label() in scripts/kallsyms.c aligns it. kallsyms_search.c
 * describes the tables before it. */
static bool name_order_find(struct kernel *kernel, struct name_order *order)
{
	uint64_t pointer = kernel_pointer_size(kernel), align = pointer, width = 4;
	const struct kallsyms_place *place;

	*order = (struct name_order){ .kallsyms = kernel_kallsyms(kernel, NULL) };
	if (!order->kallsyms || !find_any_space(kernel, &order->space, NULL))
		return false;
	place = kallsyms_place(order->kallsyms);
	order->nr = place->nr;
	if (place->encoding == KALLSYMS_PLACE)
		align = 4;
	else if (place->encoding == KALLSYMS_ABSOLUTE)
		width = pointer;
	order->address = (place->values + place->nr * width + align - 1) & ~(align - 1);
	if (place->values < place->names)
		order->address = (place->tokens - (uint64_t)place->nr * WIDTH) & ~(align - 1);
	else if (place->base)
		order->address += pointer;
	return true;
}

static uint32_t name_order_number(const uint8_t entry[WIDTH])
{
	return (uint32_t)entry[0] << 16 | (uint32_t)entry[1] << 8 | entry[2];
}

static bool name_order_read(const struct name_order *order, uint32_t at, uint32_t *number)
{
	uint8_t entry[WIDTH];

	if (!space_read(&order->space, order->address + (uint64_t)at * WIDTH, entry, WIDTH, NULL))
		return false;
	*number = name_order_number(entry);
	return true;
}

/* With CONFIG_LTO_CLANG, names were sorted without their suffixes, such as ".llvm.1234", until 6.11
 * (fb6a421fb615). So two names are out of order only if they are out of order with and without
 * suffixes. */
static bool is_after(const char *a, const char *b)
{
	size_t length_a = strcspn(a, "."), length_b = strcspn(b, ".");
	int order = memcmp(a, b, smaller_of(length_a, length_b));

	return strcmp(a, b) > 0 && (order > 0 || (order == 0 && length_a > length_b));
}

/* Compares the entry at this index with the entry that was compared before. */
static void compare_in_order(struct name_order *order, uint32_t at, uint32_t number)
{
	struct kernel_symbol symbol;

	if (!kallsyms_symbol(order->kallsyms, number, &symbol)) {
		if (!order->nr_wrong++)
			fail(&order->first, ERROR_FORMAT,
			     "entry %" PRIu32 " of kallsyms_seqs_of_names, %" PRIu32
			     ", is not the number of a symbol",
			     at, number);
		return;
	}
	if (order->before.name && is_after(order->before.name, symbol.name) && !order->nr_wrong++)
		fail(&order->first, ERROR_FORMAT,
		     "%.128s (%" PRIx64 ") is before %.128s (%" PRIx64
		     ") in kallsyms_seqs_of_names",
		     order->before.name, order->before.address, symbol.name, symbol.address);
	order->before = symbol;
}

/* Compares the entries from `first` to `end`, exclusive, each with the entry before it. */
static void name_order_compare(struct name_order *order, uint32_t first, uint32_t end)
{
	uint32_t number;

	order->before.name = NULL;
	for (uint32_t at = first; at < end && at < order->nr; at++) {
		if (!name_order_read(order, at, &number))
			continue;
		compare_in_order(order, at, number);
		order->nr_compared++;
	}
}

bool kernel_names_lack(struct kernel *kernel, const char *name, struct error *err)
{
	enum { NEAR = 2, FEW = 2 /* If more entries are no numbers, there is no order here. */ };
	uint32_t low = 0, high, at, number, nr_bad = 0;
	struct kernel_symbol symbol;
	struct name_order order;

	if (!name_order_find(kernel, &order))
		return true;
	for (high = order.nr; low < high;) {
		at = low + (high - low) / 2;
		if (!name_order_read(&order, at, &number))
			return true;
		if (!kallsyms_symbol(order.kallsyms, number, &symbol)) {
			if (++nr_bad > FEW)
				return true;
			high = at;
		} else if (strcmp(symbol.name, name) < 0)
			low = at + 1;
		else
			high = at;
	}
	name_order_compare(&order, low > NEAR ? low - NEAR : 0, low + NEAR);
	return !order.nr_wrong || fail(err, ERROR_FORMAT, "%s", order.first.message);
}

bool kernel_names_ordered(struct kernel *kernel, struct error *err)
{
	enum { SAMPLES = 32 };
	struct name_order order;
	uint32_t step;

	if (kernel_has_own_symbols(kernel) || !name_order_find(kernel, &order))
		return true;
	step = order.nr / SAMPLES + 1;
	for (uint32_t at = 0; at < order.nr && !kernel_stopped(kernel); at += step)
		name_order_compare(&order, at, at + 2);
	/* If memory runs out, symbols seem to be missing. If most entries are wrong, these bytes are
	 * not the order. */
	return kernel_stopped(kernel) || !order.nr_wrong ||
	       order.nr_wrong > order.nr_compared / 2 ||
	       fail(err, ERROR_FORMAT, "%s", order.first.message);
}
