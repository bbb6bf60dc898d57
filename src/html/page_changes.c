/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What differs between the dump and another one. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "html/page_parts.h"
#include "kernel/entry.h"
#include "report/changes.h"
#include "whatis/area_info.h"

enum { CELL_TEXT = 400 };

/* A row: what it is about, what this dump says, and what the other one does; "": nothing. */
struct row {
	const char *status;
	char about[CELL_TEXT], side[NR_SIDES][CELL_TEXT];
};

static void put_row(struct changes *changes, const struct row *row)
{
	struct markup *markup = changes->arg;

	markup_format(
		markup,
		"<tr><td class=\"m\">%s</td><th scope=\"row\" class=\"t\">%s</th><td class=\"t\">%s</td><td class=\"t\">%s</td></tr>\n",
		row->status, row->about, row->side[THIS], row->side[OTHER]);
}

static void put_fact(const struct fact_diff *diff, struct row *row)
{
	snprintf(row->about, CELL_TEXT, "%s", fact_name(diff->id));
	for (enum pair_side side = 0; side < NR_SIDES; side++)
		if (diff->known[side])
			fact_value_text(diff->id, diff->value[side],
					row->side[side], CELL_TEXT);
		else
			snprintf(row->side[side], CELL_TEXT, "not known");
}

static void put_region(const struct region_diff *diff, struct row *row)
{
	for (enum pair_side side = 0; side < NR_SIDES; side++) {
		const struct region *region = diff->region[side];
		const char *name = region ? region_names[region->kind] : NULL;

		if (!region)
			continue;
		snprintf(row->about, CELL_TEXT, "%s", name ? name : "unknown");
		snprintf(row->side[side], CELL_TEXT, "%" PRIx64 " to %" PRIx64,
			 region->first, region->last);
	}
}

static void mapping_text(const struct mapping *mapping, char text[CELL_TEXT])
{
	if (mapping->kind == MAPPING_NONE)
		snprintf(text, CELL_TEXT, "not mapped");
	else if (mapping->kind == MAPPING_CORRUPT)
		snprintf(text, CELL_TEXT, "damaged table");
	else if (mapping->kind == MAPPING_UNREADABLE)
		snprintf(text, CELL_TEXT, "table not in the dump: %s",
			 page_state_names[mapping->reason]);
	else if (mapping->nowhere)
		snprintf(text, CELL_TEXT, "mapped to no memory");
	else
		snprintf(text, CELL_TEXT, "r%c%c%c%s%s",
			 mapping->writable ? 'w' : '-',
			 mapping->executable ? 'x' : '-',
			 mapping->user ? 'u' : '-',
			 mapping->has_cache ? " " : "",
			 mapping->has_cache ? cache_type_names[mapping->cache] :
					      "");
}

static void put_mapping(const struct mapping_diff *diff, struct row *row)
{
	const struct window *window = diff->window;
	snprintf(row->about, CELL_TEXT, "%" PRIx64 " to %" PRIx64 " %s %s %s",
		 diff->first[THIS], diff->last[THIS],
		 window->region ? window->region : "", window->module,
		 window->part ? window->part : "");
	for (enum pair_side side = 0; side < NR_SIDES; side++)
		mapping_text(&diff->mapping[side], row->side[side]);
}

static void put_totals(const struct frames_diff *diff, struct changes *changes)
{
	for (size_t i = 0; i < diff->nr_uses; i++) {
		enum page_use_kind use = diff->use[i];
		uint64_t this = diff->frames[THIS][use];
		uint64_t other = diff->frames[OTHER][use];
		struct row row = { .status = !other ? "appeared" :
					     !this  ? "vanished" :
						      "changed" };

		if (use == PAGE_USE_NONE || this == other)
			continue;
		snprintf(row.about, CELL_TEXT, "%s", page_use_names[use]);
		snprintf(row.side[THIS], CELL_TEXT,
			 "%" PRIu64 " frames, %+" PRId64, this,
			 (int64_t)this - (int64_t)other);
		snprintf(row.side[OTHER], CELL_TEXT, "%" PRIu64 " frames",
			 other);
		put_row(changes, &row);
	}
}

