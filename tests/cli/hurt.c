/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * hurt [OPTION]... TIMES SEED FILE...: cuts the dump (each of its parts) at TIMES
 * places and damages a byte at TIMES others, and asks for the same addresses and
 * memory each time. Nothing may be answered that the whole dump does not answer:
 * no other physical address, no other bytes. Where the entries of a walk are still
 * what they were, its answer must be, whatever else was damaged.
 *   -o NAME=VALUE   as kwalk takes it
 *   -k              FILE is read as /proc/kcore is, not mapped
 *   -l              FILE is read as one that has no room in memory; what -l answers is held
 *                   against what is answered without
 *   -e              damages, of the bytes that are no memory, each in turn: all fields
 *                   of all headers; or TIMES of them, evenly
 *   -x FIRST,LAST   these bytes say what stands nowhere else, as where in memory a
 *                   part of the file belongs: memory must only be what the file holds
 *   -p FIRST,LAST   the same, of where in the file one page is
 *   -c FIRST        pages from there on are compressed without a checksum
 *   -s              what is left may be an older state of a page: only
 *                   translations are compared
 * A damaged byte of memory that stands in the file as it is, or of a page without a
 * checksum, cannot be recognised. Where such a byte is damaged, only
 * the rest of the memory is compared.
 */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <unistd.h>

#include "dump/dump.h"
#include "dump/formats/formats.h"
#include "kernel/kernel.h"
#include "open/open.h"
#include "query/translate.h"

enum { MOST_FILES = 16, MOST_WORDS = 4096, MOST_SECONDS = 60, MOST_SHOWN = 20 };

/* Of the x86-64 kernel that tests/dumps describes: all regions, holes too. Then of i386's,
 * where those are no addresses. */
static const uint64_t addresses[] = {
	0xffff888000000000, 0xffff888000001000, 0xffff8880001ff123, 0xffff888001c00123,
	0xffff888001fff000, 0xffff888002000000, 0xffffc90000000000, 0xffffc90000001ff8,
	0xffffc90000002000, 0xffffea0000070000, 0xffffffff81000000, 0xffffffff81200010,
	0xffffffff81410000, 0xffffffff817ffff8, 0xffffffff8fff0000, 0xffffffffff5fd020,
	0xffffffffff600000, 0x7fffffffffff,	0x800000000000,	    0x1000,
	0xc0000000,	    0xc0001234,		0xc1000000,	    0xc1200010,
	0xc1410000,	    0xc1bff000,		0xc1c00123,	    0xc1c05ff8,
	0xc2800000,	    0xc2801ff8,		0xc2802000,	    0xff400000,
	0xffffc020,
};
enum { NR_ADDRESSES = sizeof(addresses) / sizeof(addresses[0]) };

struct part {
	const char *name;
	char path[64]; /* of the copy that is hurt */
	int fd;
	uint8_t *bytes; /* as it was */
	uint8_t *is_memory; /* per byte: stands for memory as it is */
	size_t size;
};

static struct part parts[MOST_FILES];
static size_t nr_parts;
static const char *overrides[MOST_FILES];
static size_t nr_overrides;
static bool read_only, too_large, may_be_older, each_field; /* -k, -l, -s, -e */
static size_t compressed = SIZE_MAX; /* -c */
static struct {
	int option;
	size_t first, last;
} excluded[MOST_FILES]; /* -x, -p */
static size_t nr_excluded;

/* What the whole dump says, or a hurt one. */
struct word {
	uint64_t paddr, value;
	enum page_state state;
};

struct answers {
	bool opened;
	struct translation translations[NR_ADDRESSES];
	bool intact[NR_ADDRESSES]; /* entries of the whole dump's walk */
	bool translated; /* there was a page table */
	struct word words[MOST_WORDS];
};

static struct answers whole, hurt;
static size_t nr_words;
static unsigned long nr_wrong, nr_opened, nr_mapped, nr_unmapped;
static char what[128]; /* is done to the file */

static uint64_t state;

static uint64_t rnd(void)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return state * UINT64_C(0x2545f4914f6cdd1d);
}

static void give_up(const char *why)
{
	fprintf(stderr, "hurt: %s: %s\n", what, why);
	exit(2);
}

static void too_long(int number)
{
	(void)number;
	if (write(STDERR_FILENO, what, strlen(what)) > 0 &&
	    write(STDERR_FILENO, ": takes too long\n", 17) > 0)
		_exit(1);
	_exit(1);
}

