/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The balance of memory, and the largest users in each line of the balance. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/ranges.h"
#include "base/sort.h"
#include "cli/command.h"
#include "cli/commands/show_counters.h"
#include "query/area_info.h"
#include "query/balance.h"
#include "query/page_owner.h"
#include "report/users/amounts.h"
#include "report/users/process_map.h"

enum { MOST_SHOWN = 10 /* largest number of users shown for each line */ };

static void mem_row(struct session *session, const char *what, uint64_t pages, const char *part)
{
	struct output *output = session->output;

	output_begin(output, "mem", NULL, NULL);
	output_count(output, "pages", pages);
	output_count(output, "bytes", kernel_frame(session->kernel, pages));
	output_string(output, "what", what);
	output_string_if(output, "part", part);
}

static void mem_print_line(const struct balance_line *line, void *arg)
{
	struct session *session = arg;

	mem_row(session, line->what, line->pages, line->part);
	output_end(session->output);
}

/* --- users --- */

static void print_processes(struct session *session)
{
	struct kernel *kernel = session->kernel;
	struct process_map map;

	process_map_make(&map, kernel, false);
	for (size_t i = 0; i < map.nr && i < MOST_SHOWN && !session_interrupted(session); i++) {
		if (!map.process[i].rss)
			break;
		mem_row(session, "process", kernel_pfn(kernel, map.process[i].rss), NULL);
		output_string(session->output, "name", map.process[i].comm);
		output_integer(session->output, "pid", map.process[i].pid);
		output_end(session->output);
	}
	process_map_release(&map);
}

struct file_names {
	struct output *output;
	const struct page_file *file;
};

static void state_names(const void *arg)
{
	const struct file_names *names = arg;

	output_string_if(names->output, "name", names->file->path);
	output_string_if(names->output, "path", names->file->mounted);
}

static void print_files(struct session *session, const struct balance *balance)
{
	struct page_file file;
	char path[PATH_TEXT];

	for (size_t i = 0; i < balance->nr_files && i < MOST_SHOWN && !session_interrupted(session);
	     i++) {
		const struct balance_file *use = &balance->file[i];
		bool known = query_page_file(session->kernel, use->mapping, &file);

		mem_row(session, "file", use->pages,
			page_use_names[use->shmem ? PAGE_USE_SHMEM : PAGE_USE_FILE]);
		*path = '\0';
		if (known)
			query_path_text(file.path, file.mounted, file.filesystem, path);
		output_remark(session->output, "name", path, STYLE_PLAIN);
		if (known) {
			output_in_records(session->output, state_names,
					  &(struct file_names){ session->output, &file });
			output_string_if(session->output, "filesystem", file.filesystem);
			output_string_if(session->output, "device", file.device);
			output_count(session->output, "inode", file.number);
		}
		output_hex(session->output, "mapping", use->mapping);
		output_end(session->output);
	}
}

static void print_caches(struct session *session, const struct amounts *caches)
{
	for (size_t i = 0; i < caches->nr && i < MOST_SHOWN && !session_interrupted(session); i++) {
		const struct amount *cache = &caches->item[i];

		if (!cache->size)
			break;
		mem_row(session, "slab-cache", kernel_pfn(session->kernel, cache->size),
			page_use_names[PAGE_USE_SLAB]);
		output_string(session->output, "name", cache->name);
		output_count(session->output, "count", cache->nr);
		output_end(session->output);
	}
}

static int mem_compare_callers(const void *one, const void *two)
{
	const struct caller_sum *a = one, *b = two;

	return COMPARE(b->nr_pages, a->nr_pages) ?: COMPARE(a->caller, b->caller);
}

static void print_callers(struct session *session)
{
	struct kernel *kernel = session->kernel;
	const struct vmalloc_list *list = vmalloc_areas(kernel, NULL);
	size_t nr = 0;
	struct caller_sum *sum = list ? query_callers(kernel, list, &nr, NULL) : NULL;
	char text[SYMBOL_TEXT];

	if (sum && !sort_items(sum, nr, sizeof(*sum), mem_compare_callers, kernel->listener))
		nr = 0;
	for (size_t i = 0; sum && i < nr && i < MOST_SHOWN && sum[i].nr_pages; i++) {
		mem_row(session, "caller", sum[i].nr_pages, page_use_names[PAGE_USE_VMALLOC]);
		if (!query_symbol_text(kernel, sum[i].caller, text))
			snprintf(text, sizeof(text), "%" PRIx64, sum[i].caller);
		output_string_if(session->output, "name", sum[i].caller ? text : NULL);
		output_hex_if(session->output, "caller_address", sum[i].caller, sum[i].caller);
		output_count(session->output, "count", sum[i].nr);
		output_end(session->output);
	}
	free(sum);
}

