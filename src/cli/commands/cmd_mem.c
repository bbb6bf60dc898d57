/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The balance of memory, and the largest users in each line of the balance. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/ranges.h"
#include "base/sort.h"
#include "cli/command.h"
#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "kernel/links.h"
#include "linux/percpu_area.h"
#include "linux/vma/swap_area.h"
#include "query/area_info.h"
#include "query/balance.h"
#include "query/page_owner.h"
#include "report/users/amounts.h"
#include "report/users/process_map.h"
#include "types/types.h"

/* --- counters --- */

/* The kernel's own counters of memory: mem -i. */

/* A number of pages, or the reason why it is unknown. */
struct pages {
	bool known;
	uint64_t nr;
	struct error why;
};

/* --- reading --- */

static struct pages unknown_pages(const char *why)
{
	struct pages pages = { .known = false };

	fail(&pages.why, ERROR_UNKNOWN, "%s", why);
	return pages;
}

/* Reads a variable, or its member. size 0: an unsigned long. */
static struct pages variable(struct kernel *kernel, const char *name, uint64_t offset, size_t size)
{
	struct pages pages = { .known = false };
	uint64_t address;

	pages.known =
		kernel_symbol(kernel, name, &address, &pages.why) &&
		(size ? kernel_read_number(kernel, address + offset, size, &pages.nr, &pages.why) :
			kernel_read_word(kernel, address + offset, &pages.nr, &pages.why));
	return pages;
}

/* Reads a counter of all nodes or zones. The kernel shows a negative sum as 0, too: global_zone_page_state()
 * in include/linux/vmstat.h. Until 4.7 all counters are in vm_stat (11fb998986a7). */
static struct pages counter(struct kernel *kernel, const char *name)
{
	struct types *types = kernel_types(kernel);
	unsigned int word = kernel_pointer_size(kernel);
	const char *array;
	struct pages pages;
	int64_t number;

	if (types && types_enumerator(types, "node_stat_item", name, &number))
		array = "vm_node_stat";
	else if (types && types_enumerator(types, "zone_stat_item", name, &number))
		array = kernel_has_symbol(kernel, "vm_stat") == YES ? "vm_stat" : "vm_zone_stat";
	else
		return unknown_pages(types ? "the kernel has no such counter" :
					     "the types of the kernel are unknown");
	if (number < 0 || number > 1000)
		return unknown_pages("the number of the counter makes no sense");
	pages = variable(kernel, array, (uint64_t)number * word, 0);
	if (pages.nr >> (word * 8 - 1))
		pages.nr = 0;
	return pages;
}

static struct pages sum(struct pages a, struct pages b)
{
	a.nr += b.nr;
	return a.known ? b.known ? a : b : a;
}

static struct pages difference(struct pages a, struct pages b)
{
	a.nr = a.nr > b.nr ? a.nr - b.nr : 0;
	return a.known ? b.known ? a : b : a;
}

/* The counters have the suffix _B since 5.9 (d42f3245c7e2). */
static struct pages slab_pages(struct kernel *kernel)
{
	struct pages pages = counter(kernel, "NR_SLAB_RECLAIMABLE_B");

	if (pages.known)
		return sum(pages, counter(kernel, "NR_SLAB_UNRECLAIMABLE_B"));
	return sum(counter(kernel, "NR_SLAB_RECLAIMABLE"),
		   counter(kernel, "NR_SLAB_UNRECLAIMABLE"));
}

/* Adds up the pages of all inodes of block devices: nr_blockdev_pages() in block/bdev.c. */
static struct pages buffer_pages(struct kernel *kernel)
{
	enum { MOST_DEVICES = 1 << 20 };
	struct pages pages = variable(kernel, "blockdev_superblock", 0, 0);
	uint64_t inodes, link, mapping, nrpages, inode, at, nr;
	struct links links;