static void read_part(struct part *part, const char *name)
{
	FILE *file = fopen(name, "rb");
	long size = 0;

	*part = (struct part){ .name = name };
	snprintf(what, sizeof(what), "%s", name);
	if (!file || fseek(file, 0, SEEK_END) || (size = ftell(file)) <= 0)
		give_up("cannot be read");
	part->size = (size_t)size;
	part->bytes = malloc(part->size);
	part->is_memory = calloc(part->size, 1);
	part->fd = memfd_create("hurt", MFD_CLOEXEC);
	rewind(file);
	if (!part->bytes || !part->is_memory || part->fd < 0 ||
	    fread(part->bytes, 1, part->size, file) != part->size ||
	    pwrite(part->fd, part->bytes, part->size, 0) != size)
		give_up("cannot be copied");
	fclose(file);
	snprintf(part->path, sizeof(part->path), "/proc/self/fd/%d", part->fd);
}

/* Nothing but the start stays mapped: what else is read there ends by a signal. */
static void keep_start(struct file *file)
{
	enum { START = 4096 };

	munmap((void *)file->bytes.data, file->bytes.size);
	if (file->bytes.size > START)
		file->bytes.size = START;
	file->bytes.data = mmap(NULL, file->bytes.size, PROT_READ, MAP_PRIVATE, file->fd, 0);
	file->too_large = true;
	if (file->bytes.data == MAP_FAILED)
		give_up("cannot be mapped");
}

static struct dump *open_dump(void)
{
	struct file files[MOST_FILES];
	struct error err;

	for (size_t i = 0; i < nr_parts; i++) {
		if (!file_open(&files[i], parts[i].path, &err)) {
			while (i--)
				file_close(&files[i]);
			return NULL;
		}
		files[i].start_only = read_only;
		if (too_large)
			keep_start(&files[i]);
	}
	return dump_open_parts(files, nr_parts, NULL, &err);
}

/* Are the entries of the whole dump's walk there, and the same? */
static bool same_entries(const struct space *space, const struct walk *walk)
{
	uint64_t value;

	for (int i = 0; i < walk->nr_steps; i++)
		if (dump_load(space->dump, walk->step[i].entry_paddr, space->paging->entry_size,
			      &value) != PAGE_PRESENT ||
		    value != walk->step[i].entry)
			return false;
	return walk->nr_steps;
}

static void translate_all(struct kernel *kernel, struct answers *answers)
{
	const struct space *space = kernel ? kernel_space(kernel, NULL) : NULL;

	answers->translated = space;
	if (!space)
		return;
	for (size_t i = 0; i < NR_ADDRESSES; i++) {
		answers->translations[i] = query_translate(kernel, space, addresses[i]);
		answers->intact[i] = same_entries(space, &whole.translations[i].walk);
	}
}

static void read_words(struct dump *dump, struct answers *answers)
{
	for (size_t i = 0; i < nr_words; i++) {
		struct word *word = &answers->words[i];
		uint8_t bytes[8] = { 0 };

		word->paddr = whole.words[i].paddr;
		word->state = dump_read(dump, word->paddr, bytes, 8);
		word->value = load_le64(bytes);
	}
}

static void ask(struct answers *answers)
{
	struct dump *dump = open_dump();
	const struct opening opening = {
		.dump = dump,
		.overrides = overrides,
		.nr_overrides = nr_overrides,
		.debug_path = "",
	};
	struct dump_survey survey;
	struct kernel *kernel;

	answers->opened = dump;
	if (!dump)
		return;
	read_words(dump, answers);
	dump_survey(dump, &survey);
	kernel = open_kernel_dump(&opening, NULL);
	translate_all(kernel, answers);
	open_close(kernel);
}

/* Wherever the file has these bytes; inflated pages it has nowhere. */
static void mark_memory(struct part *part, const struct extent *extent)
{
	size_t size = extent->last - extent->first + 1;
	const uint8_t *at = part->bytes;

	while ((at = memmem(at, part->size - (size_t)(at - part->bytes), extent->data, size))) {
		memset(part->is_memory + (at - part->bytes), 1, size);
		at += size;
	}
}

/* Words from all of the memory, and from where there is none; and which bytes
 * of the files are memory. */
static void choose_words(void)
{
	const bool as_told = read_only, by_parts = too_large;
	struct extent extent = { .last = UINT64_MAX };
	struct dump *dump;

	read_only = too_large = false;
	dump = open_dump();
	read_only = as_told;
	too_large = by_parts;
	if (!dump)
		give_up("cannot be opened");
	do {
		uint64_t step = 0x3f8;

		dump_find(dump, extent.last + 1, &extent);
		for (uint64_t at = extent.first & ~UINT64_C(7);
		     at < extent.last && at < extent.first + (1 << 20) && nr_words < MOST_WORDS;
		     at += step)
			whole.words[nr_words++].paddr = at;
		for (size_t i = 0; extent.data && i < nr_parts; i++)
			mark_memory(&parts[i], &extent);
	} while (extent.last != UINT64_MAX);
	dump_close(dump);
}

