/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The use of the kernel's memory: zones, frames, slabs. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "linux/page/cpu_lists.h"
#include "linux/page/frame_runs.h"
#include "linux/page/page_use.h"
#include "linux/slab/slab.h"
#include "linux/slab/slab_count.h"
#include "devices/io_pages.h"
#include "cli/command.h"
#include "cli/words.h"
#include "cli/show/show_kernel.h"

/* --- zones --- */

static bool answer_zone(const struct zone *zone, void *arg)
{
	struct session *session = arg;
	struct output *output = session->output;
	static const char *const marks[NR_WATERMARKS] = { "min", "low", "high" };

	output_begin(output, "zones", NULL, NULL);
	show_zone(output, zone);
	for (unsigned int i = 0; i < NR_WATERMARKS; i++)
		output_count_if(output, marks[i], zone->has_watermarks, zone->watermark[i]);
	output_list_begin(output, "free_blocks");
	for (unsigned int order = 0; order < zone->nr_orders; order++)
		output_count(output, NULL, zone->free_blocks[order]);
	output_list_end(output);
	output_end(output);
	return !session_interrupted(session);
}

static bool run_zones(struct session *session, char **words, struct error *err)
{
	(void)words;
	return page_each_zone(session->kernel, answer_zone, session, err);
}

const struct command command_zones = {
	.name = "zones",
	.group = GROUP_MEMORY,
	.summary = "zones of memory, with their free blocks",
	.details = "For each zone its node, name and physical range, END being its last byte; the\n"
		   "number of its frames: in the range, present, managed by the page allocator,\n"
		   "and free; the watermarks; and the number of free blocks by order, from 0 on.",
	.rests_on = RESTS_ON_FRAMES,
	.run = run_zones,
};

/* --- frames --- */

struct use_total {
	enum page_use_kind use;
	uint64_t frames;
	uint64_t writable; /* of these, by devices */
};

struct frame_totals {
	struct session *session;
	bool list; /* show each run */
	const struct io_pages *io; /* what devices can write; NULL: not asked for */
	uint64_t bad; /* frames whose struct page does not show the use */
	uint64_t first_bad;
	uint64_t unknown;
	size_t nr;
	struct use_total use[NR_PAGE_USES];
};

/* Frames of the run that devices can write. */
static uint64_t nr_writable(const struct frame_totals *totals, const struct frame_run *run)
{
	const struct kernel *kernel = totals->session->kernel;

	if (!HAVE_DEVICES || !totals->io)
		return 0;
	return kernel_pfn(kernel,
			  io_pages_writable(totals->io, kernel_frame(kernel, run->first),
					    kernel_page_last(kernel,
							     kernel_frame(kernel, run->last))));
}

static void kmem_add_frames(struct frame_totals *totals, const struct frame_run *run,
			    uint64_t writable)
{
	uint64_t frames = run->last - run->first + 1;
	size_t i = 0;

	if (page_use_is_lost(run->use)) {
		if (!totals->bad)
			totals->first_bad = run->first;
		totals->bad += frames;
	}
	if (run->use == PAGE_USE_UNKNOWN)
		totals->unknown += frames;
	while (i < totals->nr && totals->use[i].use != run->use)
		i++;
	totals->use[i].use = run->use;
	totals->use[i].frames += frames;
	totals->use[i].writable += writable;
	if (i == totals->nr)
		totals->nr++;
}

static bool kmem_take_run(const struct frame_run *run, void *arg)
{
	struct frame_totals *totals = arg;
	struct output *output = totals->session->output;
	uint64_t writable = nr_writable(totals, run);

	kmem_add_frames(totals, run, writable);
	if (totals->list) {
		output_begin(output, "frames", NULL, NULL);
		output_hex(output, "start", kernel_frame(totals->session->kernel, run->first));
		output_hex(output, "end", kernel_frame(totals->session->kernel, run->last + 1) - 1);
		output_count(output, "frames", run->last - run->first + 1);
		if (totals->io)
			output_count(output, "device_writable", writable);
		output_string(output, "use", page_use_names[run->use]);
		output_end(output);
	}
	return !output_failed(output);
}

