/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* QEMU's migration stream, as written by "migrate exec:", or by virsh save after a header of
 * libvirt. Sections "ram" contain pages in the order in which QEMU sent them. The last copy of a
 * page is the valid copy. */
#include "dump/dump.h"

#include "base/text.h"
#include "dump/formats/listed.h"
#include "dump/formats/qemu_stream.h"

/* The display's memory window hides the memory at these addresses. */
enum { VGA_START = 0xa0000, VGA_END = 0xc0000 };

enum { MAX_AREAS = 3 };

/* A contiguous range of the guest's memory. */
struct qemu_area {
	uint64_t start, end; /* physical addresses, half-open */
	uint64_t offset; /* the offset of start in struct qemu_ram */
};

struct qemu {
	struct qemu_ram ram;
	struct qemu_area areas[MAX_AREAS]; /* in the order of addresses */
	size_t nr;
};

/* Finds the start of memory for machines that have one contiguous range of memory: hw/arm/virt.c,
 * VIRT_MEM. */
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

/* Finds the size of the memory below 4 GiB: hw/i386/pc_q35.c, pc_piix.c and microvm.c. The option
 * max-ram-below-4g can change this size, and its value is not in the stream. */
static bool find_hole(const char *machine, uint64_t size, uint64_t *below)
{
	static const struct {
		const char *prefix;
		/* A machine with at least limit bytes of memory has `below` bytes of memory below 4
		 * GiB. */
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

/* Finds the extent of one page, or of several pages that were not sent. */
static void qemu_find_memory(const struct qemu *qemu, const struct qemu_area *area, uint64_t paddr,
			     struct extent *extent)
{
	uint64_t move = area->start - area->offset;

	qemu_ram_find(&qemu->ram, paddr - move, extent);
	extent->origin -= move;
	/* Areas begin and end at page boundaries, so only an extent without data can be cut. */
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
