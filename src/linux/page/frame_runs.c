/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Frames are examined one after the other. If there are many frames, threads first examine pieces of
 * the memory map, and read each piece at once (base/crew.h). The caller's thread adds up their
 * results in order, and examines the frames that a piece alone does not describe. */
#include "linux/page/frame_runs.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/array.h"
#include "base/counts.h"
#include "base/crew.h"
#include "dump/search.h"
#include "kernel/view.h"
#include "linux/page/cpu_lists.h"
#include "linux/page/page.h"
#include "linux/page/page_reader.h"
#include "kernel/kernel.h"

/* Number of frames between two checks whether the user stopped the work. The number is small,
 * because for each frame hundreds of reads from a flattened file may be necessary. */
enum { FRAMES_A_LOOK = 1 << 6 };

enum {
	/* All blocks of free frames that can contain a frame are in the frame's piece: see
	 * MOST_FREE_ORDERS in page_use.c. */
	PIECE_FRAMES = PAGE_WINDOW_FRAMES,
	PIECES_PER_THREAD = 2,
	FEW_PIECES = 2, /* for fewer pieces, starting threads takes too long */
};

/* A pass over the frames of a range. */
struct frame_pass {
	struct kernel *kernel;
	struct frame_range frames;
	bool each; /* examine each frame of a compound page */
	bool (*visit)(const struct frame_run *run, void *arg);
	void *arg;
	struct frame_run run; /* the run that is being extended; PAGE_USE_NONE: none yet */
	uint64_t next; /* the first frame that was not examined yet */
	unsigned int steps;
	bool ended; /* visit() has returned false */
};

/* Returns the last frame of the block or compound page that contains pfn, or pfn itself. */
static uint64_t frame_runs_last_of(const struct page_use *use, uint64_t pfn)
{
	uint64_t size = use->has_order ? UINT64_C(1) << use->order : 1;

	return pfn - use->head_pfn < size ? use->head_pfn + (size - 1) : pfn;
}

/* Has the kernel counted any frames with corrupted memory? If so, each frame of a compound page
 * must be examined. The count num_poisoned_pages was called mce_bad_pages until 3.7
 * (293c07e31ab5). */
static bool has_poisoned(struct kernel *kernel)
{
	static const char *const counts[] = { "num_poisoned_pages", "mce_bad_pages" };
	const struct page_layout *layout = page_layout_of(kernel, NULL);
	uint64_t address, nr = 0;

	for (int i = 0; i < 2 && layout && layout->hwpoison_mask && !nr; i++)
		if (kernel_symbol(kernel, counts[i], &address, NULL))
			kernel_read_word(kernel, address, &nr, NULL);
	return nr;
}

uint64_t page_behind_hole(struct kernel *kernel, uint64_t pfn)
{
	const struct section_layout *layout = page_section_layout(kernel);
	struct section_cursor cursor = { 0 };
	struct section section;
	unsigned int shift;

	if (!layout)
		return pfn + 1;
	shift = (unsigned int)layout->section_bits - kernel_page_shift(kernel);
	cursor.number = pfn >> shift;
	if (!page_next_section(kernel, &cursor, &section))
		return UINT64_MAX;
	if (section.number == pfn >> shift)
		return pfn + 1; /* parts of this section may have struct pages */
	return section.number << shift;
}

/* Makes a run that consists of one frame. first: the pfn of the frame. apart: see struct
 * frame_range. */
static struct frame_run frame_runs_start(const struct page_use *use, uint64_t first, bool apart)
{
	struct frame_run run = { .first = first, .use = page_use_counted(use) };

	if (!apart)
		return run;
	run.idle = use->idle;
	if (run.use == PAGE_USE_FILE || run.use == PAGE_USE_SHMEM)
		run.object = use->object;
	if (run.use == PAGE_USE_OTHER) {
		run.compound = use->compound;
		run.order = use->has_order ? use->order : 0;
	}
	return run;
}

/* Examines the frame pfn. Returns its run, which extends to the end of the frame's block. If the
 * struct page is unreadable, the run extends to the end of the unreadable part of the memory map,
 * because an error for each frame is slow. If the frame has no struct page, or if the reader missed
 * something, the run has the use PAGE_USE_NONE. */
static struct frame_run frame_runs_examine(const struct frame_pass *pass,
					   struct page_reader *reader, uint64_t pfn)
{
	struct frame_run run = { .first = pfn, .last = pfn, .use = PAGE_USE_NONE };
	struct page_use use;
	struct error why;
	bool known;

