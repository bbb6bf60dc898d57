/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "formats/qemu_ram.h"

#include <stdlib.h>

/* Marks a page that was sent as zeros. */
static const uint8_t zero_page[1];

bool qemu_ram_create(struct qemu_ram *ram, uint64_t size)
{
	const uint64_t most = UINT64_C(1) << 44;

	if (!size || size > most)
		return false;
	ram->groups = calloc((size + QEMU_GROUP - 1) / QEMU_GROUP,
			     sizeof(*ram->groups));
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

bool qemu_ram_set(struct qemu_ram *ram, uint64_t offset, const uint8_t *data)
{
	const uint8_t ***group = &ram->groups[offset / QEMU_GROUP];

	if (!*group)
		*group = calloc(QEMU_GROUP_PAGES, sizeof(**group));
	if (!*group)
		return false;
	(*group)[offset / QEMU_PAGE % QEMU_GROUP_PAGES] =
		data ? data : zero_page;
	return true;
}

void qemu_ram_find(const struct qemu_ram *ram, uint64_t offset,
		   struct extent *extent)
{
	const uint8_t **group = ram->groups[offset / QEMU_GROUP];
	uint64_t size = group ? QEMU_PAGE : QEMU_GROUP;
	const uint8_t *data =
		group ? group[offset / QEMU_PAGE % QEMU_GROUP_PAGES] : NULL;

	*extent = (struct extent){
		.first = offset / size * size,
		.last = offset / size * size + (size - 1),
		.state = ram->complete ? PAGE_FILTERED : PAGE_TRUNCATED,
	};
	if (extent->last >= ram->size)
		extent->last = ram->size - 1;
	if (data == zero_page)
		extent->state = PAGE_ZERO;
	if (!data || data == zero_page)
		return;
	extent->data = data;
	extent->state = PAGE_PRESENT;
}
