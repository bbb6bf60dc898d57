/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "query/balance.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/ranges.h"
#include "base/sort.h"
#include "linux/crash_members.h"
#include "query/memory_runs.h"

enum {
	/* Limit for the entries. When it is reached, entries of the same file are joined. */
	MOST_FILES = 1 << 19,
	FILES_LEFT = 1 << 18, /* largest number of files that remain after joining */
};

struct balancing {
	struct kernel *kernel;
	struct balance *balance;
	size_t room;
	/* True if the last frame of the run before has the use PAGE_USE_OTHER and is not part of a
	 * compound page. This frame may be the first frame of a block that contains the next
	 * frames. head: the pfn of this frame. */
	bool has_head;
	uint64_t head;
	bool failed;
};

/* --- files --- */

static int by_pages(const void *left, const void *right)
{
	const struct balance_file *a = left, *b = right;

	return COMPARE(b->pages, a->pages) ?: COMPARE(a->mapping, b->mapping);
}

static bool sort_files(struct balancing *work, int (*compare)(const void *a, const void *b))
{
	struct balance *balance = work->balance;

	return sort_items(balance->file, balance->nr_files, sizeof(*balance->file), compare,
			  work->kernel->listener);
}

/* Joins the entries of the same file. If too many files remain, drops the files with the fewest
 * pages. */
static bool join_files(struct balancing *work)
{
	struct balance *balance = work->balance;
	size_t kept = 0;

	if (!sort_files(work, ranges_compare))
		return false;
	for (size_t i = 0; i < balance->nr_files; i++)
		if (kept && balance->file[kept - 1].mapping == balance->file[i].mapping)
			balance->file[kept - 1].pages += balance->file[i].pages;
		else
			balance->file[kept++] = balance->file[i];
	balance->nr_files = kept;
	if (!sort_files(work, by_pages))
		return false;
	if (kept > FILES_LEFT)
		balance->nr_files = FILES_LEFT;
	return true;
}

/* Does the address_space belong to a block device? The pages of block devices are buffers. */
static bool is_block_device(struct kernel *kernel, uint64_t mapping)
{
	const struct member *data = kernel_member(kernel, INODE_DATA, NULL);
	uint64_t inode, sb, type, name;
	char text[8];

	return data && kernel_read_member(kernel, mapping, SPACE_HOST, &inode, NULL) &&
	       inode + data->offset == mapping &&
	       kernel_read_member(kernel, inode, INODE_SB, &sb, NULL) &&
	       kernel_read_member(kernel, sb, SB_TYPE, &type, NULL) &&
	       kernel_read_member(kernel, type, FILESYSTEM_NAME, &name, NULL) &&
	       kernel_read_text(kernel, name, text, sizeof(text)) && !strcmp(text, "bdev");
}

static bool balance_add_file(struct balancing *work, const struct frame_run *run)
{
	struct balance *balance = work->balance;
	struct balance_file file = {
		.mapping = run->object,
		.pages = run->last - run->first + 1,
		.shmem = run->use == PAGE_USE_SHMEM,
	};
	struct balance_file *last =
		balance->nr_files ? &balance->file[balance->nr_files - 1] : NULL;

	if (last && last->mapping == file.mapping) {
		last->pages += file.pages;
		return true;
	}
	if (balance->nr_files == MOST_FILES && !join_files(work))
		return false;
	return array_add(&balance->file, &balance->nr_files, &work->room, &file, sizeof(file));
}

/* Counts the pages of block devices as buffers. Block devices that join_files() has dropped remain
 * counted as files. */
static void count_buffers(struct balancing *work)
{
	struct balance *balance = work->balance;

	for (size_t i = 0; i < balance->nr_files && !kernel_stopped(work->kernel); i++)
		if (!balance->file[i].shmem &&
		    is_block_device(work->kernel, balance->file[i].mapping)) {
			balance->pages[PAGE_USE_FILE] -= balance->file[i].pages;
			balance->pages[PAGE_USE_BUFFERS] += balance->file[i].pages;
		}
}

/* --- blocks --- */

/* Adds frames without references. If they come after a frame with a reference (has_head), they are
 * the rest of its block. */
static void balance_add_block(struct balancing *work, uint64_t pages)
{
	unsigned int order = 0;

	if (!work->has_head) {
		work->balance->loose += pages;
		return;
	}
	while (order + 1 < BALANCE_ORDERS && (UINT64_C(2) << order) <= pages + 1 &&
	       !(work->head & ((UINT64_C(2) << order) - 1)))
		order++;
	work->balance->blocks[0]--;
	work->balance->blocks[order]++;
	work->balance->loose += pages + 1 - (UINT64_C(1) << order);
}

