/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/show_diff.h"

#include <string.h>

#include "linux/region.h"
#include "dump/dump.h"
#include "kernel/entry.h"
#include "output/output.h"
#include "cli/show_kernel.h"
#include "query/area_info.h"

static void show_diff_begin(struct output *output, const char *what, const char *status)
{
	output_item_begin(output, "diff", status);
	output_string(output, "what", what);
}

/* --- the dumps --- */

static const char *boot_name(enum certainty same_boot)
{
	if (same_boot == UNSURE)
		return "unknown";
	return same_boot == YES ? "same" : "different";
}

static const struct field dump_fields[] = {
	COLUMN("dump"), COLUMN("format"), COLUMN("release"), { 0 }
};

const struct record show_pair_record = {
	.labelled = true,
	.apart = true,
	.fields = FIELDS(LINE("this", .fields = dump_fields), LINE("other", .fields = dump_fields),
			 LINE("kernel"),
			 LINE("kernel_by", .heading = "kernel", TEXT(.join = " (", .after = ")")),
			 LINE("boot"),
			 LINE("boot_by", .heading = "boot", TEXT(.join = " (", .after = ")"))),
};

static void state_dump(struct output *output, const char *name, const struct kernel *kernel)
{
	output_object_begin(output, name);
	show_dump(output, kernel, NULL);
	output_string_if(output, "release", kernel->identity->release);
	output_object_end(output);
}

void show_pair(struct output *output, const struct pair *pair)
{
	show_diff_begin(output, "dumps", NULL);
	state_dump(output, "this", pair->kernel[THIS]);
	state_dump(output, "other", pair->kernel[OTHER]);
	output_string(output, "kernel", pair_build_names[pair->build]);
	output_string_if(output, "kernel_by", pair->build_proof);
	output_string(output, "boot", boot_name(pair->same_boot));
	output_string_if(output, "boot_by", pair->boot_proof);
	output_item_end(output);
}

/* --- facts and regions --- */

static void fact_value(struct output *output, const char *name, const struct fact_diff *diff,
		       enum pair_side side)
{
	char text[64] = "";

	if (diff->known[side])
		fact_value_text(diff->id, diff->value[side], text, sizeof(text));
	output_string_if(output, name, text);
}

static void show_fact(struct output *output, const struct fact_diff *diff)
{
	output_string(output, "fact", fact_name(diff->id));
	fact_value(output, "value", diff, THIS);
	fact_value(output, "other_value", diff, OTHER);
}

static void show_region(struct output *output, const struct region_diff *diff)
{
	const struct region *this = diff->region[THIS], *other = diff->region[OTHER];
	const char *name = region_names[(this ? this : other)->kind];

	output_string(output, "region", name ? name : "unknown");
	output_hex_if(output, "start", this, this ? this->first : 0);
	output_hex_if(output, "end", this, this ? this->last : 0);
	output_hex_if(output, "other_start", other, other ? other->first : 0);
	output_hex_if(output, "other_end", other, other ? other->last : 0);
}

/* --- mappings --- */

static void put_mapping(struct output *output, const struct compared_mapping *mapping,
			const char *rights_name, const char *cache_name)
{
	const char rights[] = { 'r', mapping->writable ? 'w' : '-', mapping->executable ? 'x' : '-',
				mapping->user ? 'u' : '-', '\0' };
	bool pages = mapping->kind == MAPPING_PAGES;
	const char *text = rights;

	if (mapping->kind == MAPPING_NONE)
		text = "none";
	else if (mapping->kind == MAPPING_CORRUPT)
		text = "corrupt";
	else if (mapping->kind == MAPPING_UNREADABLE)
		text = page_state_names[mapping->reason];
	else if (mapping->nowhere)
		text = "nowhere";
	output_string(output, rights_name, text);
	output_string_if(output, cache_name,
			 pages && mapping->has_cache ? cache_type_names[mapping->cache] : "");
}

/* Returns the name of the region in the open dump. If only the other dump maps the range, returns
 * its name there. */
static const char *diff_region_name(const struct pair *pair, const struct mapping_diff *diff)
{
	enum pair_side side = diff->mapping[THIS].kind == MAPPING_NONE ? OTHER : THIS;
	const struct region *region;

	if (diff->window->region)
		return diff->window->region;
	region = region_of(pair->kernel[side], diff->first[side], NULL);
	return region && diff->last[side] <= region->last ? region_name_mapped(region) : NULL;
}

