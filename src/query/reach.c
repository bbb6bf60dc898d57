/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "query/reach.h"

#include "kernel/kernel.h"

static bool reach_add_table(struct scan *scan, uint32_t table, void *arg, struct error *err)
{
	struct reach *reach = arg;
	const struct reverse_gaps *gaps = reverse_gaps(reach->reverse);
	size_t before = gaps->nr;
	bool added = reverse_add(reach->reverse, reach->io.kernel, scan,
				 (struct reverse_owner){ .io_table = table }, err);

	if (gaps->nr && !before)
		io_scans_lacks(&reach->io, table, gaps->first.first);
	return added;
}

static bool add_mapping(const struct viommu_mapping *mapping, uint32_t table, void *arg,
			struct error *err)
{
	struct reach *reach = arg;
	const struct mapping found = {
		.first = mapping->first,
		.paddr = mapping->physical,
		.page_size = mapping->last - mapping->first + 1,
		.owner = { .io_table = table },
		.writable = mapping->writable,
	};

	return reverse_add_mapping(reach->reverse, &found, err);
}

bool reach_search(struct reach *reach, struct kernel *kernel, const uint64_t *paddrs, size_t nr,
		  struct error *err)
{
	const struct io_visitor visitor = { reach_add_table, add_mapping, reach };

	*reach = (struct reach){ 0 };
	if (!io_scans_start(&reach->io, kernel, err))
		return false;
	reach->reverse = reverse_create(paddrs, nr, err);
	if (!reach->reverse) {
		reach_release(reach);
		return false;
	}
	io_scans_run(&reach->io, &visitor);
	if (reverse_finish(reach->reverse, NULL))
		return true;
	reach_release(reach);
	return out_of_memory(err);
}

void reach_release(struct reach *reach)
{
	reverse_destroy(reach->reverse);
	io_scans_release(&reach->io);
}

/* --- a frame --- */

/* Does the device access paddr at this bus address? Translates the bus address to find out, because
 * a table may also map bus addresses that raise interrupts. At such addresses the device accesses
 * no memory. */
static bool reaches(const struct reach *reach, const struct device_dma *dma, uint64_t bus,
		    uint64_t paddr, struct reached *reached)
{
	struct dma_translation *translation = &reached->translation;

	device_dma_translate(dma, reach->io.kernel->dump, bus, translation);
	reached->dma = dma;
	reached->level = NULL;
	if (translation->has_walk && translation->walk.nr_steps)
		reached->level =
			dma->entrance.space.paging->level[translation->walk.nr_steps - 1].name;
	return translation->status == DMA_STATUS_MAPPED && translation->physical == paddr;
}

/* Visits the accesses of a device that has a page table or a tree of mappings. Returns false to end
 * the whole search. */
static bool by_table(const struct reach *reach, const struct io_device *device, uint64_t paddr,
		     bool (*visit)(const struct reached *reached, void *arg), void *arg)
{
	struct reverse_frame found = reverse_frame(reach->reverse, paddr);
	struct reached reached;

	for (size_t i = 0; i < found.nr; i++) {
		const struct mapping *mapping = reverse_mapping(reach->reverse, found, i);
		uint64_t bus = mapping->first + (paddr - mapping->paddr);

		if (listener_stops_at(reach->io.kernel->listener, i))
			return false;
		if (mapping->owner.io_table == device->table &&
		    reaches(reach, &device->dma, bus, paddr, &reached) && !visit(&reached, arg))
			return false;
	}
	return true;
}

void reach_each(const struct reach *reach, uint64_t paddr,
		bool (*visit)(const struct reached *reached, void *arg), void *arg)
{
	for (size_t i = 0; i < reach->io.map.nr; i++) {
		const struct io_device *device = &reach->io.map.device[i];
		struct reached reached;

		switch (device->dma.entrance.reach) {
		case DMA_TRANSLATED:
		case DMA_LISTED:
			if (!by_table(reach, device, paddr, visit, arg))
				return;
			break;
		case DMA_DIRECT:
		case DMA_PASS_THROUGH:
			if (reaches(reach, &device->dma, paddr, paddr, &reached) &&
			    !visit(&reached, arg))
				return;
			break;
		case DMA_BLOCKED:
		case DMA_UNKNOWN: break;
		}
	}
}