static void wrong(const char *kind, uint64_t address, uint64_t got, uint64_t want)
{
	if (++nr_wrong <= MOST_SHOWN)
		printf("%s: %s %" PRIx64 " is %" PRIx64 ", not %" PRIx64 "\n", what, kind, address,
		       got, want);
}

enum rule {
	COMPARE_ALL,
	COMPARE_MEMORY, /* but for the byte that was damaged, and what it leads to */
	COMPARE_PAGES, /* but for one page, and what it leads to */
	COMPARE_HELD, /* only with what the file holds */
};

static uint8_t damage_done; /* bits that differ */
static unsigned long nr_page_excused;

/* A part of it at least: records of a flattened file begin anywhere. */
static bool is_held(uint64_t value)
{
	for (size_t i = 0; i < 2 * nr_parts; i++) {
		uint32_t half = htole32((uint32_t)(value >> i % 2 * 32));

		if (half && memmem(parts[i / 2].bytes, parts[i / 2].size, &half, sizeof(half)))
			return true;
	}
	return !value;
}

/* Is this word wrong only because of the byte that was damaged? */
static bool is_excused(enum rule rule, const struct word *got, const struct word *want)
{
	static uint64_t page;
	uint64_t difference = got->value ^ want->value;

	if (rule == COMPARE_HELD)
		return is_held(got->value);
	if (rule == COMPARE_PAGES) {
		/* All pages of zeros may be one in the file. */
		if (!nr_page_excused++)
			page = got->paddr >> 12;
		return page == got->paddr >> 12 || (want->state <= PAGE_ZERO && !want->value);
	}
	while (difference && !(difference & 0xff))
		difference >>= 8;
	return rule == COMPARE_MEMORY && want->state <= PAGE_ZERO && difference == damage_done;
}

static void compare_memory(enum rule rule)
{
	nr_page_excused = 0;
	for (size_t i = 0; i < nr_words; i++) {
		const struct word *got = &hurt.words[i], *want = &whole.words[i];

		if (got->state > PAGE_ZERO ||
		    (want->state <= PAGE_ZERO && got->value == want->value) ||
		    is_excused(rule, got, want))
			continue;
		wrong("memory at", got->paddr, got->value, want->value);
	}
}

static void compare_translations(enum rule rule)
{
	for (size_t i = 0; i < NR_ADDRESSES; i++) {
		const struct translation *got = &hurt.translations[i];
		const struct translation *want = &whole.translations[i];

		if ((rule == COMPARE_ALL || hurt.intact[i]) && got->has_physical &&
		    (!want->has_physical || got->physical != want->physical))
			wrong("address", addresses[i], got->physical, want->physical);
		nr_mapped += got->has_physical;
		nr_unmapped += want->has_physical && got->status == TRANSLATION_NOT_MAPPED;
	}
}

static void compare(enum rule rule)
{
	ask(&hurt);
	nr_opened += hurt.opened;
	if (!hurt.opened)
		return;
	if (!may_be_older)
		compare_memory(rule);
	if (hurt.translated)
		compare_translations(rule);
}

/* Of processor time: a machine may have other things to do. */
static void bound_work(void)
{
	const struct itimerval most = { .it_value.tv_sec = MOST_SECONDS };

	setitimer(ITIMER_PROF, &most, NULL);
}

static void cut(struct part *part, size_t at)
{
	snprintf(what, sizeof(what), "%s cut at %#zx", part->name, at);
	bound_work();
	if (ftruncate(part->fd, (off_t)at))
		give_up("cannot be cut");
	compare(COMPARE_ALL);
	if (pwrite(part->fd, part->bytes + at, part->size - at, (off_t)at) !=
	    (ssize_t)(part->size - at))
		give_up("cannot be mended");
}

/* Half of the places among what is not memory and not zero, where headers,
 * descriptors and compressed pages are. */
static size_t choose_place(const struct part *part)
{
	uint64_t kind = rnd() >> 40;
	size_t at = 0;

	for (int i = 0; i < 200; i++) {
		at = (rnd() >> 20) % part->size;
		if (kind % 8 == 0 || (kind % 8 == 1 && !part->is_memory[at]) ||
		    (kind % 8 == 2 && part->is_memory[at]))
			break;
		if (kind % 8 > 2 && !part->is_memory[at] && part->bytes[at])
			break;
		if (kind % 8 > 5)
			at %= part->size < 8192 ? part->size : 8192;
		if (kind % 8 > 5 && !part->is_memory[at])
			break;
	}
	return at;
}

