/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The search for texts in memory: at each alignment, at the borders of blocks, buffers and extents,
 * and after a text that was found. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include "kernel/memory_scan.h"
#include "image.h"

/* After all other headers, because cmocka.h defines a macro fail(). */
#include <cmocka.h>

enum { PART = 0x8000, WHOLE = 3 * PART, AT = 0x1000, MOST = 4 };

/* How the file contains the memory. In the file, the parts of PARTS and GAP are in another order
 * than in memory. So each part is an extent, smaller than the extents that are not copied. */
enum layout { ONE, PARTS, GAP };

static struct image image;

struct found {
	size_t nr;
	uint64_t paddr[MOST];
	enum memory_text text[MOST];
	uint64_t skip; /* the search continues this many bytes after a text */
};

static uint64_t take(void *arg, enum memory_text text, uint64_t paddr)
{
	struct found *found = arg;

	assert_true(found->nr < MOST);
	found->text[found->nr] = text;
	found->paddr[found->nr++] = paddr;
	return paddr + found->skip;
}

static void ignore(void *arg, uint64_t paddr)
{
	(void)arg, (void)paddr;
}

static uint64_t offset_of(enum layout layout, uint64_t paddr)
{
	return AT + (layout == ONE ? paddr : WHOLE - PART - paddr / PART * PART + paddr % PART);
}

static void start(enum layout layout)
{
	image_init(&image, false);
	memset(image.bytes + AT, 0, WHOLE);
	for (uint64_t paddr = 0; paddr < WHOLE; paddr += layout == ONE ? WHOLE : PART)
		image_load(&image, offset_of(layout, paddr),
			   layout == GAP && paddr ? paddr + PART : paddr,
			   layout == ONE ? WHOLE : PART);
}

/* paddr: the address without the gap. */
static void put_text(enum layout layout, uint64_t paddr, const char *text)
{
	for (; *text && paddr < WHOLE; text++, paddr++)
		image.bytes[offset_of(layout, paddr)] = (uint8_t)*text;
}

static struct found scan(uint64_t skip)
{
	struct found found = { .skip = skip };
	struct error err = { .message = "" };
	struct memory_scan scan = { .found = take, .progress = ignore, .arg = &found };

	scan.dump = image_open(&image, &err);
	assert_non_null(scan.dump);
	memory_scan(&scan);
	dump_close(scan.dump);
	return found;
}

/* A text is found once, wherever it is. */
static void each_place(void **state)
{
	static const struct {
		const char *text;
		enum memory_text kind;
	} texts[] = { { "Linux version ", TEXT_BANNER }, { "OSRELEASE=", TEXT_NOTE } };
	static const uint64_t borders[] = { 0, 0x1000, PART, 2 * PART, WHOLE };

	(void)state;
	for (enum layout layout = ONE; layout <= GAP; layout++)
		for (size_t i = 0; i < 2 * sizeof(borders) / sizeof(borders[0]); i++) {
			const char *text = texts[i % 2].text;
			uint64_t border = borders[i / 2], size = strlen(text);

			for (uint64_t paddr = border < size ? 0 : border - size - 1;
			     paddr <= border + 4 && paddr < WHOLE; paddr++) {
				bool cut = paddr + size > WHOLE ||
					   (layout == GAP && paddr < PART && paddr + size > PART);
				struct found found;

				start(layout);
				put_text(layout, paddr, text);
				found = scan(1);
				if (found.nr != !cut)
					fail_msg("%s at %llx, layout %d: %zu", text,
						 (unsigned long long)paddr, (int)layout, found.nr);
				if (cut)
					continue;
				assert_int_equal(found.text[0], texts[i % 2].kind);
				assert_int_equal(found.paddr[0], layout == GAP && paddr >= PART ?
									 paddr + PART :
									 paddr);
			}
		}
}

/* The callback determines where the search for this kind of text continues. */
static void after_a_text(void **state)
{
	static const struct {
		uint64_t skip;
		size_t nr; /* of texts, of which one is a note */
		uint64_t banners[MOST];
	} rows[] = {
		{ 1, 4, { 0x100, 0x10e, 0x2000 } },
		{ 14, 4, { 0x100, 0x10e, 0x2000 } },
		{ 15, 3, { 0x100, 0x2000 } },
		{ 0x1f00, 3, { 0x100, 0x2000 } },
		{ 0x1f01, 2, { 0x100 } },
		{ WHOLE, 2, { 0x100 } },
		{ 0, 2, { 0x100 } }, /* the search ends */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct found found;
		size_t nr = 0;

		start(ONE);
		put_text(ONE, 0x100, "Linux version Linux version ");
		put_text(ONE, 0x2000, "Linux version ");
		put_text(ONE, 0x120, "OSRELEASE=");
		found = scan(rows[i].skip);
		for (size_t at = 0; at < found.nr; at++)
			if (found.text[at] == TEXT_BANNER) {
				if (nr == MOST || found.paddr[at] != rows[i].banners[nr++])
					fail_msg("row %zu: %llx", i,
						 (unsigned long long)found.paddr[at]);
			} else {
				assert_int_equal(found.paddr[at], 0x120);
			}
		assert_int_equal(found.nr, rows[i].nr);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_place),
		cmocka_unit_test(after_a_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