static void show_mapping(struct output *output, const struct pair *pair,
			 const struct mapping_diff *diff)
{
	const struct window *window = diff->window;

	output_range(output, diff->first[THIS], diff->last[THIS]);
	if (diff->first[THIS] != diff->first[OTHER]) {
		output_hex(output, "other_start", diff->first[OTHER]);
		output_hex(output, "other_end", diff->last[OTHER]);
	}
	put_mapping(output, &diff->mapping[THIS], "rights", "cache");
	put_mapping(output, &diff->mapping[OTHER], "other_rights", "other_cache");
	output_string_if(output, "region", diff_region_name(pair, diff));
	if (*window->module)
		output_string(output, "module", window->module);
	if (window->part)
		output_string(output, "part", window->part);
}

/* --- frames --- */

static void show_diff_show_use(struct output *output, const struct frames_diff *diff,
			       enum page_use_kind use)
{
	uint64_t this = diff->frames[THIS][use], other = diff->frames[OTHER][use];

	show_diff_begin(output, "frames",
			this == other ? "same" :
			!other	      ? "appeared" :
			!this	      ? "vanished" :
					"changed");
	output_string(output, "use", page_use_names[use]);
	output_count(output, "frames", this);
	output_count(output, "other_frames", other);
	output_integer(output, "difference", (int64_t)this - (int64_t)other);
	output_item_end(output);
}

static void show_change(struct output *output, const struct frames_diff *diff,
			enum page_use_kind from, enum page_use_kind to)
{
	show_diff_begin(output, "frames-change", "changed");
	output_string(output, "other_use", page_use_names[from]);
	output_string(output, "use", page_use_names[to]);
	output_count(output, "frames", diff->changed[from][to]);
	output_item_end(output);
}

static void show_run(struct output *output, const struct frame_change *change)
{
	show_diff_begin(output, "frame-run", "changed");
	output_hex(output, "pfn", change->first);
	output_hex(output, "last_pfn", change->last);
	output_string(output, "other_use", page_use_names[change->use[OTHER]]);
	output_string(output, "use", page_use_names[change->use[THIS]]);
	output_count(output, "frames", change->last - change->first + 1);
	output_item_end(output);
}

static void show_frames(struct output *output, const struct frames_diff *diff)
{
	const enum page_use_kind *use = diff->use;

	for (size_t i = 0; i < diff->nr_uses; i++)
		if (use[i] != PAGE_USE_NONE)
			show_diff_show_use(output, diff, use[i]);
	for (size_t from = 0; from < diff->nr_uses; from++)
		for (size_t to = 0; to < diff->nr_uses; to++)
			if (from != to && diff->changed[use[from]][use[to]])
				show_change(output, diff, use[from], use[to]);
	for (size_t i = 0; i < diff->nr_largest; i++)
		show_run(output, &diff->largest[i]);
}

/* --- tasks --- */

static void put_rss(struct output *output, const struct task_diff *diff)
{
	output_count_if(output, "rss", diff->has_rss[THIS], diff->rss[THIS]);
	output_count_if(output, "other_rss", diff->has_rss[OTHER], diff->rss[OTHER]);
}

/* If the task is in both dumps, adds the fields whose values differ, with their values in the other
 * dump. */
static void put_task_before(struct output *output, const struct task_diff *diff)
{
	const struct task *this = diff->task[THIS], *other = diff->task[OTHER];
	bool both = this && other;
	bool moved = both && diff->info[OTHER].has_parent &&
		     (!diff->info[THIS].has_parent ||
		      diff->info[THIS].parent != diff->info[OTHER].parent);

	output_string_if(output, "other_comm",
			 both && strcmp(this->comm, other->comm) ? other->comm : "");
	output_count_if(output, "other_ppid", moved, (uint64_t)diff->info[OTHER].parent);
	output_hex_if(output, "other_mm", both && !diff->same_mm && other->mm,
		      both ? other->mm : 0);
}

static void show_one_task(struct output *output, const struct task_diff *diff)
{
	enum pair_side side = diff->task[THIS] ? THIS : OTHER;
	const struct task *task = diff->task[side];

	output_integer(output, "pid", task->pid);
	output_integer(output, "tgid", task->tgid);
	output_string(output, "comm", task->comm);
	output_hex(output, "task", task->address);
	output_hex_if(output, "mm", task->mm, task->mm);
	output_count_if(output, "ppid", diff->info[side].has_parent,
			(uint64_t)diff->info[side].parent);
	put_rss(output, diff);
	put_task_before(output, diff);
}

static void show_task(struct output *output, const struct task_diff *diff)
{
	if (diff->comm) {
		output_string(output, "comm", diff->comm);
		output_count(output, "tasks", diff->nr[THIS]);
		output_count(output, "other_tasks", diff->nr[OTHER]);
		put_rss(output, diff);
	} else {
		show_one_task(output, diff);
	}
}

/* --- areas and modules --- */

/* If the other dump has an area at the same address, adds the fields whose values differ, with
 * their values in the other dump. */
