/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Memory that the kernel uses: the commands frames and slabs. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "query/holders.h"
#include "base/text.h"
#include "linux/page/cpu_lists.h"
#include "query/memory_runs.h"
#include "linux/slab/slab.h"
#include "linux/slab/slab_count.h"
#include "devices/io_pages.h"
#include "cli/words.h"

/* --- what points to memory --- */

/* Shows, in groups, what points to the given memory, and what the given memory points to. These
 * are the answers of frames -w and slabs -w. */

/* Largest number of groups shown in each direction; also, largest number of groups of modules that
 * are shown after these. A driver has one pointer to a list that it lost, and drivers have most of
 * the leaks. */
enum { MOST_SHOWN = 20 };

static const char *const kinds[] = {
	[HOLDER_SYMBOL] = "symbol", [HOLDER_CACHE] = "slab-cache", [HOLDER_PERCPU] = "percpu",
	[HOLDER_CALLER] = "caller", [HOLDER_AREA] = "area",	   [HOLDER_USE] = "use",
	[HOLDER_ITSELF] = "itself",
};

static void print_group(struct session *session, const char *argument,
			const struct holder_group *group)
{
	struct output *output = session->output;

	output_begin(output, session->command->name, argument, NULL);
	output_count(output, "pointers", group->count);
	output_string(output, "direction", group->by ? "by" : "to");
	output_string(output, "kind", kinds[group->kind]);
	output_string_if(output, "name", group->kind == HOLDER_ITSELF ? NULL : group->name);
	output_count_if(output, "offset", group->by && group->kind == HOLDER_CACHE, group->offset);
	output_hex(output, "physical", group->example);
	output_end(output);
}

static const struct record show_holders_record = {
	.fields = (const struct field[]){ COLUMN("pointers", .width = 9, .rank = KEPT),
					  COLUMN("direction", .rank = KEPT),
					  COLUMN("kind", .width = 10, .rank = KEPT),
					  COLUMN("name", .width = 32, .rank = KEPT),
					  COLUMN("offset", .width = 6),
					  COLUMN("physical", .heading = "example",
						 .kind = KIND_PHYSICAL),
					  { 0 } },
};

/* use and cache select the memory, as in query_holders(). If the answer is incomplete, sets err and
 * returns false. */
static bool show_holders(struct session *session, const char *argument,
			 const bool use[NR_PAGE_USES], uint64_t cache, struct error *err)
{
	struct holders holders;
	size_t shown[2] = { 0, 0 }, shown_modules[2] = { 0, 0 };
	uint64_t left_out, unread;

	if (!query_holders(session->kernel, use, cache, &holders, err))
		return false;
	output_declare(session->output, &show_holders_record);
	for (size_t i = 0; i < holders.nr && !session_interrupted(session); i++) {
		const struct holder_group *group = &holders.group[i];

		if (shown[group->by]++ < MOST_SHOWN ||
		    (group->in_module && shown_modules[group->by]++ < MOST_SHOWN))
			print_group(session, argument, group);
	}
	left_out = holders.left_out;
	unread = holders.unread;
	query_holders_release(&holders);
	if (unread)
		return fail(
			err, ERROR_UNREADABLE,
			"%" PRIu64
			" frame%s of the kernel %s not in the dump, and may also contain such pointers",
			unread, unread == 1 ? "" : "s", unread == 1 ? "is" : "are");
	return !left_out ||
	       fail(err, ERROR_FORMAT, "too many groups: %" PRIu64 " pointers are not in any group",
		    left_out);
}

/* --- frames --- */

struct use_total {
	enum page_use_kind use;
	uint64_t frames;
	uint64_t writable; /* number of these frames that devices can write */
};

struct frame_totals {
	struct session *session;
	bool list; /* show each run */
	/* the memory that devices can write; NULL: this was not requested */
	const struct io_pages *io;
	uint64_t bad; /* number of frames whose struct pages do not show a use */
	uint64_t first_bad;
	uint64_t unknown;
	size_t nr;
	struct use_total use[NR_PAGE_USES];
};

/* Returns the number of frames in the run that devices can write. */
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

/* Fails if frames have an unknown use because not all lists of free frames could be read. A frame
 * without references may be free and in a list of a CPU, or may be a part of an allocation. Only
 * the lists show which of the two is true. */