static void print_blocks(struct session *session, const struct balance *balance)
{
	for (unsigned int order = 0; order < BALANCE_ORDERS; order++) {
		if (!balance->blocks[order])
			continue;
		mem_row(session, "blocks", balance->blocks[order] << order, "unaccounted");
		output_count(session->output, "order", order);
		output_count(session->output, "count", balance->blocks[order]);
		output_end(session->output);
	}
	if (!balance->loose)
		return;
	mem_row(session, "frames", balance->loose, "unaccounted");
	output_end(session->output);
}

static void print_users(struct session *session, const struct balance *balance)
{
	struct amounts *amounts = calloc(1, sizeof(*amounts));

	print_processes(session);
	print_files(session, balance);
	if (amounts) {
		amounts_of_slabs(amounts, session->kernel);
		print_caches(session, amounts);
	}
	print_callers(session);
	print_blocks(session, balance);
	free(amounts);
}

/* --- the command --- */

struct mem_options {
	unsigned int users, counters;
};

static bool mem_run(struct session *session, char **words, struct error *err)
{
	const struct mem_options *given = session->given;
	struct balance balance;
	uint64_t lost;

	(void)words;
	if (given->counters)
		return show_counters(session, err);
	if (!query_balance(session->kernel, &balance, err))
		return false;
	query_balance_lines(&balance, mem_print_line, session);
	if (given->users)
		print_users(session, &balance);
	query_balance_release(&balance);
	lost = balance.pages[PAGE_USE_UNREADABLE] + balance.pages[PAGE_USE_DAMAGED];
	if (lost)
		return fail(err, ERROR_UNREADABLE,
			    "the struct pages of %" PRIu64
			    " frames cannot be read or make no sense, the first is frame %" PRIx64,
			    lost, balance.first_lost);
	if (balance.cut)
		return fail(err, ERROR_UNREADABLE,
			    "the kernel has too many areas, so frames of some areas count as other");
	return true;
}

static const struct command_option mem_options[] = {
	{ "i", AT(mem_options, counters), .group = 'i',
	  .help = "the kernel's own counters instead, in the form of crash's kmem -i" },
	{ "v", AT(mem_options, users), .group = 'i',
	  .help = "also list the largest users of each line: processes, files,\n"
		  "slab caches, callers of vmalloc, and blocks of unaccounted\n"
		  "frames by order" },
	{ 0 }
};

static const struct record mem_record = {
	.fields = FIELDS(COLUMN("pages", .width = 9, .rank = KEPT),
			 COLUMN("bytes", .heading = "size", .kind = KIND_KIB, .width = 12,
				.rank = KEPT),
			 COLUMN("what", .width = 12, .rank = KEPT),
			 COLUMN("part", .heading = "part of", .width = 12, .rank = KEPT),
			 COLUMN("name", .width = 24, .rank = KEPT),
			 COLUMN("pid", .heading = "name", TEXT(.join = " ")),
			 COLUMN("order", .heading = "name", TEXT(.before = "order ")),
			 COLUMN("filesystem", .heading = "name"), HIDDEN("device"),
			 COLUMN("inode", .heading = "name", TEXT(.join = " ", .before = "inode ")),
			 HIDDEN("mapping"), HIDDEN("caller_address"), HIDDEN("count")),
};

const struct command command_mem = {
	.name = "mem",
	.group = GROUP_MEMORY,
	.options = mem_options,
	.given_size = GIVEN(mem_options),
	.record = &mem_record,
	.summary = "what all memory is used for, with the parts of each use",
	.listed_with = "frames",
	.details =
		"One line for all memory, then a line for each use, named as in frames. \"part\n"
		"of\" names the line that includes this line; the lines that are part of \"all\"\n"
		"add up to \"all\". reserved is memory that the page allocator never had:\n"
		"kernel-image, memory-map (struct pages), first-percpu, crash-kernel, firmware,\n"
		"hole (no memory at all), and memblock for the rest. offline is memory that a\n"
		"balloon gave to the host, or that was removed. unaccounted are frames whose use\n"
		"neither struct pages nor lists of the kernel show: other if they have\n"
		"references, otherwise unknown. Needs type information: of a vmlinux, or in the\n"
		"dump.",
	.rests_on = RESTS_ON_MEMORY,
	.run = mem_run,
};