	if (!pages.known)
		return pages;
	pages.known = kernel_member_offset(kernel, "super_block", "s_inodes", &inodes) &&
		      kernel_member_offset(kernel, "inode", "i_sb_list", &link) &&
		      kernel_member_offset(kernel, "inode", "i_mapping", &mapping) &&
		      kernel_member_offset(kernel, "address_space", "nrpages", &nrpages);
	if (!pages.known)
		return unknown_pages("the members of struct inode are unknown");
	links = links_from(kernel, pages.nr + inodes, link, NULL, MOST_DEVICES);
	pages.nr = 0;
	while (links_next(&links, &inode)) {
		if (!kernel_read_pointer(kernel, inode + mapping, &at, &pages.why) ||
		    !kernel_read_word(kernel, at + nrpages, &nr, &pages.why))
			break;
		pages.nr += nr;
	}
	if (links.end == LINKS_RUNNING)
		pages.known = false;
	else if (links.end != LINKS_WHOLE)
		return unknown_pages("the list of the inodes of block devices is damaged");
	return pages;
}

/* hugetlb_total_pages() in mm/hugetlb.c. A kernel without huge pages has no hstates. */
static struct pages huge_pages(struct kernel *kernel, const char *member)
{
	enum { MOST_SIZES = 16 };
	struct pages pages = variable(kernel, "hugetlb_max_hstate", 0, 4), all = { .known = false };
	uint64_t size, order, nr, table, at_order, at_nr;

	if (kernel_has_symbol(kernel, "hstates") == NO)
		return (struct pages){ .known = true };
	if (!pages.known)
		return pages;
	if (pages.nr > MOST_SIZES || !kernel_symbol(kernel, "hstates", &table, NULL) ||
	    !kernel_type_size(kernel, "hstate", &size) ||
	    !kernel_member_offset(kernel, "hstate", "order", &at_order) ||
	    !kernel_member_offset(kernel, "hstate", member, &at_nr))
		return unknown_pages("the members of struct hstate are unknown");
	all.known = true;
	for (uint64_t i = 0; all.known && i < pages.nr; i++, table += size) {
		all.known = kernel_read_number(kernel, table + at_order, 4, &order, &all.why) &&
			    kernel_read_word(kernel, table + at_nr, &nr, &all.why);
		all.nr += all.known && order < 32 ? nr << order : 0;
	}
	return all;
}

struct swap_sum {
	struct pages total, used;
};

static bool add_area(const struct swap_area *area, void *arg)
{
	struct swap_sum *swap = arg;

	if (!area->has_pages)
		swap->total = swap->used = unknown_pages("the size of a swap area is unknown");
	swap->total.nr += area->pages;
	swap->used.nr += area->used;
	return area->has_pages;
}

static struct swap_sum swap_pages(struct kernel *kernel)
{
	struct swap_sum swap = { { .known = true }, { .known = true } };

	if (kernel_has_symbol(kernel, "nr_swapfiles") != NO &&
	    !swap_area_each(kernel, add_area, &swap, &swap.total.why)) {
		swap.total.known = false;
		swap.used = swap.total;
	}
	return swap;
}

/* The pages of the swap cache, which NR_FILE_PAGES counts too. NR_SWAPCACHE exists since 5.12
 * (b6038942480e). */
static struct pages swap_cache_pages(struct kernel *kernel, const struct swap_sum *swap)
{
	if (swap->total.known && !swap->total.nr)
		return (struct pages){ .known = true };
	return counter(kernel, "NR_SWAPCACHE");
}

/* vm_commit_limit() in mm/util.c. sysctl_overcommit_kbytes exists since 3.14 (49f0ce5f92321). */
static struct pages commit_limit(struct kernel *kernel, struct pages ram, struct pages huge,
				 struct pages swap)
{
	struct pages kbytes = variable(kernel, "sysctl_overcommit_kbytes", 0, 0), ratio;

	if (kbytes.known && kbytes.nr) {
		kbytes.nr = kernel_pfn(kernel, kbytes.nr << 10);
		return sum(kbytes, swap);
	}
	ratio = variable(kernel, "sysctl_overcommit_ratio", 0, 4);
	if (!ratio.known)
		return ratio;
	ram = difference(ram, huge);
	ram.nr = ram.nr * ratio.nr / 100;
	return sum(ram, swap);
}

static struct pages committed(struct kernel *kernel)
{
	struct pages pages = { .known = false };
	uint64_t counter;
	int64_t sum = 0;