	reader->missed = false;
	known = page_reader_use(reader, pfn, &use, &why);
	if (!known && !reader->missed && why.code != ERROR_UNREADABLE) {
		if (why.code != ERROR_NO_ANSWER)
			run.use = PAGE_USE_DAMAGED;
		return run;
	}
	if (!known || reader->missed) {
		if (!reader->missed)
			run.use = PAGE_USE_UNREADABLE;
		run.last = page_reader_unreadable_to(reader, pfn);
		if (run.last > pass->frames.last)
			run.last = pass->frames.last;
		return run;
	}
	run = frame_runs_start(&use, pfn, pass->frames.apart);
	run.last = pfn;
	if (!pass->each || !use.compound || use.hugetlb)
		run.last = frame_runs_last_of(&use, pfn);
	if (run.last > pass->frames.last)
		run.last = pass->frames.last;
	return run;
}

/* Does `more` follow the run, with the same use? */
static bool frame_runs_continue(const struct frame_run *run, const struct frame_run *more)
{
	return run->use == more->use && run->last + 1 == more->first &&
	       run->object == more->object && run->order == more->order &&
	       run->compound == more->compound && run->idle == more->idle;
}

/* Extends the run of the pass by the frames of `more`, if they continue it. Otherwise visits the
 * run and replaces it by `more`. Returns false if visit returned false. */
static bool frame_runs_add(struct frame_pass *pass, const struct frame_run *more)
{
	pass->next = more->last + 1;
	if (frame_runs_continue(&pass->run, more)) {
		pass->run.last = more->last;
		return true;
	}
	if (pass->run.use != PAGE_USE_NONE && !pass->visit(&pass->run, pass->arg))
		pass->ended = true;
	pass->run = *more;
	return !pass->ended;
}

/* Examines all frames up to `last` that were not examined yet. Returns false if the pass must
 * end. */
static bool examine_to(struct frame_pass *pass, uint64_t last)
{
	struct page_reader *reader = page_reader_of(pass->kernel);

	while (reader && pass->next <= last) {
		struct frame_run more;

		if (++pass->steps % FRAMES_A_LOOK == 0 && kernel_stopped(pass->kernel))
			return false;
		more = frame_runs_examine(pass, reader, pass->next);
		if (more.use == PAGE_USE_NONE)
			pass->next = page_behind_hole(pass->kernel, pass->next);
		else if (!frame_runs_add(pass, &more))
			return false;
	}
	return reader;
}

/* --- threads --- */

/* Frames whose struct pages are contiguous in virtual memory. All of them are online. */
struct frame_stretch {
	uint64_t first, nr;
	uint64_t page; /* the address of the first struct page */
};

struct frame_piece {
	struct frame_stretch stretch;
	/* The following members are results. The runs cover the stretch. PAGE_USE_NONE: only the
	 * caller's thread can examine these frames. */
	struct frame_run *runs; /* owned */
	size_t nr_runs, room;
	bool failed; /* memory ran out */
};

/* The private data of one thread. */
struct frame_worker {
	const struct frame_pass *pass;
	struct space space; /* its dump is a separate reader, owned */
	struct page_reader reader; /* of a window */
	uint8_t *buffer; /* owned; has PAGE_WINDOW_MAX bytes */
};

struct frame_crew {
	struct frame_pass *pass;
	struct frame_stretch *stretches; /* owned; in ascending order */
	size_t nr_stretches, room;
	size_t next; /* the stretch that contains the next piece */
	uint64_t done; /* the number of frames of this stretch that were taken */
	uint64_t page_size; /* the size of a struct page in bytes */
};

static void frame_worker_destroy(void *arg)
{
	struct frame_worker *worker = arg;

	dump_reader_destroy(worker->space.dump);
	free(worker->buffer);
	free(worker);
}

/* Allocates a large buffer for one thread, in huge pages if possible. The caller must free() the
 * result. Returns NULL if memory runs out. */
static void *crew_buffer_create(size_t size)
{
	const size_t huge = 2 << 20; /* on most machines; on others the pages may be small */
	void *buffer = aligned_alloc(huge, (size + huge - 1) & -huge);

	/* A page fault takes about as long as unpacking the page that is written there. */
	if (buffer)
		madvise(buffer, size, MADV_HUGEPAGE);
	return buffer;
}