static void count_blocks(struct balancing *work, const struct frame_run *run)
{
	uint64_t pages = run->last - run->first + 1;

	if (run->use == PAGE_USE_UNKNOWN && work->has_head && work->head + 1 != run->first)
		work->has_head = false;
	if (run->use == PAGE_USE_UNKNOWN)
		balance_add_block(work, pages);
	work->has_head = run->use == PAGE_USE_OTHER && !run->compound;
	work->head = run->last;
	if (run->use != PAGE_USE_OTHER)
		return;
	if (run->order < BALANCE_ORDERS && pages >> run->order)
		work->balance->blocks[run->order] += pages >> run->order;
	else
		work->balance->loose += pages;
}

/* --- the balance --- */

static bool balance_take_run(const struct frame_run *run, void *arg)
{
	struct balancing *work = arg;
	struct balance *balance = work->balance;

	if (page_use_is_lost(run->use) && !balance->pages[PAGE_USE_UNREADABLE] &&
	    !balance->pages[PAGE_USE_DAMAGED])
		balance->first_lost = run->first;
	balance->pages[run->use] += run->last - run->first + 1;
	count_blocks(work, run);
	if ((run->use == PAGE_USE_FILE || run->use == PAGE_USE_SHMEM) && run->object)
		work->failed = !balance_add_file(work, run);
	return !work->failed && !kernel_stopped(work->kernel);
}

bool query_balance(struct kernel *kernel, struct balance *balance, struct error *err)
{
	struct balancing work = { .kernel = kernel, .balance = balance };
	struct memory_question question = {
		.frames = { .last = UINT64_MAX },
		.parts = true,
		.visit = balance_take_run,
		.arg = &work,
		.cut = &balance->cut,
	};

	*balance = (struct balance){ 0 };
	if (!query_memory_runs(kernel, &question, err))
		return false;
	if (!work.failed && join_files(&work)) {
		count_buffers(&work);
		return true;
	}
	query_balance_release(balance);
	return kernel_stopped(kernel) ? fail(err, ERROR_INTERRUPTED, "interrupted") :
					out_of_memory(err);
}

void query_balance_release(struct balance *balance)
{
	free(balance->file);
	balance->file = NULL;
	balance->nr_files = 0;
}

/* --- lines --- */

/* The order of lines: first the memory that users requested, last free memory. */
static const enum page_use_kind lines[] = {
	PAGE_USE_ANON,	   PAGE_USE_KSM,	PAGE_USE_SHMEM,	      PAGE_USE_FILE,
	PAGE_USE_HUGETLB,  PAGE_USE_SLAB,	PAGE_USE_KMALLOC,     PAGE_USE_VMALLOC,
	PAGE_USE_VMAP,	   PAGE_USE_STACK,	PAGE_USE_TABLE,	      PAGE_USE_PGD,
	PAGE_USE_PERCPU,   PAGE_USE_ZSMALLOC,	PAGE_USE_MOVABLE,     PAGE_USE_CMA,
	PAGE_USE_OFFLINE,  PAGE_USE_UNACCEPTED, PAGE_USE_GUARD,	      PAGE_USE_HWPOISON,
	PAGE_USE_RESERVED, PAGE_USE_FREE,	PAGE_USE_FREE_PERCPU, PAGE_USE_UNREADABLE,
	PAGE_USE_DAMAGED,
};

static const char all[] = "all", unaccounted[] = "unaccounted";

static void give_line(const struct balance_line line,
		      void (*visit)(const struct balance_line *line, void *arg), void *arg)
{
	if (line.pages)
		visit(&line, arg);
}

static uint64_t pages_of(const struct balance *balance, enum page_use_kind whole)
{
	uint64_t pages = 0;

	for (int use = 0; use < NR_PAGE_USES; use++)
		if (page_use_whole((enum page_use_kind)use) == whole)
			pages += balance->pages[use];
	return pages;
}

void query_balance_lines(const struct balance *balance,
			 void (*visit)(const struct balance_line *line, void *arg), void *arg)
{
	uint64_t sum = 0,
		 nameless = balance->pages[PAGE_USE_OTHER] + balance->pages[PAGE_USE_UNKNOWN];

	for (int use = 0; use < NR_PAGE_USES; use++)
		sum += balance->pages[use];
	give_line((struct balance_line){ all, NULL, sum }, visit, arg);
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		const char *whole = page_use_names[lines[i]];

		give_line((struct balance_line){ whole, all, pages_of(balance, lines[i]) }, visit,
			  arg);
		for (int use = 0; use < NR_PAGE_USES; use++)
			if ((enum page_use_kind)use != lines[i] &&
			    page_use_whole((enum page_use_kind)use) == lines[i])
				give_line((struct balance_line){ page_use_names[use], whole,
								 balance->pages[use] },
					  visit, arg);
	}
	give_line((struct balance_line){ unaccounted, all, nameless }, visit, arg);
	give_line((struct balance_line){ page_use_names[PAGE_USE_OTHER], unaccounted,
					 balance->pages[PAGE_USE_OTHER] },
		  visit, arg);
	give_line((struct balance_line){ page_use_names[PAGE_USE_UNKNOWN], unaccounted,
					 balance->pages[PAGE_USE_UNKNOWN] },
		  visit, arg);
}
