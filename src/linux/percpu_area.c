/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Per-CPU memory (include/linux/percpu-defs.h). Each CPU has a copy of the static per-CPU
 * variables, which are linked between __per_cpu_start and __per_cpu_end. A CPU's copy of a variable
 * is at the variable's address plus __per_cpu_offset[] of the CPU. Dynamic per-CPU memory is in
 * chunks, and each chunk also has a copy for each CPU. The distance between the copies of two CPUs
 * is the same in all chunks. The first chunk begins with the static variables. */
#include "linux/percpu_area.h"

#include <string.h>

#include "linux/area_members.h"
#include "symbols/symbol_lookup.h"
#include "base/array.h"
#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "kernel/links.h"
#include "kernel/percpu.h"
#include "symbols/kallsyms.h"
#include "symbols/symbols.h"
#include "debuginfo/vmlinux.h"

/* A range of per-CPU memory of one kind. Its addresses are the arguments of per_cpu_ptr(), before a
 * CPU's offset is added. */
struct percpu_range {
	uint64_t first, last; /* inclusive */
	const char *kind; /* "static", "reserved" (for modules) or "dynamic" */
};

/* At first only the range of static variables is known. The ranges of chunks are added when an
 * address is not in this range. */
struct percpu_areas {
	bool has_chunks;
	struct percpu_cpu {
		unsigned int cpu;
		bool known; /* false: the offset cannot be read */
		uint64_t offset; /* the offset that per_cpu_ptr() adds */
	} * cpu; /* owned; all possible CPUs */
	size_t nr_cpus, cpu_room;
	struct percpu_range *range; /* owned; [0] is the range of static variables */
	size_t nr, room;
};

enum {
	MOST_SLOTS = 256, /* limit; there is a list for each power of two, and a few more */
	MOST_CHUNKS = 1 << 14, /* limit; a chunk takes 32 KiB or more for each CPU */
	MOST_PAGES = 1 << 18, /* limit for one chunk: 1 GiB for each CPU */
};

static void percpu_area_add_range(struct percpu_areas *areas, uint64_t first, uint64_t last,
				  const char *kind)
{
	struct percpu_range range = { first, last, kind };

	if (last >= first && areas->nr < MOST_CHUNKS)
		array_add(&areas->range, &areas->nr, &areas->room, &range, sizeof(range));
}

/* --- CPUs and their static variables --- */

static bool percpu_area_find_offsets(struct kernel *kernel, struct percpu_areas *areas)
{
	struct cpu_set cpus;
	bool some = false;

	if (kernel_has_copies(kernel) != YES || !kernel_possible_cpus(kernel, &cpus, NULL))
		return false;
	for (unsigned int cpu = 0; cpu_set_next(&cpus, &cpu); cpu++) {
		struct percpu_cpu own = { .cpu = cpu };

		own.known = kernel_per_cpu_offset(kernel, cpu, &own.offset, NULL);
		if (!array_add(&areas->cpu, &areas->nr_cpus, &areas->cpu_room, &own, sizeof(own)))
			break;
		some |= own.known;
	}
	return some;
}

static bool percpu_area_learn(struct kernel *kernel, void *state, struct error *err)
{
	struct percpu_areas *areas = state;
	uint64_t start, end;

	(void)err;
	if (percpu_area_find_offsets(kernel, areas) &&
	    kernel_symbol(kernel, "__per_cpu_start", &start, NULL) &&
	    kernel_symbol(kernel, "__per_cpu_end", &end, NULL))
		percpu_area_add_range(areas, start, end - 1, "static");
	return true;
}

static void percpu_area_release(void *state)
{
	struct percpu_areas *areas = state;

	free(areas->cpu);
	free(areas->range);
}

static const struct state_type state_percpu_areas = {
	.size = sizeof(struct percpu_areas),
	.learn = percpu_area_learn,
	.release = percpu_area_release,
};

static struct percpu_areas *get_areas(struct kernel *kernel)
{
	return kernel_learnt(kernel, &state_percpu_areas, NULL);
}

/* --- chunks --- */

/* Adds the range of a chunk. Excludes the parts of the first and last page that may belong to
 * another chunk (see pcpu_addr_in_chunk(), 4.14). base: value of pcpu_base_addr. kind: see struct
 * percpu_range. */
static void add_chunk(struct kernel *kernel, struct percpu_areas *areas, uint64_t chunk,
		      uint64_t base, const char *kind)
{
	uint64_t start, pages, before, after;

	if (!kernel_read_member(kernel, chunk, CHUNK_BASE, &start, NULL) ||
	    !kernel_read_member(kernel, chunk, CHUNK_PAGES, &pages, NULL) ||
	    !kernel_read_member(kernel, chunk, CHUNK_START_OFFSET, &before, NULL) ||
	    !kernel_read_member(kernel, chunk, CHUNK_END_OFFSET, &after, NULL) || !pages ||
	    pages > MOST_PAGES || before > kernel_frame(kernel, pages) ||
	    after > kernel_frame(kernel, pages) - before)
		return;
	start = (start - base + areas->range[0].first) & kernel->arch->address_mask;
	percpu_area_add_range(areas, start + before,
			      start + kernel_frame(kernel, pages) - after - 1, kind);
}