static void *frame_worker_create(void *arg)
{
	struct frame_pass *pass = ((struct frame_crew *)arg)->pass;
	const struct page_reader *reader = page_reader_of(pass->kernel);
	const struct space *space = kernel_space(pass->kernel, NULL);
	struct frame_worker *worker = reader && space ? malloc(sizeof(*worker)) : NULL;

	if (!worker)
		return NULL;
	worker->pass = pass;
	worker->buffer = crew_buffer_create(PAGE_WINDOW_MAX);
	worker->space = *space;
	worker->reader = (struct page_reader){
		.layout = reader->layout,
		.page_size = reader->page_size,
		.window = { .space = &worker->space, .buffer = worker->buffer },
		.kept = page_kept_blocks(pass->kernel, NULL),
	};
	worker->space.dump = dump_pass_reader_create(pass->kernel->dump);
	if (worker->buffer && worker->space.dump)
		return worker;
	frame_worker_destroy(worker);
	return NULL;
}

static bool frame_runs_all_taken(void *arg)
{
	const struct frame_crew *crew = arg;

	return crew->next == crew->nr_stretches;
}

/* Takes the next piece. It ends at a multiple of PIECE_FRAMES, so most blocks are in one piece. */
static bool take_frames(void *arg, void *taken)
{
	struct frame_crew *crew = arg;
	struct frame_piece *piece = taken;
	const struct frame_stretch *stretch = &crew->stretches[crew->next];
	uint64_t first = stretch->first + crew->done, nr = PIECE_FRAMES - first % PIECE_FRAMES;

	nr = nr < stretch->nr - crew->done ? nr : stretch->nr - crew->done;
	piece->stretch = (struct frame_stretch){
		first,
		nr,
		stretch->page + crew->done * crew->page_size,
	};
	crew->done += nr;
	if (crew->done == stretch->nr) {
		crew->next++;
		crew->done = 0;
	}
	return true;
}

static void examine_window(struct frame_worker *worker, struct frame_piece *piece)
{
	uint64_t pfn = piece->stretch.first, end = pfn + piece->stretch.nr;

	while (pfn < end && !piece->failed) {
		struct frame_run run = frame_runs_examine(worker->pass, &worker->reader, pfn);
		struct frame_run *last = piece->nr_runs ? &piece->runs[piece->nr_runs - 1] : NULL;

		pfn = run.last + 1;
		if (last && frame_runs_continue(last, &run))
			last->last = run.last;
		else if (!array_add(&piece->runs, &piece->nr_runs, &piece->room, &run, sizeof(run)))
			piece->failed = true;
	}
}

static void make_runs(void *arg, void *made)
{
	struct frame_worker *worker = arg;
	struct frame_piece *piece = made;
	const struct frame_stretch *stretch = &piece->stretch;
	uint64_t size = stretch->nr * worker->reader.layout->size;
	struct page_window *window = &worker->reader.window;
	struct view view = { 0 };

	piece->nr_runs = 0;
	piece->failed = false;
	memset(window->tried, 0, sizeof(window->tried));
	window->first = stretch->first;
	window->nr = stretch->nr;
	window->page = stretch->page;
	window->bytes = NULL;
	if (view_borrow(&view, &worker->space, stretch->page, size)) {
		count_read(worker->space.dump->counts, size);
		window->bytes = view.bytes.data;
	}
	worker->reader.has_free = worker->reader.has_lone = false;
	examine_window(worker, piece);
}

/* Adds the runs of a piece to the pass, and first the frames before the piece. A block before may
 * extend into the piece. Then the piece may contain no run that begins after the block, because
 * blocks of a damaged memory map may overlap. */
static bool give_runs(void *arg, void *given)
{
	struct frame_pass *pass = ((struct frame_crew *)arg)->pass;
	const struct frame_piece *piece = given;
	const struct frame_stretch *stretch = &piece->stretch;

	if (kernel_stopped(pass->kernel) ||
	    (stretch->first && !examine_to(pass, stretch->first - 1)))
		return false;
	for (size_t i = 0; i < piece->nr_runs && !piece->failed; i++) {
		const struct frame_run *run = &piece->runs[i];

		if (run->last < pass->next)
			continue;
		if (run->use == PAGE_USE_NONE || run->first < pass->next) {
			if (!examine_to(pass, run->last))
				return false;
		} else if (!frame_runs_add(pass, run)) {
			return false;
		}
	}
	return examine_to(pass, stretch->first + (stretch->nr - 1));
}

/* Adds the frames from first to last, both inclusive, whose struct pages are consecutive elements of
 * one array. If the memory map is damaged, a page may be in the maps of two sections, or a map may
 * reach the end of the address space. Then the frames are not added, so that they are examined one
 * after the other. */
