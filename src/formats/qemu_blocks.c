/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "formats/qemu_blocks.h"

#include <stdio.h>
#include <string.h>

static bool contains(struct bytes name, const char *text)
{
	return memmem(name.data, name.size, text, strlen(text));
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

/*
 * The node of a block; 0 if the machine has no nodes. False: not memory that the
 * guest boots with. Some machine types name a backend by its path
 * (hw/core/machine.c, x-use-canonical-path-for-ramblock-id). Names of nodes are
 * libvirt's (qemuBuildMemoryCellBackendStr()).
 */
static bool number_of(struct bytes name, size_t *number, bool *numbered)
{
	static const char *const whole[] = { "pc.ram", "microvm.ram" };

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

/* Firmware, or memory of a device on a bus. */
static bool is_of_device(struct bytes name)
{
	static const char *const signs[] = { "rom", "bios", "flash", "vram",
					     "vga", ":" };

	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
		if (contains(name, signs[i]))
			return true;
	return false;
}

static void note_other(struct qemu_blocks *blocks, struct bytes name)
{
	size_t used = strlen(blocks->others);

	if (!is_of_device(name))
		snprintf(blocks->others + used, sizeof(blocks->others) - used,
			 "%s%.*s", used ? ", " : "", (int)name.size,
			 (const char *)name.data);
}

bool qemu_blocks_add(struct qemu_blocks *blocks, struct bytes name,
		     uint64_t size)
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
	*block = (struct qemu_block){ .name = name, .size = size };
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
					  struct bytes name)
{
	for (size_t i = 0; i < blocks->nr; i++) {
		const struct qemu_block *block = &blocks->at[i];

		if (block->name.size == name.size &&
		    !memcmp(block->name.data, name.data, name.size))
			return block;
	}
	return NULL;
}