static void put_frames(const struct frames_diff *diff, struct changes *changes)
{
	put_totals(diff, changes);
	for (size_t i = 0; i < diff->nr_uses; i++)
		for (size_t k = 0; k < diff->nr_uses; k++) {
			enum page_use_kind from = diff->use[i],
					   to = diff->use[k];
			struct row row = { .status = "changed" };

			if (from == to || !diff->changed[from][to])
				continue;
			snprintf(row.about, CELL_TEXT, "%" PRIu64 " frames",
				 diff->changed[from][to]);
			snprintf(row.side[THIS], CELL_TEXT, "%s",
				 page_use_names[to]);
			snprintf(row.side[OTHER], CELL_TEXT, "%s",
				 page_use_names[from]);
			put_row(changes, &row);
		}
	for (size_t i = 0; i < diff->nr_largest; i++) {
		const struct frame_change *run = &diff->largest[i];
		struct row row = { .status = "changed" };

		snprintf(row.about, CELL_TEXT,
			 "frames %" PRIx64 " to %" PRIx64, run->first,
			 run->last);
		for (enum pair_side side = 0; side < NR_SIDES; side++)
			snprintf(row.side[side], CELL_TEXT, "%s",
				 page_use_names[run->use[side]]);
		put_row(changes, &row);
	}
}

static void put_task(const struct task_diff *diff, struct row *row)
{
	if (diff->comm)
		snprintf(row->about, CELL_TEXT, "all %s", diff->comm);
	for (enum pair_side side = 0; side < NR_SIDES; side++) {
		const struct task *task = diff->task[side];
		char size[SIZE_TEXT] = "";

		if (diff->has_rss[side])
			size_text(diff->rss[side], size);
		if (diff->comm)
			snprintf(row->side[side], CELL_TEXT,
				 "%" PRIu64 " tasks%s%s", diff->nr[side],
				 *size ? ", RSS " : "", size);
		else if (task)
			snprintf(row->side[side], CELL_TEXT, "%s%s%s",
				 task->comm, *size ? ", RSS " : "", size);
		if (task)
			snprintf(row->about, CELL_TEXT, "pid %" PRId32,
				 task->pid);
	}
}

static void area_text(const struct pair *pair, enum pair_side side,
		      const struct vmalloc_area *area, char text[CELL_TEXT])
{
	struct area_info info;
	char size[SIZE_TEXT];

	kernel_area_info(pair->kernel[side], area, &info);
	snprintf(text, CELL_TEXT, "%s, %s %.250s",
		 size_text(area->last - area->first + 1, size), info.kind,
		 info.caller);
}

static void put_area(const struct area_diff *diff, struct changes *changes,
		     struct row *row)
{
	if (diff->kind)
		snprintf(row->about, CELL_TEXT, "%s %.300s", diff->kind,
			 *diff->caller ? diff->caller : "caller unknown");
	for (enum pair_side side = 0; side < NR_SIDES; side++) {
		const struct vmalloc_area *area = diff->area[side];
		char size[SIZE_TEXT];

		if (diff->kind)
			snprintf(row->side[side], CELL_TEXT,
				 "%" PRIu64 " areas, %s", diff->nr[side],
				 size_text(diff->bytes[side], size));
		else if (area)
			area_text(changes->pair, side, area, row->side[side]);
		if (area)
			snprintf(row->about, CELL_TEXT, "%" PRIx64, area->first);
	}
}

static void put_module(const struct module_diff *diff, struct row *row)
{
	for (enum pair_side side = 0; side < NR_SIDES; side++) {
		const struct module_place *module = diff->module[side];
		char size[SIZE_TEXT] = "";

		if (!module)
			continue;
		if (module->has_size)
			size_text(module->size, size);
		snprintf(row->about, CELL_TEXT, "%s", module->name);
		snprintf(row->side[side], CELL_TEXT, "at %" PRIx64 "%s%s",
			 module->module, *size ? ", " : "", size);
	}
}

static void put(const struct diff_row *diff, struct changes *changes)
{
	struct row row = { .status = diff_status_names[diff->status] };

	if (diff->part == PART_FRAMES) {
		put_frames(diff->frames, changes);
		return;
	}
	if (diff->part == PART_FACTS)
		put_fact(&diff->fact, &row);
	else if (diff->part == PART_REGIONS)
		put_region(&diff->region, &row);
	else if (diff->part == PART_MAPPINGS)
		put_mapping(&diff->mapping, &row);
	else if (diff->part == PART_TASKS)
		put_task(&diff->task, &row);
	else if (diff->part == PART_VMALLOC)
		put_area(&diff->area, changes, &row);
	else
		put_module(&diff->module, &row);
	put_row(changes, &row);
}

