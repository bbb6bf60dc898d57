/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* QEMU's migration stream. "migrate exec:" writes it, and virsh save writes it after a header of
 * libvirt. Sections "ram" contain the pages in the order in which QEMU sent them. If a page was
 * sent several times, the last copy is valid. */
#include "dump/dump.h"

#include "base/text.h"
#include "dump/formats/listed.h"
#include "dump/formats/qemu_stream.h"

/* At these physical addresses, the memory window of the display hides the memory. */
enum { VGA_START = 0xa0000, VGA_END = 0xc0000 };

enum { MAX_AREAS = 3 };

/* A contiguous range of the guest's physical memory. */
struct qemu_area {
	uint64_t start, end; /* physical addresses; `end` is exclusive */
	uint64_t offset; /* the offset in struct qemu_ram that belongs to start */
};

struct qemu {
	struct qemu_ram ram;
	struct qemu_area areas[MAX_AREAS]; /* in ascending order of addresses */
	size_t nr;
};

/* Finds the physical address of memory in machines that have one contiguous range of memory:
 * hw/arm/virt.c, VIRT_MEM. */
static bool find_start(const char *machine, uint64_t *start)
{
	static const struct {
		const char *prefix;
		uint64_t start;
	} machines[] = { { "virt-", 0x40000000 } };

	for (size_t i = 0; i < sizeof(machines) / sizeof(machines[0]); i++) {
		*start = machines[i].start;
		if (starts_with(machine, machines[i].prefix))
			return true;
	}
	return false;
}

/* Finds the size of the memory below 4 GiB; the rest is above 4 GiB. See hw/i386/pc_q35.c,
 * pc_piix.c and microvm.c. The option max-ram-below-4g changes this size, but the stream does not
 * contain the option. Returns false if the size is unknown. */
static bool find_hole(const char *machine, uint64_t size, uint64_t *below)
{
	static const struct {
		const char *prefix;
		/* If a machine has at least `limit` bytes of memory, only `below` bytes of it are
		 * below 4 GiB. */
		uint64_t limit, below;
	} machines[] = {
		{ "pc-q35-", 0xb0000000, 0x80000000 },
		{ "pc-i440fx-1.", 0xe0000000, 0xe0000000 },
		{ "pc-i440fx-", 0xe0000000, 0xc0000000 },
		{ "microvm", 0xc0000000, 0xc0000000 },
	};

	*below = size;
	for (size_t i = 0; i < sizeof(machines) / sizeof(machines[0]); i++) {
		if (!starts_with(machine, machines[i].prefix))
			continue;
		if (size >= machines[i].limit)
			*below = machines[i].below;
		return true;
	}
	return size < 0x80000000;
}

static void qemu_add_area(struct qemu *qemu, uint64_t start, uint64_t end, uint64_t offset)
{
	if (start < end)
		qemu->areas[qemu->nr++] = (struct qemu_area){ start, end, offset };
}

static bool qemu_open(struct dump *dump, struct error *err)
{
	const uint64_t four_g = UINT64_C(1) << 32;
	struct qemu *qemu = dump->private;
	struct qemu_stream stream = { .ram = &qemu->ram };
	uint64_t below, size, start;

	if (!qemu_stream_read(&stream, dump, err))
		return false;
	size = qemu->ram.size;
	if (find_start(stream.machine, &start)) {
		qemu_add_area(qemu, start, start + size, 0);
		return true;
	}
	if (!find_hole(stream.machine, size, &below))
		return dump_fail(dump, err, "the memory layout of machine type \"%s\" is unknown",
				 stream.machine);
	qemu_add_area(qemu, 0, below < VGA_START ? below : VGA_START, 0);
	qemu_add_area(qemu, VGA_END, below, VGA_END);
	qemu_add_area(qemu, four_g, four_g + (size - below), below);
	return true;
}

static void qemu_close(struct dump *dump)
{
	struct qemu *qemu = dump->private;

	qemu_ram_release(&qemu->ram);
}

/* Finds the extent that contains paddr: a page, or several pages that were not sent. */
static void qemu_find_memory(const struct qemu *qemu, const struct qemu_area *area, uint64_t paddr,
			     struct extent *extent)
{
	uint64_t move = area->start - area->offset;

	qemu_ram_find(&qemu->ram, paddr - move, extent);
	extent->origin -= move;
	/* Areas begin and end at page boundaries, so an extent that is a page is never cut here.
	 * Only an extent without data may be cut. */
	extent->first = extent->first < area->offset ? area->start : extent->first + move;
	extent->last += move;
	extent->last = smaller_of(extent->last, area->end - 1);
}

static void qemu_find(struct dump *dump, uint64_t paddr, struct extent *extent)
{
	const struct qemu *qemu = dump->private;
	struct extent gap = { .last = UINT64_MAX, .state = PAGE_ABSENT };

	for (size_t i = 0; i < qemu->nr; i++) {
		const struct qemu_area *area = &qemu->areas[i];

		if (paddr < area->start) {
			gap.last = area->start - 1;
			break;
		}
		if (paddr < area->end) {
			qemu_find_memory(qemu, area, paddr, extent);
			if (extent->state == PAGE_PRESENT)
				extent_take_place(dump, extent);
			return;
		}
		gap.first = area->end;
	}
	*extent = gap;
}

const struct dump_format dump_format_qemu = {
	.name = "QEMU migration stream",
	.only_memory = true,
	.private_size = sizeof(struct qemu),
	.probe = qemu_stream_probe,
	.open = qemu_open,
	.close = qemu_close,
	.find = qemu_find,
};
