/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Each CPU's static variables are a copy of __per_cpu_start to __per_cpu_end at
 * the address that __per_cpu_offset[] adds (include/linux/percpu-defs.h). What
 * is allocated lies in chunks, at the same distance from one CPU to the next;
 * the first chunk begins with the static variables.
 */
#include "kernel/percpu_area.h"

#include <stdlib.h>
#include <string.h>

#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "kernel/percpu.h"

enum {
	PAGE_SHIFT = 12,
	MOST_SLOTS = 256,  /* of lists: one a power of two, and a few */
	MOST_CHUNKS = 1 << 16,
	MOST_PAGES = 1 << 18, /* of a chunk: 1 GiB for each CPU */
};

static bool add_range(struct percpu_areas *areas, uint64_t first, uint64_t last,
		      const char *kind)
{
	size_t room = areas->room ? 2 * areas->room : 16;
	struct percpu_range *more;

	if (last < first || areas->nr == MOST_CHUNKS)
		return false;
	if (areas->nr == areas->room) {
		more = reallocarray(areas->range, room, sizeof(*more));
		if (!more)
			return false;
		areas->range = more;
		areas->room = room;
	}
	areas->range[areas->nr++] = (struct percpu_range){ first, last, kind };
	return true;
}

/* --- CPUs and their static variables --- */

static bool find_offsets(struct kernel *kernel, struct percpu_areas *areas)
{
	unsigned int word = kernel_pointer_size(kernel);
	uint64_t offsets;
	struct cpu_set cpus;

	if (!kernel_symbol(kernel, "__per_cpu_offset", &offsets, NULL) ||
	    !kernel_possible_cpus(kernel, &cpus, NULL))
		return false;
	areas->cpu = calloc(cpus.nr, sizeof(*areas->cpu));
	for (unsigned int cpu = 0; areas->cpu && cpu < cpus.nr; cpu++) {
		struct percpu_cpu *own = &areas->cpu[areas->nr_cpus];

		own->cpu = cpu;
		if (cpu_set_has(&cpus, cpu) &&
		    kernel_read_pointer(kernel, offsets + (uint64_t)cpu * word,
					&own->offset, NULL))
			areas->nr_cpus++;
	}
	return areas->nr_cpus != 0;
}

static const struct percpu_areas *find_areas(struct kernel *kernel)
{
	struct percpu_areas *areas = &kernel->percpu_areas;
	uint64_t start, end;

	if (!areas->tried) {
		areas->tried = true;
		if (find_offsets(kernel, areas) &&
		    kernel_symbol(kernel, "__per_cpu_start", &start, NULL) &&
		    kernel_symbol(kernel, "__per_cpu_end", &end, NULL))
			add_range(areas, start, end - 1, "static");
	}
	return areas->nr ? areas : NULL;
}

/* --- chunks --- */

/* What pcpu_addr_in_chunk() takes for the chunk's (4.14): less
 * where its first and last pages belong to another. */
static void add_chunk(struct kernel *kernel, uint64_t chunk, uint64_t base,
		      const char *kind)
{
	struct percpu_areas *areas = &kernel->percpu_areas;
	uint64_t start, pages, before, after;

	if (!kernel_read_member(kernel, chunk, CHUNK_BASE, &start, NULL) ||
	    !kernel_read_member(kernel, chunk, CHUNK_PAGES, &pages, NULL) ||
	    !kernel_read_member(kernel, chunk, CHUNK_START_OFFSET, &before, NULL) ||
	    !kernel_read_member(kernel, chunk, CHUNK_END_OFFSET, &after, NULL) ||
	    !pages || pages > MOST_PAGES || before > pages << PAGE_SHIFT ||
	    after > (pages << PAGE_SHIFT) - before)
		return;
	start = (start - base + areas->range[0].first) &
		kernel->arch->address_mask;
	add_range(areas, start + before, start + (pages << PAGE_SHIFT) - after - 1,
		  kind);
}

/* Each entry must point back to where it was reached from. */
static void add_list(struct kernel *kernel, uint64_t head, uint64_t base)
{
	const struct member *list = kernel_member(kernel, CHUNK_LIST, NULL);
	unsigned int word = kernel_pointer_size(kernel);
	uint64_t before = head, entry, back;

	for (int i = 0; i < MOST_CHUNKS; i++) {
		if (!kernel_read_pointer(kernel, before, &entry, NULL) ||
		    entry == head ||
		    !kernel_read_pointer(kernel, entry + word, &back, NULL) ||
		    back != before)
			return;
		add_chunk(kernel, entry - list->offset, base, "dynamic");
		before = entry;
	}
}