/* --- the section --- */

static const struct {
	const char *title, *caption;
} parts[NR_DIFF_PARTS] = {
	[PART_FACTS] = { "Facts", "Facts that differ" },
	[PART_REGIONS] = { "Regions", "Regions that differ" },
	[PART_MAPPINGS] = { "Mappings of the kernel",
			    "Mappings that appeared, vanished, or have other rights or another cache type" },
	[PART_FRAMES] = { "Frames", "What frames are used for: totals, changes, and the longest runs" },
	[PART_TASKS] = { "Tasks", "Tasks that differ" },
	[PART_VMALLOC] = { "Areas of vmalloc", "Areas that differ" },
	[PART_MODULES] = { "Modules", "Modules that differ" },
};

static void put_part(struct markup *markup, struct changes *changes,
		     enum diff_part part)
{
	const struct diff_summary *summary = &changes->summary[part];

	markup_format(markup, "<details><summary>%s</summary>\n",
		      parts[part].title);
	page_table(markup, parts[part].caption,
		   "=Status|What|In this dump|In the other one", true);
	changes_compare(changes, part);
	page_table_end(markup);
	if (changes->left_out)
		markup_format(markup,
			      "<p class=\"soft\">%" PRIu64
			      " more are left out.</p>\n",
			      changes->left_out);
	if (!summary->compared)
		page_not_known(markup, &summary->why);
	else if (summary->cache_unknown)
		markup_put(markup,
			   "<p class=\"warn\">Cache types are not compared: one of the dumps does not tell what the bits mean.</p>\n");
	for (enum pair_side side = 0; side < NR_SIDES; side++) {
		const struct error *damage =
			diff_damage(changes->pair, part, side);

		if (damage)
			markup_format(markup,
				      "<p class=\"bad\">Damaged%s: %s</p>\n",
				      side == OTHER ? " in the other dump" : "",
				      damage->message);
	}
	markup_put(markup, "</details>\n");
}

static void put_summary(struct markup *markup, enum diff_part part,
			const struct diff_summary *summary)
{
	markup_format(markup,
		      "<tr><th scope=\"row\" class=\"m\">%s</th><td class=\"m\">%s</td>",
		      parts[part].title,
		      summary->compared ? diff_verdict(summary) : "not compared");
	for (enum diff_status status = 0; status < NR_DIFF_STATUSES; status++)
		page_count(markup, summary->nr[status]);
	markup_put(markup, "</tr>\n");
}

static void put_pair(struct markup *markup, const struct pair *pair)
{
	const struct kernel *other = pair->kernel[OTHER];

	markup_format(
		markup,
		"<p>Compared with %s, of %s; kernel: %s%s%s%s; boot: %s%s%s%s.</p>\n",
		other->dump->file.path,
		*other->identity->release ? other->identity->release :
					    "an unknown release",
		pair_build_names[pair->build], *pair->build_proof ? " (" : "",
		pair->build_proof, *pair->build_proof ? ")" : "",
		pair->same_boot == UNSURE ? "unknown" :
		pair->same_boot == YES	  ? "same" :
					    "different",
		*pair->boot_proof ? " (" : "", pair->boot_proof,
		*pair->boot_proof ? ")" : "");
	markup_put(
		markup,
		"<p>What appeared is in this dump alone, what vanished in the other one alone; what one of them does not tell is unknown. Of two boots only what each lays out alike is compared.</p>\n");
}

void page_changes(struct markup *markup, const struct report *report)
{
	struct changes changes = { .pair = report->pair,
				   .tell = put,
				   .arg = markup };

	if (!report->pair)
		return;
	page_open(markup, "changes", "What changed");
	put_pair(markup, report->pair);
	for (enum diff_part part = 0; part < NR_DIFF_PARTS; part++)
		put_part(markup, &changes, part);
	page_table(markup, "How much differs, of frames in frames",
		   "=Part|=Verdict|#Same|#Moved|#Changed|#Appeared|#Vanished|#Unknown",
		   false);
	for (enum diff_part part = 0; part < NR_DIFF_PARTS; part++)
		put_summary(markup, part, &changes.summary[part]);
	page_table_end(markup);
	page_close(markup);
}