static bool add_stretch(struct frame_crew *crew, uint64_t first, uint64_t last)
{
	const struct frame_range *frames = &crew->pass->frames;
	struct kernel *kernel = crew->pass->kernel;
	size_t nr = crew->nr_stretches;
	struct frame_stretch *before = nr ? &crew->stretches[nr - 1] : NULL, more;
	uint64_t size = crew->page_size, page, pfn;

	first = first > frames->first ? first : frames->first;
	last = last < frames->last ? last : frames->last;
	if (first > last || !page_of_pfn(kernel, first, &more.page, NULL) ||
	    !page_of_pfn(kernel, last, &page, NULL) || page < more.page || page + size < page ||
	    page - more.page != (last - first) * size || !page_pfn(kernel, more.page, &pfn, NULL) ||
	    pfn != first || !page_pfn(kernel, page, &pfn, NULL) || pfn != last)
		return true;
	more.first = first;
	more.nr = last - first + 1;
	if (!before || before->first + before->nr != first ||
	    before->page + before->nr * size != more.page)
		return array_add(&crew->stretches, &crew->nr_stretches, &crew->room, &more,
				 sizeof(more));
	before->nr += more.nr;
	return true;
}

/* Finds the frames that threads examine. Others are frames that were added while the kernel ran,
 * and the frames of DISCONTIGMEM. */
static bool find_stretches(struct frame_crew *crew)
{
	struct kernel *kernel = crew->pass->kernel;
	const struct section_layout *sections = page_section_layout(kernel);
	struct section_cursor cursor = { 0 };
	struct section section;
	unsigned int shift;
	uint64_t model;

	if (!kernel_fact(kernel, FACT_MEMORY_MODEL, &model) || model == MODEL_DISCONTIGMEM)
		return false;
	if (!sections)
		return model == MODEL_FLATMEM && add_stretch(crew, 0, UINT64_MAX);
	shift = (unsigned int)sections->section_bits - kernel_page_shift(kernel);
	cursor.number = crew->pass->frames.first >> shift;
	while (page_next_section(kernel, &cursor, &section) &&
	       section.number <= crew->pass->frames.last >> shift) {
		uint64_t first = section.number << shift;

		if (section.early && section.online &&
		    !add_stretch(crew, first, first + ((UINT64_C(1) << shift) - 1)))
			return false;
	}
	return !kernel_stopped(kernel);
}

static void run_crew(struct frame_crew *crew)
{
	unsigned int nr_threads = crew_cpus();
	struct crew threads = {
		.nr_threads = nr_threads,
		.nr_pieces = PIECES_PER_THREAD * (nr_threads + 1),
		.piece_size = sizeof(struct frame_piece),
		.worker_create = frame_worker_create,
		.worker_destroy = frame_worker_destroy,
		.take = take_frames,
		.all_taken = frame_runs_all_taken,
		.make = make_runs,
		.give = give_runs,
		.arg = crew,
	};
	struct frame_piece *pieces = calloc(threads.nr_pieces, sizeof(*pieces));

	threads.pieces = pieces;
	if (pieces)
		crew_run(&threads);
	for (size_t i = 0; pieces && i < threads.nr_pieces; i++)
		free(pieces[i].runs);
	free(pieces);
}

/* Lets threads examine the frames, if there are many. The frames that remain are examined by the
 * caller. */
static void examine_by_threads(struct frame_pass *pass)
{
	struct frame_crew crew = {
		.pass = pass,
		.page_size = page_layout_of(pass->kernel, NULL)->size,
	};
	uint64_t nr = pass->frames.last - pass->frames.first;

	if (nr < FEW_PIECES * PIECE_FRAMES || crew.page_size > PAGE_STRUCT_MAX ||
	    !dump_can_be_remembered(pass->kernel->dump))
		return;
	if (find_stretches(&crew) && crew.nr_stretches)
		run_crew(&crew);
	free(crew.stretches);
}

bool page_runs(struct kernel *kernel, struct frame_range frames,
	       bool (*visit)(const struct frame_run *run, void *arg), void *arg, struct error *err)
{
	struct frame_pass pass = {
		.kernel = kernel,
		.frames = frames,
		.visit = visit,
		.arg = arg,
		.run = { .use = PAGE_USE_NONE },
		.next = frames.first,
	};
	uint64_t max_pfn;

	if (!page_layout_of(kernel, err) || !kernel_require(kernel, FACT_MAX_PFN, &max_pfn, err))
		return false;
	if (frames.last >= max_pfn)
		pass.frames.last = max_pfn - 1;
	if (!max_pfn || frames.first > pass.frames.last)
		return true;
	pass.each = has_poisoned(kernel);
	examine_by_threads(&pass);
	if (!pass.ended)
		examine_to(&pass, pass.frames.last);
	if (!pass.ended && pass.run.use != PAGE_USE_NONE)
		visit(&pass.run, arg);
	return true;
}