/* Adds the ranges of all chunks. The variable with the lists of chunks was called pcpu_slot before
 * 5.14. */
static void find_chunks(struct kernel *kernel, struct percpu_areas *areas)
{
	unsigned int word = kernel_pointer_size(kernel);
	const struct member *list = kernel_member_as(kernel, CHUNK_LIST, MEMBER_LINKS, NULL);
	uint64_t base, lists, nr, slots, chunk;
	size_t left = MOST_CHUNKS; /* limit for the entries of all lists */
	struct links links;

	areas->has_chunks = true;
	if (!kernel_read_variable(kernel, "pcpu_base_addr", &base) ||
	    !kernel_symbol(kernel, "pcpu_nr_slots", &nr, NULL) ||
	    !kernel_read_number(kernel, nr, 4, &slots, NULL) || slots > MOST_SLOTS ||
	    (!kernel_read_variable(kernel, "pcpu_chunk_lists", &lists) &&
	     !kernel_read_variable(kernel, "pcpu_slot", &lists)) ||
	    !list)
		return;
	if (kernel_read_variable(kernel, "pcpu_reserved_chunk", &chunk) && chunk)
		add_chunk(kernel, areas, chunk, base, "reserved");
	for (uint64_t i = 0; i < slots; i++, left -= links.nr) {
		links = links_from(kernel, lists + i * 2 * word, list->offset, NULL, left);
		while (links_next(&links, &chunk))
			add_chunk(kernel, areas, chunk, base, "dynamic");
	}
	/* if the user stopped the search, drop the incomplete result */
	areas->has_chunks = !kernel_stopped(kernel);
	if (!areas->has_chunks)
		areas->nr = 1;
}

/* --- names --- */

/* Finds the symbol of the per-CPU variable at pointer, if the values of per-CPU symbols are offsets
 * from 0 (x86-64 before 6.15, 9d7de2aa8b41). KASLR does not change these values. kallsyms contains
 * such symbols as absolute symbols, before all others. last: the last offset of a static
 * variable. */
static bool find_zero_based(struct kernel *kernel, uint64_t pointer, uint64_t last,
			    struct kernel_symbol *found)
{
	struct kallsyms *kallsyms;
	struct kernel_symbol start;
	uint32_t nr, at = 0;

	if (kernel->vmlinux && kernel->vmlinux->symbols &&
	    kernel->identity->match != VMLINUX_DIFFERS) {
		return symbols_find(kernel->vmlinux->symbols, "__per_cpu_start", &start) &&
		       symbols_at_in_section(kernel->vmlinux->symbols, start.section, pointer,
					     found);
	}
	kallsyms = kernel_kallsyms(kernel, NULL);
	nr = kallsyms ? kallsyms_count(kallsyms) : 0;
	while (at < nr && kallsyms_address(kallsyms, at) <= pointer)
		at++;
	return at && at < nr && kallsyms_symbol(kallsyms, at - 1, found) && found->address <= last;
}

static void percpu_area_find_name(struct kernel *kernel, const struct percpu_range *range,
				  struct percpu_place *place)
{
	struct kernel_symbol symbol;

	if (kernel->arch->relocated(range->first, 0) ?
		    !symbol_lookup_at(kernel->symbols, place->pointer, &symbol, NULL) :
		    !find_zero_based(kernel, place->pointer, range->last, &symbol))
		return;
	if (!strcmp(symbol.name, "__per_cpu_start")) /* a label, not a variable */
		return;
	if (symbol.size && place->pointer - symbol.address >= symbol.size)
		return; /* pointer is after the end of the variable */
	place->symbol = symbol.name;
	place->symbol_offset = place->pointer - symbol.address;
}

/* --- look-ups --- */

static bool find_range(struct kernel *kernel, const struct percpu_areas *areas, uint64_t vaddr,
		       size_t first, struct percpu_place *place)
{
	for (size_t i = first; i < areas->nr && !kernel_stopped(kernel); i++) {
		const struct percpu_range *range = &areas->range[i];

		for (size_t k = 0; k < areas->nr_cpus; k++) {
			uint64_t pointer =
				(vaddr - areas->cpu[k].offset) & kernel->arch->address_mask;

			if (!areas->cpu[k].known || pointer < range->first || pointer > range->last)
				continue;
			*place = (struct percpu_place){
				.cpu = areas->cpu[k].cpu,
				.kind = range->kind,
				.pointer = pointer,
			};
			if (i == 0)
				percpu_area_find_name(kernel, range, place);
			return true;
		}
	}
	return false;
}

