/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * floor DUMP   Times the least work that every search of all memory has to do, using as many
 *              threads as kwalk. Reads the whole file, and compares each word with one value. If
 *              the file is kdump-compressed, decodes each page once, and compares its words. The
 *              time to find the pages is not counted. Pages of zeros and pages that were left
 *              out of the dump take no time.
 *              Prints the elapsed time and the processor time in microseconds, and the number of
 *              decoded pages.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/crew.h"
#include "dump/search.h"
#include "dump/formats/formats.h"
#include "dump/formats/kdump_header.h"
#include "timing.h"

enum { PIECE = 1 << 18, PAGES_AT_ONCE = 64, MOST_THREADS = 64 };

/* A page in the form in which the file contains it. */
struct packed {
	struct bytes bytes; /* owned */
	enum codec codec;
};

struct work {
	const struct file *file;
	struct packed *pages; /* NULL: the file is not compressed */
	size_t nr_pages, room;
	uint64_t next; /* offset of the next piece, or index of the next page */
	uint64_t found;
};

static void *allocate(size_t size)
{
	void *memory = malloc(size);

	if (!memory)
		exit(1);
	return memory;
}

#define DEFINE_COUNT(NAME, TARGET)                                                                 \
	TARGET static uint64_t NAME(const uint8_t *data, size_t size)                              \
	{                                                                                          \
		uint64_t nr = 0;                                                                   \
                                                                                                   \
		for (size_t at = 0; at + 8 <= size; at += 8) {                                     \
			uint64_t word;                                                             \
                                                                                                   \
			memcpy(&word, data + at, 8);                                               \
			nr += word == UINT64_C(0xdeadbeefcafe1234);                                \
		}                                                                                  \
		return nr;                                                                         \
	}

DEFINE_COUNT(count_plain, )
#ifdef __x86_64__
/* gcc makes a loop of vectors only at O3; clang makes it at O2, and does not know `optimize`. */
#ifdef __clang__
DEFINE_COUNT(count_avx2, __attribute__((target("avx2"))))
#else
DEFINE_COUNT(count_avx2, __attribute__((target("avx2"), optimize("O3"))))
#endif
#endif

static uint64_t count(const uint8_t *data, size_t size)
{
#ifdef __x86_64__
	if (__builtin_cpu_supports("avx2"))
		return count_avx2(data, size);
#endif
	return count_plain(data, size);
}

static uint64_t take(struct work *work, uint64_t nr)
{
	return __atomic_fetch_add(&work->next, nr, __ATOMIC_RELAXED);
}

static uint64_t read_file(struct work *work)
{
	uint8_t *buffer = allocate(PIECE);
	uint64_t size = work->file->size, at, found = 0;

	while ((at = take(work, PIECE)) < size) {
		size_t part = size - at < PIECE ? (size_t)(size - at) : PIECE;

		if (!file_read(work->file, at, buffer, part))
			exit(1);
		found += count(buffer, part);
	}
	free(buffer);
	return found;
}

static uint64_t decode_pages(struct work *work)
{
	struct inflater *inflater = inflater_create();
	uint8_t page[CACHE_PAGE_SIZE];
	uint64_t at, found = 0;

	while ((at = take(work, PAGES_AT_ONCE)) < work->nr_pages)
		for (uint64_t i = at; i < at + PAGES_AT_ONCE && i < work->nr_pages; i++) {
			const struct packed *packed = &work->pages[i];

			if (!inflate_bytes(inflater, packed->codec, packed->bytes, page,
					   sizeof(page)))
				exit(1);
			found += count(page, sizeof(page));
		}
	inflater_destroy(inflater);
	return found;
}

static void *run(void *arg)
{
	struct work *work = arg;
	uint64_t found = work->pages ? decode_pages(work) : read_file(work);

	__atomic_fetch_add(&work->found, found, __ATOMIC_RELAXED);
	return NULL;
}

static void add_page(struct work *work, const struct source *source, uint64_t offset, uint32_t size,
		     enum codec codec)
{
	uint8_t *copy = allocate(size);

	if (work->nr_pages == work->room) {
		work->room = 2 * work->room + 1024;
		work->pages = realloc(work->pages, work->room * sizeof(*work->pages));
	}
	if (!work->pages || !source_read(source, offset, copy, size))
		exit(1);
	work->pages[work->nr_pages++] = (struct packed){ { copy, size }, codec };
}

/* Returns the number of dumped pages: the bits that are set in the second half of the bitmaps. */
static uint64_t count_dumped(const struct source *source, const struct kdump_header *header)
{
	uint64_t first = 1 + header->sub_blocks, nr = 0;
	uint64_t block[KDUMP_MOST_BLOCK / 8];
	const size_t size = kdump_header_block(header);

	for (uint64_t i = header->bitmap_blocks / 2; i < header->bitmap_blocks; i++) {
		if (!source_read(source, (first + i) * size, block, size))
			exit(1);
		for (size_t at = 0; at < size / 8; at++)
			nr += (uint64_t)__builtin_popcountll(block[at]);
	}
	return nr;
}

/* Reads the pages of a kdump-compressed file. The pages come after all descriptors. Skips the first
 * page, because it is the page of zeros that many frames share. */
static void take_pages(struct work *work, const struct source *source)
{
	uint8_t descriptor[KDUMP_DESCRIPTOR_SIZE];
	struct kdump_header header;
	uint64_t at, end;
	enum codec codec;

	if (!kdump_header_read(source, "", &header, NULL))
		exit(1);
	at = (1 + header.sub_blocks + header.bitmap_blocks) * kdump_header_block(&header);
	end = at + count_dumped(source, &header) * sizeof(descriptor);
	for (; at < end; at += sizeof(descriptor)) {
		if (!source_read(source, at, descriptor, sizeof(descriptor)) ||
		    !kdump_codec(load_le32(descriptor + 12), &codec))
			exit(1);
		if (load_le64(descriptor) != end)
			add_page(work, source, load_le64(descriptor), load_le32(descriptor + 8),
				 codec);
	}
}

static double processor_us(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6 +
	       (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

int main(int argc, char **argv)
{
	pthread_t threads[MOST_THREADS];
	unsigned int nr = crew_cpus();
	struct work work = { 0 };
	double used;
	uint64_t start;
	struct file file;
	struct dump *dump;
	struct error err;

	if (argc != 2) {
		fputs("usage: floor DUMP\n", stderr);
		return 2;
	}
	if (!file_open(&file, argv[1], &err) || !(dump = dump_open_parts(&file, 1, NULL, &err))) {
		fprintf(stderr, "floor: %s\n", err.message);
		return 1;
	}
	work.file = &dump->file;
	if (strstr(dump->format_name, "kdump"))
		take_pages(&work, &dump->source);
	start = now_ns();
	used = processor_us();
	for (unsigned int i = 1; i < nr; i++)
		if (pthread_create(&threads[i], NULL, run, &work))
			return 1;
	run(&work);
	for (unsigned int i = 1; i < nr; i++)
		pthread_join(threads[i], NULL);
	printf("%.0f %.0f %zu\n", (double)(now_ns() - start) / 1e3, processor_us() - used,
	       work.pages ? work.nr_pages : (size_t)0);
	dump_close(dump);
	return 0;
}