static enum rule rule_at(const struct part *part, size_t at)
{
	for (size_t i = 0; i < nr_excluded; i++)
		if (part == parts && at >= excluded[i].first && at <= excluded[i].last)
			return excluded[i].option == 'x' ? COMPARE_HELD : COMPARE_PAGES;
	if (part->is_memory[at])
		return COMPARE_MEMORY;
	return at >= compressed ? COMPARE_PAGES : COMPARE_ALL;
}

static void damage(struct part *part, size_t at, uint64_t kind)
{
	uint8_t old = part->bytes[at], byte;

	switch (kind % 3) {
	case 0: byte = (uint8_t)(old ^ 1 << (rnd() >> 40) % 8); break;
	case 1: byte = old ? 0 : 0xff; break;
	default: byte = (uint8_t)(rnd() >> 40);
	}
	snprintf(what, sizeof(what), "%s byte %#zx %#x as %#x", part->name, at, old, byte);
	bound_work();
	if (pwrite(part->fd, &byte, 1, (off_t)at) != 1)
		give_up("cannot be damaged");
	damage_done = old ^ byte;
	compare(rule_at(part, at));
	if (pwrite(part->fd, &old, 1, (off_t)at) != 1)
		give_up("cannot be mended");
}

static void read_arguments(int argc, char **argv)
{
	int option;

	while ((option = getopt(argc, argv, "+klseo:x:p:c:")) != -1) {
		if (option == 'k')
			read_only = true;
		else if (option == 'l')
			too_large = true;
		else if (option == 's')
			may_be_older = true;
		else if (option == 'e')
			each_field = true;
		else if (option == 'c')
			compressed = strtoul(optarg, NULL, 0);
		else if ((option == 'x' || option == 'p') && nr_excluded < MOST_FILES &&
			 sscanf(optarg, "%zi,%zi", (ssize_t *)&excluded[nr_excluded].first,
				(ssize_t *)&excluded[nr_excluded].last) == 2)
			excluded[nr_excluded++].option = option;
		else if (option == 'o' && nr_overrides < MOST_FILES)
			overrides[nr_overrides++] = optarg;
		else
			exit(2);
	}
	if (argc - optind < 3 || argc - optind > 2 + MOST_FILES) {
		fputs("usage: hurt [OPTION]... TIMES SEED FILE...\n", stderr);
		exit(2);
	}
}

/* Zeros far from all else are not fields. */
static bool is_field(const struct part *part, size_t at)
{
	enum { NEAR = 8 };

	if (part->is_memory[at] || at >= compressed)
		return false;
	for (size_t i = at < NEAR ? 0 : at - NEAR; i < part->size && i <= at + NEAR; i++)
		if (part->bytes[i] && !part->is_memory[i])
			return true;
	return false;
}

static unsigned long damage_fields(struct part *part, unsigned long times)
{
	unsigned long nr = 0, done = 0;

	for (size_t at = 0; at < part->size; at++)
		nr += is_field(part, at);
	for (size_t at = 0, i = 0; at < part->size; at++) {
		if (!is_field(part, at) || i++ % (nr / times + 1))
			continue;
		for (uint64_t kind = 0; kind < 3; kind++, done++)
			damage(part, at, kind);
	}
	return done;
}

int main(int argc, char **argv)
{
	unsigned long times, done = 0;

	read_arguments(argc, argv);
	times = strtoul(argv[optind], NULL, 10);
	state = strtoul(argv[optind + 1], NULL, 10) * 2 + 1;
	for (int i = optind + 2; i < argc; i++)
		read_part(&parts[nr_parts++], argv[i]);
	signal(SIGPROF, too_long);
	choose_words();
	ask(&whole);
	for (size_t i = 0; each_field && i < nr_parts; i++)
		done += damage_fields(&parts[i], times);
	for (unsigned long i = 0; !each_field && i < times; i++, done += 2) {
		struct part *part = &parts[i % nr_parts];

		cut(part, part->size * i / times);
		damage(part, choose_place(part), rnd() >> 40);
	}
	printf("%s: %lu hurt files, %lu opened, %lu translations, %lu not mapped; %lu wrong answers\n",
	       parts[0].name, done, nr_opened, nr_mapped, nr_unmapped, nr_wrong);
	return nr_wrong || !whole.translated || !nr_mapped;
}
