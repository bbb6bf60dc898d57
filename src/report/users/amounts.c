/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/users/amounts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "linux/vmalloc.h"
#include "linux/slab/slab.h"
#include "linux/slab/slab_count.h"
#include "query/area_info.h"

/* A cache with more pages than this is damaged. The limit ensures that the size of all caches in
 * bytes fits into 64 bits. */
#define MOST_PAGES (UINT64_C(1) << 44)

/* Adds the amount to the list, if it is one of the largest so far. */
static void amounts_add(struct amounts *amounts, const struct amount *amount)
{
	size_t at = amounts->nr;

	amounts->nr_all++;
	amounts->size += amount->size;
	while (at && amounts->item[at - 1].size < amount->size)
		at--;
	if (at == MOST_AMOUNTS)
		return;
	if (amounts->nr < MOST_AMOUNTS)
		amounts->nr++;
	memmove(&amounts->item[at + 1], &amounts->item[at],
		(amounts->nr - 1 - at) * sizeof(*amount));
	amounts->item[at] = *amount;
}

/* --- slabs --- */

struct amounts_slab_work {
	struct amounts *amounts;
	struct kernel *kernel;
	struct slab_pass pass;
};

static bool amounts_add_cache(uint64_t cache, void *arg)
{
	struct amounts_slab_work *work = arg;
	struct amounts *amounts = work->amounts;
	struct error damage;
	struct slab_count count = slab_count_of(&work->pass, cache, &damage);
	bool sized = count.has_slabs && count.has_shape;
	bool sound = !sized || (count.order < 20 && count.slabs <= MOST_PAGES >> count.order);
	struct amount amount = {
		.address = cache,
		.nr = count.slabs,
		.has_active = count.has_active && count.has_slabs,
		.active = count.active,
		.has_allocated = count.has_allocated,
		.allocated = count.allocated,
		.objects = count.objects,
		.damaged = damage.code != ERROR_NONE || !sound,
	};

	if (damage.code && !amounts->damage.code)
		amounts->damage = damage;
	snprintf(amount.name, sizeof(amount.name), "%s", count.name);
	amounts->nr_damaged += amount.damaged;
	if (sized && sound) {
		amount.size = kernel_frame(work->kernel, count.slabs << count.order);
		amounts_add(amounts, &amount);
	} else {
		amounts->nr_unsized++;
	}
	return !kernel_stopped(work->kernel);
}

void amounts_of_slabs(struct amounts *amounts, struct kernel *kernel)
{
	struct amounts_slab_work work = { amounts, kernel, { .kernel = kernel } };

	*amounts = (struct amounts){ 0 };
	amounts->known = slab_each_cache(kernel, amounts_add_cache, &work, &amounts->why);
	slab_pass_release(&work.pass);
	/* The list of caches ended early. This damage replaces a damage of a cache that was found
	 * before. */
	if (!amounts->known && amounts->nr_all)
		amounts->damage = amounts->why;
	amounts->known |= amounts->nr_all > 0;
}

/* --- vmalloc --- */

static void amounts_add_caller(struct amounts *amounts, struct kernel *kernel,
			       const struct caller_sum *sum)
{
	struct amount amount = { .size = sum->used, .nr = sum->nr };
	char text[SYMBOL_TEXT];

	if (!sum->caller)
		snprintf(amount.name, sizeof(amount.name), "caller unknown");
	else if (query_symbol_text(kernel, sum->caller, text))
		snprintf(amount.name, sizeof(amount.name), "%.300s", text);
	else
		snprintf(amount.name, sizeof(amount.name), "%" PRIx64, sum->caller);
	amounts_add(amounts, &amount);
}

void amounts_of_areas(struct amounts *amounts, struct kernel *kernel)
{
	const struct vmalloc_list *list;
	struct caller_sum *sum;
	size_t nr;

	*amounts = (struct amounts){ 0 };
	list = vmalloc_areas(kernel, &amounts->why);
	if (!list)
		return;
	sum = query_callers(kernel, list, &nr, &amounts->why);
	for (size_t i = 0; sum && i < nr && !kernel_stopped(kernel); i++)
		amounts_add_caller(amounts, kernel, &sum[i]);
	amounts->known = sum;
	if (list->damages.nr)
		amounts->damage = list->damages.error[0];
	free(sum);
}
