/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "dump/formats/qemu_ram.h"

#include <stdio.h>
#include <stdlib.h>

bool qemu_ram_create(struct qemu_ram *ram, uint64_t size)
{
	const uint64_t most = UINT64_C(1) << 44;

	if (!size || size > most)
		return false;
	ram->groups = calloc((size_t)((size + QEMU_GROUP - 1) / QEMU_GROUP), sizeof(*ram->groups));
	ram->size = ram->groups ? size : 0;
	return ram->groups;
}

void qemu_ram_release(struct qemu_ram *ram)
{
	for (uint64_t at = 0; at < ram->size; at += QEMU_GROUP)
		free(ram->groups[at / QEMU_GROUP]);
	free(ram->groups);
	*ram = (struct qemu_ram){ 0 };
}

bool qemu_ram_set(struct qemu_ram *ram, uint64_t offset, uint64_t place)
{
	uint64_t **group = &ram->groups[offset / QEMU_GROUP];

	if (!*group)
		*group = calloc(QEMU_GROUP_PAGES, sizeof(**group));
	if (!*group)
		return false;
	(*group)[offset / QEMU_PAGE % QEMU_GROUP_PAGES] = place;
	return true;
}

void qemu_ram_find(const struct qemu_ram *ram, uint64_t offset, struct extent *extent)
{
	const uint64_t *group = ram->groups[offset / QEMU_GROUP];
	uint64_t size = group ? QEMU_PAGE : QEMU_GROUP;
	uint64_t place = group ? group[offset / QEMU_PAGE % QEMU_GROUP_PAGES] : 0;

	*extent = (struct extent){
		.first = offset / size * size,
		.last = offset / size * size + (size - 1),
		.state = ram->complete ? PAGE_FILTERED : PAGE_TRUNCATED,
	};
	if (extent->last >= ram->size)
		extent->last = ram->size - 1;
	if (place == QEMU_ZEROS)
		extent->state = PAGE_ZERO;
	if (!place || place == QEMU_ZEROS)
		return;
	extent->origin = place - extent->first;
	extent->state = PAGE_PRESENT;
}

static bool take_prefix(struct bytes *name, const char *prefix)
{
	size_t length = strlen(prefix);

	if (name->size < length || memcmp(name->data, prefix, length))
		return false;
	name->data += length;
	name->size -= length;
	return true;
}

/* Is the block a part of the memory that the guest boots with? *number gets the number of its NUMA
 * node, or 0 if the machine has no nodes. Some machine types put a path before the name
 * (hw/core/machine.c, x-use-canonical-path-for-ramblock-id). libvirt has its own names for the
 * blocks of nodes (qemuBuildMemoryCellBackendStr()). */
static bool number_of(const struct qemu_name *of, size_t *number, bool *numbered)
{
	static const char *const whole[] = { "pc.ram", "microvm.ram", "mach-virt.ram" };
	struct bytes name = { of->text, of->size };

	take_prefix(&name, "/objects/");
	for (size_t i = 0; i < sizeof(whole) / sizeof(whole[0]); i++) {
		struct bytes rest = name;

		*number = 0;
		*numbered = false;
		if (take_prefix(&rest, whole[i]) && !rest.size)
			return true;
	}
	*numbered = true;
	if (!take_prefix(&name, "ram-node") || !name.size || name.size > 3)
		return false;
	for (size_t i = 0; i < name.size; i++) {
		if (name.data[i] < '0' || name.data[i] > '9')
			return false;
		*number = 10 * *number + (name.data[i] - '0');
	}
	return *number < QEMU_MOST_NODES;
}

/* Does the name show that the block is firmware, or memory of a device on a bus? */
static bool is_of_device(const struct qemu_name *name)
{
	static const char *const signs[] = { "rom", "bios", "flash", "vram", "vga", ":" };

	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
		if (memmem(name->text, name->size, signs[i], strlen(signs[i])))
			return true;
	return false;
}

static void note_other(struct qemu_blocks *blocks, const struct qemu_name *name)
{
	size_t used = strlen(blocks->others);

	if (!is_of_device(name))
		snprintf(blocks->others + used, sizeof(blocks->others) - used, "%s%.*s",
			 used ? ", " : "", name->size, (const char *)name->text);
}

bool qemu_blocks_add(struct qemu_blocks *blocks, const struct qemu_name *name, uint64_t size)
{
	struct qemu_block *block;
	size_t number;
	bool numbered;

	if (!number_of(name, &number, &numbered)) {
		note_other(blocks, name);
		return true;
	}
	block = &blocks->at[number];
	if (!size || block->size || (blocks->nr && blocks->numbered != numbered))
		return false;
	*block = (struct qemu_block){ .name = *name, .size = size };
	blocks->numbered = numbered;
	if (blocks->nr <= number)
		blocks->nr = number + 1;
	return true;
}

bool qemu_blocks_place(struct qemu_blocks *blocks)
{
	for (size_t i = 0; i < blocks->nr; i++) {
		struct qemu_block *block = &blocks->at[i];

		if (!block->size || (blocks->nr > 1 && block->size % 4096) ||
		    block->size > UINT64_MAX - blocks->size)
			return false;
		block->base = blocks->size;
		blocks->size += block->size;
	}
	return blocks->nr;
}

const struct qemu_block *qemu_blocks_find(const struct qemu_blocks *blocks,
					  const struct qemu_name *name)
{
	for (size_t i = 0; i < blocks->nr; i++) {
		const struct qemu_block *block = &blocks->at[i];

		if (block->name.size == name->size &&
		    !memcmp(block->name.text, name->text, name->size))
			return block;
	}
	return NULL;
}