static bool explain_unknown(const struct frame_totals *totals, struct error *err)
{
	struct kernel *kernel = totals->session->kernel;
	struct error why;

	if (page_kept_blocks_whole(kernel, &why) || (why.code == ERROR_UNKNOWN && !totals->unknown))
		return true;
	return fail(err, why.code,
		    "%" PRIu64
		    " frame%s of unknown use may be free frames in the lists of CPUs: %.400s",
		    totals->unknown, plural_s(totals->unknown), why.message);
}

static bool kmem_count_frames(struct frame_totals *totals, uint64_t first, uint64_t last,
			      struct error *err)
{
	struct kernel *kernel = totals->session->kernel;
	struct memory_question question = {
		.frames = { .first = kernel_pfn(kernel, first), .last = kernel_pfn(kernel, last) },
		.visit = kmem_take_run,
		.arg = totals,
	};

	if (!query_memory_runs(kernel, &question, err))
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

/* Counts frames by use, and counts how many of them devices can write. */
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
		done = fail(err, pages.io.gap.code,
			    "devices may be able to write more frames than the counted ones: %.440s",
			    pages.io.gap.message);
	io_pages_release(&pages);
	return done;
}

struct frames_options {
	unsigned int list, devices;
	const char *holders; /* a use of frames, whose holders are shown */
};

static bool holders_of_use(struct session *session, const char *name, struct error *err)
{
	bool use[NR_PAGE_USES] = { false };

	for (int i = 0; i < NR_PAGE_USES; i++)
		if (!strcmp(page_use_names[i], name) &&
		    page_use_whole((enum page_use_kind)i) == (enum page_use_kind)i) {
			use[i] = true;
			return show_holders(session, name, use, 0, err);
		}
	return fail(err, ERROR_USAGE,
		    "%.60s is not a use of frames; the command frames lists all uses", name);
}

static bool kmem_run_frames(struct session *session, char **words, struct error *err)
{
	const struct frames_options *given = session->given;
	struct frame_totals totals = { .session = session, .list = given->list };
	uint64_t first = 0, last = UINT64_MAX;

	if (given->holders)
		return holders_of_use(session, given->holders, err);
	if (!parse_range(NULL, words, &first, &last, err))
		return false;
	if (words[0] && !words[1])
		output_textf(
			session->output,
			"all frames from the physical address %" PRIx64
			" on; pfn_to_page %s shows the frame of this number, and phys_to_page %s of this address\n",
			first, words[0], words[0]);
	return given->devices ? count_for_devices(&totals, first, last, err) :
				kmem_count_frames(&totals, first, last, err);
}

static const struct command_option frames_options[] = {
	{ "d", AT(frames_options, devices), .feature = FEATURE_DEVICES,
	  .help = "also count the frames that PCI devices can write: by the\n"
		  "tables of IOMMUs, or if a device has no IOMMU, all frames\n"
		  "that its DMA mask covers" },
	{ "l", AT(frames_options, list),
	  .help = "list ranges of frames with the same use, not the counts" },
	{ "w", WORD_TEXT, AT(frames_options, holders), .value = "USE", .alone = true,
	  .help = "list what points to frames of this use, and what these\n"
		  "frames point to, in groups, the largest first" },
	{ 0 }
};

const struct command command_frames = {
	.name = "frames",
	.group = GROUP_MEMORY,
	.options = frames_options,
	.arguments =
		ARGUMENTS({ "START", WORD_PHYSICAL, .most = 1 }, { "END", WORD_END, .most = 1 }),
	.given_size = GIVEN(frames_options),
	.summary = "what page frames are used for, in totals or as ranges",
	.listed_as = "what page frames are used for; mem also shows parts of uses",
	.details =
		"Counts the frames of each use (for a single frame, page shows the use): in all\n"
		"memory, or from the physical address START to END, the last byte, which may\n"
		"be +SIZE. Uses are, among others: free-percpu, free frames in the lists of\n"
		"CPUs; percpu, per-CPU memory; vmap, frames that are mapped in the range of\n"
		"vmalloc, but were not allocated by vmalloc; pgd, top-level tables of processes.\n"
		"A frame whose use is not recorded counts as other if it has references. If it\n"
		"has none, and is in no list of free frames, it counts as unknown: most unknown\n"
		"frames are parts of larger allocations. mem shows the parts of these uses.",
	.rests_on = RESTS_ON_MEMORY,
	.run = kmem_run_frames,
};

