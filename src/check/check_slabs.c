/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Checks slab caches: the lists of their slabs, and the lists of free objects in these slabs. */
#include <inttypes.h>

#include "check/check_pass.h"
#include "linux/slab/slab.h"
#include "linux/slab/slab_count.h"

struct check_slabs_slab_work {
	struct slab_pass pass;
	struct tally damaged; /* counts damaged caches */
	uint64_t nr;
};

static bool check_slabs_look_at(uint64_t cache, void *arg)
{
	struct check_slabs_slab_work *work = arg;
	struct error damage;
	struct slab_count count = slab_count_of(&work->pass, cache, &damage);

	work->nr++;
	if (damage.code == ERROR_FORMAT)
		check_count(&work->damaged, 0, "%s (%" PRIx64 "): %.180s",
			    *count.name ? count.name : "a cache without a name", cache,
			    damage.message);
	else if (damage.code)
		work->pass.nr_unread++;
	return !kernel_stopped(work->pass.kernel);
}

static void check_slabs_tell(const struct checker *checker,
			     const struct check_slabs_slab_work *work)
{
	const struct slab_pass *pass = &work->pass;
	enum check check = CHECK_OF_SLABS;

	if (work->damaged.nr)
		check_tell(checker, check, CHECK_ERROR,
			   work->damaged.nr == 1 ?
				   "the lists of %" PRIu64 " cache are damaged: %s" :
				   "the lists of %" PRIu64 " caches are damaged, the first: %s",
			   work->damaged.nr, work->damaged.first);
	if (kernel_stopped(pass->kernel))
		check_tell(checker, check, CHECK_NOT_CHECKED,
			   "interrupted after %" PRIu64 " caches", work->nr);
	else if (!pass->follow)
		check_tell(checker, check, CHECK_NOT_CHECKED,
			   "this extract does not contain the lists of free objects");
	else if (pass->nr_unread)
		check_tell(
			checker, check, CHECK_NOT_CHECKED,
			"%" PRIu64 " of %" PRIu64
			" lists of free objects cannot be followed, because they are %snot in the dump, or because the lists have too many objects in all",
			pass->nr_unread, pass->nr_unread + pass->nr_lists,
			work->damaged.nr ? "damaged or " : "");
	else if (!work->damaged.nr)
		check_tell(checker, check, CHECK_OK,
			   "%" PRIu64 " caches, with %" PRIu64
			   " lists of free objects, all of them complete",
			   work->nr, pass->nr_lists);
}

void check_slabs(const struct checker *checker)
{
	struct kernel *kernel = checker->kernel;
	struct check_slabs_slab_work work = {
		.pass = { .kernel = kernel, .follow = slab_has_free_objects(kernel) },
		.damaged = { .checker = checker, .check = CHECK_OF_SLABS },
	};
	struct error err = { .code = ERROR_NONE };

	if (check_tell_running(checker, CHECK_OF_SLABS))
		return;
	if (!slab_each_cache(kernel, check_slabs_look_at, &work, &err) && err.code == ERROR_FORMAT)
		check_tell(checker, CHECK_OF_SLABS, CHECK_ERROR, "%s", err.message);
	else if (err.code)
		check_tell(checker, CHECK_OF_SLABS, CHECK_NOT_CHECKED, "%s", err.message);
	if (work.nr)
		check_looked(checker, "%" PRIu64 " slab caches", work.nr);
	if (work.nr || !err.code)
		check_slabs_tell(checker, &work);
	slab_pass_release(&work.pass);
}