/* The lists were pcpu_slot before 5.14. */
static void find_chunks(struct kernel *kernel)
{
	unsigned int word = kernel_pointer_size(kernel);
	uint64_t base, lists, nr, slots, chunk;

	if (kernel->percpu_areas.has_chunks)
		return;
	kernel->percpu_areas.has_chunks = true;
	if (!kernel_read_variable(kernel, "pcpu_base_addr", &base) ||
	    !kernel_symbol(kernel, "pcpu_nr_slots", &nr, NULL) ||
	    !kernel_read_number(kernel, nr, 4, &slots, NULL) ||
	    slots > MOST_SLOTS ||
	    (!kernel_read_variable(kernel, "pcpu_chunk_lists", &lists) &&
	     !kernel_read_variable(kernel, "pcpu_slot", &lists)) ||
	    !kernel_member(kernel, CHUNK_LIST, NULL))
		return;
	if (kernel_read_variable(kernel, "pcpu_reserved_chunk", &chunk) && chunk)
		add_chunk(kernel, chunk, base, "reserved");
	for (uint64_t i = 0; i < slots; i++)
		add_list(kernel, lists + i * 2 * word, base);
}

/* --- names --- */

/*
 * Where per-CPU symbols are counted from 0 (x86-64 until 6.15, 9d7de2aa8b41)
 * KASLR does not move them, and kallsyms has them first, as absolute ones.
 */
static bool find_counted(struct kernel *kernel, uint64_t pointer, uint64_t last,
			 struct kernel_symbol *found)
{
	struct kallsyms *kallsyms;
	struct kallsyms_symbol symbol;
	struct symbol own, start;
	uint32_t nr, at = 0;

	if (kernel->vmlinux && kernel->vmlinux->symbols &&
	    kernel->identity.match != VMLINUX_DIFFERS) {
		if (!symbols_find(kernel->vmlinux->symbols, "__per_cpu_start",
				  &start) ||
		    !symbols_at_in_section(kernel->vmlinux->symbols,
					   start.section, pointer, &own))
			return false;
		*found = (struct kernel_symbol){ .name = own.name,
						 .address = own.address };
		return true;
	}
	kallsyms = kernel_kallsyms(kernel, NULL);
	nr = kallsyms ? kallsyms_count(kallsyms) : 0;
	while (at < nr && kallsyms_address(kallsyms, at) <= pointer)
		at++;
	if (at == 0 || at == nr || !kallsyms_symbol(kallsyms, at - 1, &symbol) ||
	    symbol.address > last)
		return false;
	*found = (struct kernel_symbol){ .name = symbol.name,
					 .address = symbol.address };
	return true;
}

static void find_name(struct kernel *kernel, const struct percpu_range *range,
		      struct percpu_place *place)
{
	struct kernel_symbol symbol;

	if (kernel->arch->relocated(range->first, 0) ?
		    !kernel_symbol_at(kernel, place->pointer, &symbol, NULL) :
		    !find_counted(kernel, place->pointer, range->last, &symbol))
		return;
	if (!strcmp(symbol.name, "__per_cpu_start")) /* a label: what it names has none */
		return;
	place->symbol = symbol.name;
	place->symbol_offset = place->pointer - symbol.address;
}

/* --- looking up --- */

static bool find_range(struct kernel *kernel, uint64_t vaddr, size_t first,
		       struct percpu_place *place)
{
	const struct percpu_areas *areas = &kernel->percpu_areas;

	for (size_t i = first; i < areas->nr; i++) {
		const struct percpu_range *range = &areas->range[i];

		for (size_t k = 0; k < areas->nr_cpus; k++) {
			uint64_t pointer = (vaddr - areas->cpu[k].offset) &
					   kernel->arch->address_mask;

			if (pointer < range->first || pointer > range->last)
				continue;
			*place = (struct percpu_place){
				.cpu = areas->cpu[k].cpu,
				.kind = range->kind,
				.pointer = pointer,
			};
			if (i == 0)
				find_name(kernel, range, place);
			return true;
		}
	}
	return false;
}

bool kernel_percpu_at(struct kernel *kernel, uint64_t vaddr,
		      struct percpu_place *place)
{
	if (!find_areas(kernel))
		return false;
	if (find_range(kernel, vaddr, 0, place))
		return true;
	if (kernel->percpu_areas.has_chunks)
		return false;
	find_chunks(kernel);
	return find_range(kernel, vaddr, 1, place);
}

void percpu_areas_release(struct percpu_areas *areas)
{
	free(areas->cpu);
	free(areas->range);
}