/* --- slabs --- */

struct slab_question {
	struct session *session;
	char **words; /* the names of caches; if a cache is found, its name becomes NULL */
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
	unsigned int sharers;

	if (is_asked(question, count.name)) {
		output_begin(output, "slabs", NULL, NULL);
		output_hex(output, "address", count.address);
		output_count_if(output, "object_size", count.size, count.size);
		output_count_if(output, "allocated", count.has_allocated, count.allocated);
		output_count_if(output, "active", count.has_active, count.active);
		if (damage.code == ERROR_FORMAT)
			output_boolean(output, "damaged", true);
		output_count_if(output, "objects", count.has_slabs, count.objects);
		output_count_if(output, "slabs", count.has_slabs, count.slabs);
		output_count_if(output, "per_slab", count.has_shape, count.per_slab);
		output_count_if(output, "order", count.has_shape, count.order);
		output_string_if(output, "slab_cache", count.name);
		sharers = slab_cache_sharers(session->kernel, cache);
		output_count_if(output, "shared_by", sharers > 1, sharers);
		output_end(output);
		if (damage.code)
			session_complain(session, count.name, &damage);
	}
	return !session_interrupted(session);
}

struct slabs_options {
	unsigned int of_caches; /* what to show of each cache: its objects (o), or pointers (w) */
};

struct named_cache {
	struct kernel *kernel;
	const char *name;
	uint64_t address; /* 0: not found */
};

static bool match_cache(uint64_t cache, void *arg)
{
	struct named_cache *wanted = arg;
	char name[64];

	if (!slab_cache_name(wanted->kernel, cache, name, sizeof(name), NULL) ||
	    strcmp(name, wanted->name))
		return true;
	wanted->address = cache;
	return false;
}

/* --- the objects of a cache --- */

struct object_listing {
	struct session *session;
	const char *argument;
	uint64_t cache;
	uint64_t direct; /* the start of the direct map */
};

static void show_slab_object(const struct object_listing *listing, const struct slab_place *place)
{
	struct output *output = listing->session->output;
	struct slab_object object;

	output_begin(output, "slabs", listing->argument, NULL);
	output_string(output, "slab_cache", place->cache);
	output_hex(output, "page", place->page);
	output_hex(output, "slab", place->slab);
	output_hex_if(output, "object", place->has_object, place->object);
	if (place->has_object) {
		slab_object_at(listing->session->kernel, place, &object);
		if (object.state == SLAB_STATE_UNKNOWN)
			output_trouble(output, &object.why);
		else
			output_boolean(output, "allocated", object.state == SLAB_STATE_ALLOCATED);
		if (object.has_cpu)
			output_count(output, "cpu", object.cpu);
	}
	output_end(output);
}

/* Shows the objects of the slabs in a run of frames. */
static bool show_objects_of_run(const struct frame_run *run, void *arg)
{
	const struct object_listing *listing = arg;
	struct kernel *kernel = listing->session->kernel;
	uint64_t cache, last, start;
	struct slab_place place;

	if (run->use != PAGE_USE_SLAB)
		return !session_interrupted(listing->session);
	for (uint64_t pfn = run->first; pfn <= run->last; pfn = last + 1) {
		last = pfn;
		start = kernel_frame(kernel, pfn);
		if (session_interrupted(listing->session))
			return false;
		if (!slab_cache_of(kernel, pfn, &cache, &last) || cache != listing->cache ||
		    !slab_at(kernel, listing->direct + start, start, &place))
			continue;
		if (!place.has_object)
			show_slab_object(listing, &place);
		for (place.index = 0; place.has_object && place.index < place.objects &&
				      !session_interrupted(listing->session);
		     place.index++) {
			place.object = place.start + place.index * place.size;
			show_slab_object(listing, &place);
		}
	}
	return !session_interrupted(listing->session);
}