	if (!kernel_symbol(kernel, "vm_committed_as", &counter, &pages.why))
		return pages;
	if (!percpu_counter_add(kernel, counter, &sum))
		return unknown_pages("the counters of the CPUs are unknown");
	pages.known = true;
	pages.nr = sum > 0 ? (uint64_t)sum : 0;
	return pages;
}

/* --- showing --- */

static void put_row(struct session *session, const char *what, const struct pages *pages,
		    const char *of, const struct pages *whole)
{
	struct output *output = session->output;
	const bool part = whole && pages->known && whole->known;

	output_begin(output, "mem", NULL, NULL);
	output_string(output, "what", what);
	if (pages->known) {
		output_count(output, "pages", pages->nr);
		output_count(output, "bytes", kernel_frame(session->kernel, pages->nr));
	} else {
		output_null(output, "pages");
		output_remark(output, "pages", "-", STYLE_PLAIN);
		output_remark(output, "bytes", "-", STYLE_PLAIN);
	}
	output_count_if(output, "percent", part,
			part && whole->nr ? pages->nr * 100 / whole->nr : 0);
	output_string_if(output, "of", part ? of : NULL);
	if (!pages->known)
		output_string(output, "message", pages->why.message);
	output_end(output);
}

static const struct record counters_record = {
	.fields = FIELDS(COLUMN("what", .width = 12, .rank = KEPT),
			 COLUMN("pages", .width = 9, .rank = KEPT),
			 COLUMN("bytes", .heading = "total", .kind = KIND_BYTES, .width = 10,
				.rank = KEPT),
			 COLUMN("percent", .heading = "percentage", .width = 17, .rank = KEPT),
			 COLUMN("of", .heading = "percentage", TEXT(.join = "% of ")),
			 COLUMN("message")),
};

/* Shows a row for each counter. The rows have the names of crash's kmem -i. */
static bool show_counters(struct session *session, struct error *err)
{
	struct kernel *kernel = session->kernel;
	const struct pages atomic = variable(kernel, "_totalram_pages", 0, 0);
	/* totalram_pages was renamed in 5.0 (ca79b0c211af) */
	const struct pages ram = atomic.known ? atomic : variable(kernel, "totalram_pages", 0, 0);
	const struct pages free = counter(kernel, "NR_FREE_PAGES"), used = difference(ram, free);
	const struct pages buffers = buffer_pages(kernel), slab = slab_pages(kernel);
	const struct swap_sum swap = swap_pages(kernel);
	const struct pages cached = difference(counter(kernel, "NR_FILE_PAGES"),
					       sum(swap_cache_pages(kernel, &swap), buffers));
	const struct pages huge = huge_pages(kernel, "nr_huge_pages"),
			   huge_free = huge_pages(kernel, "free_huge_pages");
	const struct pages swap_free = difference(swap.total, swap.used);
	const struct pages limit = commit_limit(kernel, ram, huge, swap.total),
			   promised = committed(kernel);

	if (!ram.known)
		return *err = ram.why, false;
	output_declare(session->output, &counters_record);
	put_row(session, "TOTAL MEM", &ram, NULL, NULL);
	put_row(session, "FREE", &free, "TOTAL MEM", &ram);
	put_row(session, "USED", &used, "TOTAL MEM", &ram);
	put_row(session, "BUFFERS", &buffers, "TOTAL MEM", &ram);
	put_row(session, "CACHED", &cached, "TOTAL MEM", &ram);
	put_row(session, "SLAB", &slab, "TOTAL MEM", &ram);
	put_row(session, "TOTAL HUGE", &huge, NULL, NULL);
	put_row(session, "HUGE FREE", &huge_free, "TOTAL HUGE", &huge);
	put_row(session, "TOTAL SWAP", &swap.total, NULL, NULL);
	put_row(session, "SWAP USED", &swap.used, "TOTAL SWAP", &swap.total);
	put_row(session, "SWAP FREE", &swap_free, "TOTAL SWAP", &swap.total);
	put_row(session, "COMMIT LIMIT", &limit, NULL, NULL);
	put_row(session, "COMMITTED", &promised, "TOTAL LIMIT", &limit);
	return true;
}

/* --- mem --- */

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