static int kmem_compare_totals(const void *a, const void *b)
{
	const struct use_total *left = a, *right = b;

	return (left->frames < right->frames) - (left->frames > right->frames);
}

static void show_total(const struct frame_totals *totals, const struct use_total *total,
		       const char *name)
{
	struct output *output = totals->session->output;

	output_begin(output, "frames", NULL, NULL);
	output_count(output, "frames", total->frames);
	output_count(output, "size", kernel_frame(totals->session->kernel, total->frames));
	if (totals->io)
		output_count(output, "device_writable", total->writable);
	output_string(output, "use", name);
	output_end(output);
}

static void show_totals(struct frame_totals *totals)
{
	struct use_total all = { 0 };

	qsort(totals->use, totals->nr, sizeof(totals->use[0]), kmem_compare_totals);
	for (size_t i = 0; i < totals->nr; i++) {
		show_total(totals, &totals->use[i], page_use_names[totals->use[i].use]);
		all.frames += totals->use[i].frames;
		all.writable += totals->use[i].writable;
	}
	if (totals->io)
		show_total(totals, &all, "all");
}

/* Frames without a reference are free in the list of a CPU, or parts of allocations. Only if all
 * lists were read is it known which. */
static bool explain_unknown(const struct frame_totals *totals, struct error *err)
{
	struct kernel *kernel = totals->session->kernel;
	struct error why;

	if (page_kept_blocks_whole(kernel, &why) || (why.code == ERROR_UNKNOWN && !totals->unknown))
		return true;
	return fail(err, why.code,
		    "%" PRIu64 " frame%s of unknown use may be free, in lists of CPUs: %.400s",
		    totals->unknown, plural_s(totals->unknown), why.message);
}

static bool kmem_count_frames(struct frame_totals *totals, uint64_t first, uint64_t last,
			      struct error *err)
{
	struct kernel *kernel = totals->session->kernel;
	struct frame_range frames = { kernel_pfn(kernel, first), kernel_pfn(kernel, last) };

	if (!page_runs(kernel, frames, kmem_take_run, totals, err))
		return false;
	if (!totals->list)
		show_totals(totals);
	if (totals->bad)
		return fail(err, ERROR_UNREADABLE,
			    "the struct pages of %" PRIu64
			    " frames cannot be read or make no sense, the first is frame %" PRIx64,
			    totals->bad, totals->first_bad);
	return explain_unknown(totals, err);
}

/* The same, with frames that devices can write. */
static bool count_for_devices(struct frame_totals *totals, uint64_t first, uint64_t last,
			      struct error *err)
{
	struct io_pages pages;
	bool done;

	if (!HAVE_DEVICES || !io_pages_find(&pages, totals->session->kernel, err))
		return false;
	totals->io = &pages;
	done = kmem_count_frames(totals, first, last, err);
	if (done && !pages.io.whole)
		done = fail(err, pages.io.gap.code, "devices may write more: %.440s",
			    pages.io.gap.message);
	io_pages_release(&pages);
	return done;
}

struct frames_options {
	unsigned int list, devices;
};

static bool kmem_run_frames(struct session *session, char **words, struct error *err)
{
	const struct frames_options *given = session->given;
	struct frame_totals totals = { .session = session, .list = given->list };
	uint64_t first = 0, last = UINT64_MAX;

	if (!parse_range(NULL, words, &first, &last, err))
		return false;
	return given->devices ? count_for_devices(&totals, first, last, err) :
				kmem_count_frames(&totals, first, last, err);
}

static const struct command_option frames_options[] = {
	{ "d", AT(frames_options, devices), .feature = FEATURE_DEVICES,
	  .help = "count those that PCI devices can write, too: by tables of\n"
		  "IOMMUs, and without one all that the DMA mask of some\n"
		  "device covers" },
	{ "l", AT(frames_options, list),
	  .help = "list neighbouring frames of the same use instead" },
	{ 0 }
};