static const struct record objects_record = {
	.fields =
		(const struct field[]){
			HIDDEN("slab_cache"),
			COLUMN("page", .rank = 4),
			COLUMN("slab"),
			COLUMN("object", .rank = KEPT),
			COLUMN("allocated", .heading = "state", .rank = KEPT,
			       TEXT(.yes = "allocated", .no = "free")),
			COLUMN("cpu", .heading = "state", TEXT(.before = "kept for CPU ")),
			COLUMN("message", .heading = "state", TEXT(.before = "? ")),
			{ 0 } },
};

static bool show_objects(struct session *session, const char *name, uint64_t cache,
			 struct error *err)
{
	struct object_listing listing = { session, name, cache, 0 };
	const struct memory_question question = {
		.frames = { .first = 0, .last = kernel_pfn(session->kernel, UINT64_MAX) },
		.visit = show_objects_of_run,
		.arg = &listing,
	};

	output_declare(session->output, &objects_record);
	return kernel_direct_base(session->kernel, &listing.direct, err) &&
	       query_memory_runs(session->kernel, &question, err);
}

static bool show_cache_holders(struct session *session, const char *name, uint64_t cache,
			       struct error *err)
{
	const bool no_use[NR_PAGE_USES] = { false };

	return show_holders(session, name, no_use, cache, err);
}

static bool each_named_cache(struct session *session, char **words,
			     bool (*show)(struct session *session, const char *name, uint64_t cache,
					  struct error *err),
			     struct error *err)
{
	struct error why;

	if (!*words)
		return fail(err, ERROR_USAGE, "-o and -w need the name of a slab cache");
	for (; *words && !session_interrupted(session); words++) {
		struct named_cache wanted = { session->kernel, *words, 0 };

		if (slab_each_cache(session->kernel, match_cache, &wanted, &why) && !wanted.address)
			fail(&why, ERROR_NO_ANSWER, "no slab cache has this name");
		if (!wanted.address || !show(session, *words, wanted.address, &why))
			session_complain(session, *words, &why);
	}
	return true;
}

static bool run_slabs(struct session *session, char **words, struct error *err)
{
	const struct slabs_options *given = session->given;
	struct kernel *kernel = session->kernel;
	struct slab_question question = {
		.session = session,
		.words = words,
		.nr = count_words(words),
		.pass = { .kernel = kernel, .follow = slab_has_free_objects(kernel) },
	};
	struct error none;
	bool whole;

	if (given->of_caches)
		return each_named_cache(session, words,
					given->of_caches == 'o' ? show_objects : show_cache_holders,
					err);
	whole = slab_each_cache(kernel, show_cache, &question, err);
	slab_pass_release(&question.pass);
	if (!whole)
		return false;
	fail(&none, ERROR_NO_ANSWER, "no slab cache has this name");
	for (size_t i = 0; i < question.nr && !session_interrupted(session); i++)
		if (words[i])
			session_complain(session, words[i], &none);
	return true;
}

static const struct record slabs_record = {
	.fields = (const struct field[]){ COLUMN("address"),
					  COLUMN("object_size"),
					  COLUMN("allocated"),
					  COLUMN("active"),
					  COLUMN("damaged", .heading = "active",
						 TEXT(.yes = "damaged")),
					  { 0 } },
};

static const struct command_option slabs_options[] = {
	{ "o", AT(slabs_options, of_caches), .set_to = 'o', .group = 'o',
	  .help = "list each object of the given caches, with its state" },
	{ "w", AT(slabs_options, of_caches), .set_to = 'w', .group = 'o',
	  .help = "list what points to the objects of the given caches, and\n"
		  "what these objects point to, in groups, the largest first" },
	{ 0 }
};

const struct command command_slabs = {
	.name = "slabs",
	.group = GROUP_MEMORY,
	.options = slabs_options,
	.given_size = GIVEN(slabs_options),
	.arguments = ARGUMENTS({ "NAME", WORD_TEXT, .most = MANY }),
	.record = &slabs_record,
	.summary = "slab caches, with their objects and slabs",
	.details =
		"For each cache, or the given ones: its struct kmem_cache, the size of an object\n"
		"with padding, objects (allocated, active, all), slabs, objects of a slab, order\n"
		"of a slab. ACTIVE counts as /proc/slabinfo does, so it includes free objects\n"
		"that are kept for a CPU or a node. ALLOCATED does not. If a list of free objects\n"
		"is damaged, an error shows where.",
	.rests_on = RESTS_ON_FRAMES,
	.run = run_slabs,
};
