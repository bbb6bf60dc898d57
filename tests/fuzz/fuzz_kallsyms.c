/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The input is memory of a kernel's image, in which the table of symbols is searched. Or, if the
 * first byte says so, the input consists of the parts of the table: first where each part begins,
 * and then the parts. If there is a table, names and addresses are looked up. */
#include "input.h"

#include "symbols/kallsyms.h"

#define IMAGE UINT64_C(0xffffffff81200000)

struct image {
	struct bytes bytes;
	uint8_t pointer_size;
	bool believe; /* accept the first table that can be read */
};

static bool seen(const char *name, void *arg)
{
	unsigned int *left = arg;

	PROMISED(strlen(name) <= KALLSYMS_LONGEST_NAME);
	return --*left > 0;
}

static void ask_address(struct kallsyms *kallsyms, uint64_t address)
{
	struct kernel_symbol symbol;

	if (!kallsyms_at(kallsyms, address, &symbol))
		return;
	PROMISED(symbol.address <= address);
	PROMISED(*symbol.name && strlen(symbol.name) <= KALLSYMS_LONGEST_NAME);
	kallsyms_room(kallsyms, address);
}

static void ask(struct kallsyms *kallsyms)
{
	static const char *const names[] = {
		"schedule", "linux_banner", "_text", "", "a", "b", "c", "d", "e"
	};
	uint32_t nr = kallsyms_count(kallsyms), step = nr / 64 + 1;
	struct kernel_symbol symbol, again;
	unsigned int left = 100;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		kallsyms_find(kallsyms, names[i], &symbol);
	for (uint32_t i = 0; i < nr; i += step) {
		if (!kallsyms_symbol(kallsyms, i, &symbol))
			continue;
		PROMISED(kallsyms_find(kallsyms, symbol.name, &again));
		PROMISED(!strcmp(symbol.name, again.name));
		ask_address(kallsyms, symbol.address);
		ask_address(kallsyms, symbol.address + 1);
	}
	PROMISED(!kallsyms_symbol(kallsyms, nr, &symbol));
	ask_address(kallsyms, 0);
	ask_address(kallsyms, UINT64_MAX);
	kallsyms_complete(kallsyms, "s", seen, &left);
}

/* A copy, so that sanitizers detect a read after its end. */
static struct view part(const struct image *image, uint64_t at, uint64_t size)
{
	struct view view = { 0 };

	if (at < image->bytes.size && size) {
		size = size < image->bytes.size - at ? size : image->bytes.size - at;
		view.owned = malloc(size);
		memcpy(view.owned, image->bytes.data + at, size);
		view.bytes = (struct bytes){ view.owned, size };
	}
	return view;
}

static bool try_place(const struct kallsyms_place *place, void *arg)
{
	const struct image *image = arg;
	uint64_t index = place->token_index - place->tokens;
	struct kallsyms_tables tables = {
		.place = *place,
		.address_mask = UINT64_MAX,
		.pointer_size = image->pointer_size,
		.names = part(image, place->names - IMAGE, place->tokens - place->names),
		.tokens = part(image, place->tokens - IMAGE, index + KALLSYMS_INDEX_SIZE),
		.values = part(image, place->values - IMAGE, (uint64_t)place->nr * 8),
	};
	struct kallsyms *kallsyms;

	kallsyms = kallsyms_create(&tables, NULL);
	if (kallsyms)
		ask(kallsyms);
	kallsyms_destroy(kallsyms);
	return kallsyms && image->believe;
}

static void try_parts(struct input *input, struct image *image, uint8_t marker_size)
{
	struct kallsyms_place place = {
		.encoding = take(input, 1) % NR_KALLSYMS_ENCODINGS,
		.nr = (uint32_t)take(input, 2),
		.names = IMAGE + take(input, 2),
		.tokens = IMAGE + take(input, 2),
		.token_index = IMAGE + take(input, 2),
		.values = IMAGE + take(input, 2),
		.base = take(input, 8),
		.marker_size = marker_size,
	};

	if (marker_size)
		place.markers = IMAGE + take(input, 2);
	image->bytes = (struct bytes){ input->data, input->size };
	if (place.token_index < place.tokens)
		place.token_index = place.tokens;
	try_place(&place, image);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = { data, size };
	uint64_t way = take(&input, 1);
	struct image image = {
		.pointer_size = way & 1 ? 4 : 8,
		.believe = way & 2,
	};

	if (way & 4) {
		try_parts(&input, &image, way & 8 ? (way & 16 ? 8 : 4) : 0);
		return 0;
	}
	image.bytes = (struct bytes){ input.data, input.size };
	kallsyms_search(&(struct kallsyms_image){ image.bytes, IMAGE, image.pointer_size }, NULL,
			try_place, &image);
	return 0;
}