const struct command command_frames = {
	.name = "frames",
	.group = GROUP_MEMORY,
	.options = frames_options,
	.arguments =
		ARGUMENTS({ "START", WORD_PHYSICAL, .most = 1 }, { "END", WORD_END, .most = 1 }),
	.given_size = GIVEN(frames_options),
	.summary = "what all page frames are used for",
	.details = "Counts the frames of each use, which page shows for a single frame: in all\n"
		   "memory, or from the physical address START to END, the last byte, which may\n"
		   "be +SIZE.\n"
		   "free-percpu are free frames in the lists of CPUs, other is what the kernel\n"
		   "allocated for itself: stacks, vmalloc, modules, per-CPU memory; unknown are\n"
		   "frames that have no reference and are in no list: parts of what was allocated\n"
		   "as one.",
	.rests_on = RESTS_ON_FRAMES,
	.run = kmem_run_frames,
};

/* --- slabs --- */

struct slab_question {
	struct session *session;
	char **words; /* names; those that were found are NULL then */
	size_t nr;
	struct slab_pass pass;
};

static bool is_asked(struct slab_question *question, const char *name)
{
	bool asked = !question->nr;

	for (size_t i = 0; i < question->nr; i++)
		if (question->words[i] && !strcmp(question->words[i], name)) {
			question->words[i] = NULL;
			asked = true;
		}
	return asked;
}

static bool show_cache(uint64_t cache, void *arg)
{
	struct slab_question *question = arg;
	struct session *session = question->session;
	struct output *output = session->output;
	struct error damage;
	struct slab_count count = slab_count_of(&question->pass, cache, &damage);

	if (is_asked(question, count.name)) {
		output_begin(output, "slabs", NULL, NULL);
		output_hex(output, "address", count.address);
		output_count_if(output, "object_size", count.size, count.size);
		output_count_if(output, "active", count.has_active, count.active);
		if (damage.code == ERROR_FORMAT)
			output_boolean(output, "damaged", true);
		output_count_if(output, "objects", count.has_slabs, count.objects);
		output_count_if(output, "slabs", count.has_slabs, count.slabs);
		output_count_if(output, "per_slab", count.has_shape, count.per_slab);
		output_count_if(output, "order", count.has_shape, count.order);
		output_string_if(output, "slab_cache", count.name);
		output_end(output);
		if (damage.code)
			session_complain(session, count.name, &damage);
	}
	return !session_interrupted(session);
}

static bool run_slabs(struct session *session, char **words, struct error *err)
{
	struct kernel *kernel = session->kernel;
	struct slab_question question = {
		.session = session,
		.words = words,
		.nr = count_words(words),
		.pass = { .kernel = kernel, .follow = slab_has_free_objects(kernel) },
	};
	struct error none, why;
	bool whole;

	whole = slab_each_cache(kernel, show_cache, &question, &why);
	slab_pass_release(&question.pass);
	if (!whole)
		return fail(err, why.code,
			    why.code == ERROR_UNREADABLE ?
				    "the list of slab caches cannot be followed: %.400s" :
				    "%s",
			    why.message);
	fail(&none, ERROR_NO_ANSWER, "no slab cache has this name");
	for (size_t i = 0; i < question.nr && !session_interrupted(session); i++)
		if (words[i])
			session_complain(session, words[i], &none);
	return true;
}

static const struct record slabs_record = {
	.fields = (const struct field[]){ COLUMN("address"),
					  COLUMN("object_size"),
					  COLUMN("active"),
					  COLUMN("damaged", .heading = "active",
						 TEXT(.yes = "damaged")),
					  { 0 } },
};

const struct command command_slabs = {
	.name = "slabs",
	.group = GROUP_MEMORY,
	.arguments = ARGUMENTS({ "NAME", WORD_TEXT, .most = MANY }),
	.record = &slabs_record,
	.summary = "slab caches, with their objects and slabs",
	.details = "For each cache, or those named: its struct kmem_cache, bytes from one object\n"
		   "to the next, objects in use and all, slabs, objects and order of a slab.\n"
		   "As in /proc/slabinfo, free objects that a CPU keeps count as in use. Lists of\n"
		   "free objects are followed, too: where one is damaged, an error says where.",
	.rests_on = RESTS_ON_FRAMES,
	.run = run_slabs,
};
