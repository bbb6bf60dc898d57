/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Examines the entries of tables of the last level, which are nearly all entries of a process. Most
 * of them are plain: they map a page for user mode, with usual rights and cache type, whose frame
 * was examined before. Only the mappings of such a frame are counted. check_entry() examines all
 * other entries. */
#include <inttypes.h>

#include "check/check_user.h"
#include "kernel/entry.h"
#include "paging/family.h"

static void check_look_at_page(struct pass *pass, const struct scanned *scanned,
			       const struct task *task)
{
	if (pass->rules->cache_known && !scanned->repeated)
		check_cache_of(pass, scanned, task->tgid);
	if (scanned->writable && scanned->executable && pass->space->paging->no_execute_bit)
		check_count(&pass->process_write_execute, scanned->last - scanned->first + 1,
			    "%" PRIx64 " to %" PRIx64 " of pid %d (%s)", scanned->first,
			    scanned->last, (int)task->tgid, task->comm);
}

void check_entry(struct user_pass *user, const struct scanned *scanned)
{
	if (scanned->outcome == WALK_MAPPED) {
		check_user_counts_page(user, scanned);
		check_look_at_page(user->pass, scanned, &user->process.task);
	} else {
		user->pass->processes_complete = false;
	}
	check_user_entry(user, scanned);
}

static struct bits_kind decode_kind(const struct user_pass *user, const struct scan_window *window,
				    unsigned int at, uint64_t bits)
{
	const struct space *space = &user->process.user;
	const struct pass *pass = user->pass;
	struct bits_kind kind = { .bits = bits, .kind = KIND_ODD };
	uint64_t mask = scan_address_bits(space, window->level);
	struct scanned scanned;
	unsigned int cache;

	scan_window_entry(space, window, at, &scanned);
	if (scanned.outcome == WALK_NOT_PRESENT)
		kind.kind = KIND_ABSENT;
	if (scanned.outcome != WALK_MAPPED || !scanned.user ||
	    scanned.page_size != kernel_page_size(user->kernel) ||
	    (scanned.writable && scanned.executable && space->paging->no_execute_bit))
		return kind;
	cache = entry_cache_index(space->paging, window->level, scanned.entry);
	if (pass->rules->cache_known && pass->rules->cache[cache] != CACHE_WB)
		return kind;
	kind.kind = KIND_PLAIN;
	kind.high = scanned.paddr ^ (scanned.entry & mask);
	kind.writable = scanned.writable;
	return kind;
}

static const struct bits_kind *bits_kind_of(struct user_pass *user,
					    const struct scan_window *window, unsigned int at,
					    uint64_t bits)
{
	struct bits_kinds *kinds = &user->kinds;
	struct bits_kind *kind;

	for (unsigned int i = 0; i < kinds->nr; i++)
		if (kinds->kind[i].bits == bits)
			return &kinds->kind[i];
	kind = &kinds->kind[kinds->next];
	kinds->next = (kinds->next + 1) % NR_BITS_KINDS;
	kinds->nr += kinds->nr < NR_BITS_KINDS;
	*kind = decode_kind(user, window, at, bits);
	return kind;
}

/* Is the frame stored? Then frames->next becomes its index. */
static inline bool is_stored(struct mapped_frames *frames, uint64_t pfn)
{
	const struct mapped_frame *frame;

	if (frames->next < frames->nr && frames->frame[frames->next].pfn == pfn)
		return true;
	frame = check_find_frame(frames, pfn);
	if (frame)
		frames->next = (size_t)(frame - frames->frame);
	return frame;
}

/* How the entries of a window are read. */
struct window_reader {
	const struct scan_window *window;
	size_t size; /* the size of an entry in bytes */
	uint64_t address, others; /* the masks of an entry's address, and of all other bits */
	unsigned int shift;
};

static inline uint64_t window_entry(const struct window_reader *reader, unsigned int at)
{
	return load_le(reader->window->entries + at * reader->size, reader->size);
}