bool percpu_at(struct kernel *kernel, uint64_t vaddr, struct percpu_place *place)
{
	struct percpu_areas *areas = get_areas(kernel);

	if (areas && find_range(kernel, areas, vaddr, 0, place))
		return true;
	if (!areas || !areas->nr || areas->has_chunks)
		return false;
	find_chunks(kernel, areas);
	return find_range(kernel, areas, vaddr, 1, place);
}

/* --- variables --- */

/* Is the symbol a per-CPU variable of a module? Such a variable is in a chunk, because
 * simplify_symbols() of kernel/module makes the symbol's value an argument of per_cpu_ptr(). Among
 * the other symbols of a module, only absolute symbols can have such values. */
static bool is_modules_percpu(struct kernel *kernel, struct percpu_areas *areas,
			      const struct kernel_symbol *symbol)
{
	if (symbol->section >= SHN_LORESERVE)
		return false;
	if (!areas->has_chunks)
		find_chunks(kernel, areas);
	for (size_t i = 1; i < areas->nr; i++)
		if (symbol->address >= areas->range[i].first &&
		    symbol->address <= areas->range[i].last)
			return true;
	return false;
}

/* The section of the symbol is compared, too, because an absolute symbol may have the same value as
 * the offset of a per-CPU variable of x86-64. */
bool percpu_has_symbol(struct kernel *kernel, const struct kernel_symbol *symbol)
{
	struct percpu_areas *areas = get_areas(kernel);
	struct kernel_symbol start;

	if (!areas || !areas->nr)
		return false;
	if (symbol->module)
		return is_modules_percpu(kernel, areas, symbol);
	return symbol->address >= areas->range[0].first &&
	       symbol->address <= areas->range[0].last &&
	       (!symbol->section || (kernel_linked_symbol(kernel, "__per_cpu_start", &start) &&
				     start.section == symbol->section));
}

bool percpu_next(struct kernel *kernel, unsigned int *cpu)
{
	const struct percpu_areas *areas = get_areas(kernel);

	for (size_t i = 0; areas && i < areas->nr_cpus; i++)
		if (areas->cpu[i].cpu >= *cpu) {
			*cpu = areas->cpu[i].cpu;
			return true;
		}
	return false;
}

bool percpu_copy_of(struct kernel *kernel, uint64_t pointer, unsigned int cpu, uint64_t *vaddr,
		    struct error *err)
{
	const struct percpu_areas *areas = get_areas(kernel);

	for (size_t i = 0; areas && i < areas->nr_cpus; i++) {
		uint64_t offset = areas->cpu[i].offset;

		if (areas->cpu[i].cpu != cpu)
			continue;
		if (!areas->cpu[i].known && !kernel_per_cpu_offset(kernel, cpu, &offset, err))
			return false;
		*vaddr = (pointer + offset) & kernel->arch->address_mask;
		return true;
	}
	return fail(err, ERROR_NO_ANSWER, "the kernel has no CPU %u", cpu);
}

bool percpu_counter_add(struct kernel *kernel, uint64_t counter, int64_t *sum)
{
	const struct percpu_areas *areas = get_areas(kernel);
	uint64_t count, changes, change, mask = kernel->arch->address_mask;
	size_t i;

	if (!kernel_read_member(kernel, counter, COUNTER_COUNT, &count, NULL))
		return false;
	*sum += (int64_t)count;
	if (!kernel_member(kernel, COUNTER_COUNTERS, NULL)) /* true without SMP */
		return true;
	if (!areas || !areas->nr_cpus ||
	    !kernel_read_member(kernel, counter, COUNTER_COUNTERS, &changes, NULL))
		return false;
	for (i = 0; i < areas->nr_cpus && areas->cpu[i].known; i++) {
		if (listener_stops_at(kernel->listener, i + 1) ||
		    !kernel_read_number(kernel, (changes + areas->cpu[i].offset) & mask, 4, &change,
					NULL))
			return false;
		*sum += (int32_t)change;
	}
	return i == areas->nr_cpus;
}

void percpu_each_range(struct kernel *kernel,
		       bool (*visit)(uint64_t first, uint64_t last, void *arg), void *arg)
{
	struct percpu_areas *areas = get_areas(kernel);

	if (!areas || !areas->nr)
		return;
	if (!areas->has_chunks)
		find_chunks(kernel, areas);
	for (size_t i = 0; i < areas->nr; i++)
		for (size_t k = 0; k < areas->nr_cpus; k++) {
			uint64_t offset = areas->cpu[k].offset, mask = kernel->arch->address_mask;

			if (areas->cpu[k].known &&
			    !visit((areas->range[i].first + offset) & mask,
				   (areas->range[i].last + offset) & mask, arg))
				return;
		}
}