static void put_area_before(struct output *output, const struct vmalloc_area *this,
			    const struct vmalloc_area *other,
			    const struct area_info known[NR_SIDES])
{
	output_hex_if(output, "other_end", this->last != other->last, other->last);
	output_string_if(output, "other_kind",
			 strcmp(known[THIS].kind, known[OTHER].kind) ? known[OTHER].kind : "");
	output_string_if(output, "other_caller",
			 strcmp(known[THIS].caller, known[OTHER].caller) ? known[OTHER].caller :
									   "");
	output_count_if(output, "other_pages", this->nr_pages != other->nr_pages, other->nr_pages);
	output_hex_if(output, "other_physical", this->physical != other->physical, other->physical);
}

static void show_one_area(struct output *output, const struct pair *pair,
			  const struct area_diff *diff)
{
	enum pair_side side = diff->area[THIS] ? THIS : OTHER;
	const struct vmalloc_area *area = diff->area[side];
	struct area_info known[NR_SIDES];

	for (enum pair_side i = 0; i < NR_SIDES; i++)
		if (diff->area[i])
			query_area_info(pair->kernel[i], diff->area[i], &known[i]);
	output_range(output, area->first, area->last);
	output_count(output, "size", area->last - area->first + 1);
	output_string_if(output, "kind", known[side].kind);
	output_hex_if(output, "physical", area->physical, area->physical);
	output_count_if(output, "pages", area->nr_pages, area->nr_pages);
	output_string_if(output, "caller", known[side].caller);
	output_string_if(output, "module", known[side].module);
	if (diff->area[THIS] && diff->area[OTHER])
		put_area_before(output, diff->area[THIS], diff->area[OTHER], known);
}

static void show_diff_show_area(struct output *output, const struct pair *pair,
				const struct area_diff *diff)
{
	if (diff->kind) {
		output_string_if(output, "kind", diff->kind);
		output_string_if(output, "caller", diff->caller);
		output_count(output, "areas", diff->nr[THIS]);
		output_count(output, "other_areas", diff->nr[OTHER]);
		output_count(output, "size", diff->bytes[THIS]);
		output_count(output, "other_size", diff->bytes[OTHER]);
	} else {
		show_one_area(output, pair, diff);
	}
}

static void show_module(struct output *output, const struct module_diff *diff)
{
	const struct module_place *this = diff->module[THIS], *other = diff->module[OTHER];

	output_string(output, "module", (this ? this : other)->name);
	output_hex_if(output, "address", this, this ? this->module : 0);
	output_count_if(output, "size", this && this->has_size, this ? this->size : 0);
	output_hex_if(output, "other_address", other, other ? other->module : 0);
	output_count_if(output, "other_size", other && other->has_size, other ? other->size : 0);
}

/* --- rows --- */

void show_diff_row(struct output *output, const struct pair *pair, const struct diff_row *row)
{
	static const char *const names[NR_DIFF_PARTS] = {
		[PART_FACTS] = "fact", [PART_REGIONS] = "region",  [PART_MAPPINGS] = "mapping",
		[PART_TASKS] = "task", [PART_VMALLOC] = "vmalloc", [PART_MODULES] = "module",
	};

	if (row->part == PART_FRAMES) {
		show_frames(output, row->frames);
		return;
	}
	show_diff_begin(output, names[row->part], diff_status_names[row->status]);
	if (row->part == PART_FACTS)
		show_fact(output, &row->fact);
	else if (row->part == PART_REGIONS)
		show_region(output, &row->region);
	else if (row->part == PART_MAPPINGS)
		show_mapping(output, pair, &row->mapping);
	else if (row->part == PART_TASKS)
		show_task(output, &row->task);
	else if (row->part == PART_VMALLOC)
		show_diff_show_area(output, pair, &row->area);
	else
		show_module(output, &row->module);
	output_item_end(output);
}

/* --- the summary --- */

/* Returns "different", "same" or "unknown". */
static const char *verdict_of(const struct diff_summary *summary)
{
	const uint64_t *nr = summary->nr;

	if (nr[DIFF_CHANGED] || nr[DIFF_APPEARED] || nr[DIFF_VANISHED])
		return "different";
	return nr[DIFF_UNKNOWN] ? "unknown" : "same";
}

void show_diff_summary(struct output *output, enum diff_part part,
		       const struct diff_summary *summary)
{
	show_diff_begin(output, "summary", verdict_of(summary));
	output_string(output, "part", diff_part_names[part]);
	for (enum diff_status status = 0; status < NR_DIFF_STATUSES; status++)
		output_count(output, diff_status_names[status], summary->nr[status]);
	if (summary->has_bytes) {
		output_object_begin(output, "bytes");
		for (enum diff_status status = 0; status < NR_DIFF_STATUSES; status++)
			output_count(output, diff_status_names[status], summary->bytes[status]);
		output_object_end(output);
	}
	output_item_end(output);
}