static inline uint64_t entry_pfn(const struct window_reader *reader, const struct bits_kind *kind,
				 uint64_t entry)
{
	return ((entry & reader->address) ^ kind->high) >> reader->shift;
}

/* Counts the mappings by entries from `at` on, as long as these are plain entries of this kind and
 * their frames were stored one after the other. Returns the index of the first other entry. */
static inline unsigned int count_plain_run(struct user_pass *user,
					   const struct window_reader *reader,
					   const struct bits_kind *kind, unsigned int at)
{
	struct mapped_frames *frames = &user->mapped;
	struct mapped_frame *frame = frames->frame + frames->next;
	const struct mapped_frame *end = frames->frame + frames->nr;
	const unsigned int first = at, nr = reader->window->nr;
	unsigned int not_compared = 0;

	for (; at < nr && frame < end; at++, frame++) {
		uint64_t entry = window_entry(reader, at);

		if ((entry & reader->others) != kind->bits ||
		    frame->pfn != entry_pfn(reader, kind, entry))
			break;
		if (frame->kind == MAPPED_COUNTED && frame->left)
			frame->left--;
		else if (frame->kind == MAPPED_NOT_COUNTED ||
			 (frame->kind == MAPPED_READ_ONLY && !kind->writable))
			not_compared++;
		else
			break;
	}
	frames->next = (size_t)(frame - frames->frame);
	frames->nr_added += at - first - not_compared;
	user->nr_not_compared += not_compared;
	user->nr_pages += at - first;
	return at;
}

static inline void look_at_window(struct user_pass *user, const struct scan_window *window,
				  size_t size)
{
	const struct space *space = &user->process.user;
	const uint64_t address = scan_address_bits(space, window->level);
	const struct window_reader reader = {
		.window = window,
		.size = size,
		.address = address,
		.others = ~(address | space->encrypt_mask),
		.shift = kernel_page_shift(user->kernel),
	};
	const struct bits_kind *kind = NULL;
	struct scanned scanned;

	for (unsigned int i = 0; i < window->nr; i++) {
		uint64_t entry = window_entry(&reader, i);

		if (!entry)
			continue;
		if (!kind || kind->bits != (entry & reader.others))
			kind = bits_kind_of(user, window, i, entry & reader.others);
		if (kind->kind == KIND_PLAIN &&
		    is_stored(&user->mapped, entry_pfn(&reader, kind, entry))) {
			unsigned int next = count_plain_run(user, &reader, kind, i);

			if (next > i) {
				i = next - 1;
				continue;
			}
		}
		if (kind->kind != KIND_ABSENT) {
			scan_window_entry(space, window, i, &scanned);
			check_entry(user, &scanned);
		}
	}
}

void check_window(struct user_pass *user, const struct scan_window *window)
{
	if (!user->kinds.nr || user->kinds.rights != window->rights)
		user->kinds = (struct bits_kinds){ .rights = window->rights };
	if (user->process.user.paging->entry_size == 8)
		look_at_window(user, window, 8);
	else
		look_at_window(user, window, 4);
}

static bool skip_table(void *arg, uint64_t paddr, unsigned int level, unsigned int may)
{
	return !check_user_add_table(arg, paddr, level, may);
}

static bool take_window(void *arg, const struct scan_window *window)
{
	check_window(arg, window);
	return true;
}

void check_user_scan(struct user_pass *user, struct scan *scan)
{
	const struct process *process = &user->process;

	check_user_add_table(user, process->space.root, 0, 0);
	if (process->user.root != process->space.root)
		check_user_add_table(user, process->user.root, 0, 0);
	user->scan = scan;
	scan->skip_table = skip_table;
	/* check_cache_of() takes a process with pid 0 for the kernel */
	scan->take_window = process->task.tgid ? take_window : NULL;
	scan->arg = user;
}
