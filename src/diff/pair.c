/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "diff/pair.h"

#include <string.h>

#include "kernel/vmcoreinfo.h"
#include "linux/task_members.h"
#include "linux/task/task.h"
#include "debuginfo/vmlinux.h"

const char *const pair_build_names[NR_PAIR_BUILDS] = {
	[BUILD_UNKNOWN] = "unknown",
	[BUILD_SAME_RELEASE] = "same-release",
	[BUILD_SAME] = "same",
	[BUILD_DIFFERENT] = "different",
};

const char *const diff_status_names[NR_DIFF_STATUSES] = {
	[DIFF_SAME] = "same",	      [DIFF_MOVED] = "moved",	    [DIFF_CHANGED] = "changed",
	[DIFF_APPEARED] = "appeared", [DIFF_VANISHED] = "vanished", [DIFF_UNKNOWN] = "unknown",
};

/* --- are both dumps of one kernel? --- */

static enum certainty compare_bytes(struct bytes one, struct bytes other)
{
	return one.size == other.size && !memcmp(one.data, other.data, one.size) ? YES : NO;
}

/* Compares the build ids in the VMCOREINFO notes. Notes contain them since 5.9 (0935288c6e00). */
static enum certainty compare_notes(struct kernel *const kernel[NR_SIDES])
{
	struct bytes id[NR_SIDES];

	for (enum pair_side side = 0; side < NR_SIDES; side++)
		if (!vmcoreinfo_find(kernel[side]->note, "BUILD-ID", &id[side]) || !id[side].size)
			return UNSURE;
	return compare_bytes(id[THIS], id[OTHER]);
}

/* Compares the build ids of the vmlinux files, if the files certainly belong to the dumps. */
static enum certainty compare_files(struct kernel *const kernel[NR_SIDES])
{
	struct bytes id[NR_SIDES];

	for (enum pair_side side = 0; side < NR_SIDES; side++)
		if (!kernel[side]->vmlinux || kernel[side]->identity->match != VMLINUX_MATCHES ||
		    !vmlinux_build_id(kernel[side]->vmlinux, &id[side]))
			return UNSURE;
	return compare_bytes(id[THIS], id[OTHER]);
}

/* Compares the banners "Linux version ...", which contain the compiler and the number and time of
 * the build. */
static enum certainty compare_banners(struct kernel *const kernel[NR_SIDES])
{
	char banner[NR_SIDES][512];
	uint64_t address;

	for (enum pair_side side = 0; side < NR_SIDES; side++)
		if (!kernel_symbol(kernel[side], "linux_banner", &address, NULL) ||
		    !kernel_read_string(kernel[side], address, banner[side], sizeof(banner[side]),
					NULL) ||
		    strncmp(banner[side], "Linux version ", 14) != 0)
			return UNSURE;
	return strcmp(banner[THIS], banner[OTHER]) ? NO : YES;
}

static enum certainty compare_releases(struct kernel *const kernel[NR_SIDES])
{
	const char *release[NR_SIDES] = {
		kernel[THIS]->identity->release,
		kernel[OTHER]->identity->release,
	};

	if (!*release[THIS] || !*release[OTHER])
		return UNSURE;
	return strcmp(release[THIS], release[OTHER]) ? NO : YES;
}

static void compare_builds(struct pair *pair)
{
	static const struct {
		enum certainty (*compare)(struct kernel *const kernel[NR_SIDES]);
		enum pair_build same;
		const char *proof;
	} ways[] = {
		{ compare_notes, BUILD_SAME, "build-id" },
		{ compare_files, BUILD_SAME, "build-id of vmlinux" },
		{ compare_banners, BUILD_SAME, "linux_banner" },
		{ compare_releases, BUILD_SAME_RELEASE, "release" },
	};

	pair->build = BUILD_UNKNOWN;
	pair->build_proof = "";
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		enum certainty same = ways[i].compare(pair->kernel);

		if (same == UNSURE)
			continue;
		pair->build = same == YES ? ways[i].same : BUILD_DIFFERENT;
		pair->build_proof = ways[i].proof;
		return;
	}
}

/* --- are both dumps of one boot? --- */

/* Compares the base addresses that KASLR chooses at each boot (arch/x86/boot/compressed/kaslr.c,
 * arch/x86/mm/kaslr.c). Ignores a base that is unknown in one of the dumps. */
static bool have_same_bases(const struct pair *pair)
{
	uint64_t value[NR_SIDES];

	for (enum fact_id id = 0; id < NR_FACTS; id++)
		if ((fact_row(id)->place == PLACE_BASE || fact_row(id)->place == PLACE_IMAGE) &&
		    kernel_fact(pair->kernel[THIS], id, &value[THIS]) &&
		    kernel_fact(pair->kernel[OTHER], id, &value[OTHER]) &&
		    value[THIS] != value[OTHER])
			return false;
	return true;
}

struct task_start diff_task_start(struct kernel *kernel, uint64_t task)
{
	const struct member *member = kernel_member(kernel, TASK_START_TIME, NULL);
	struct task_start start = { .known = false };

	if (member && (member->size == 8 || member->size == 16))
		start.known = kernel_read(kernel, task + member->offset, (uint8_t *)start.word,
					  member->size, NULL);
	return start;
}

/* Returns the start time of the task with this pid. It is unknown if no task in the list has this
 * pid. */
static struct task_start start_of(struct kernel *kernel, int32_t pid)
{
	const struct task_list *list = task_all(kernel, NULL);
	struct task_start unknown = { .known = false };

	for (size_t i = 0; list && i < list->nr; i++)
		if (list->task[i].pid == pid)
			return diff_task_start(kernel, list->task[i].address);
	return unknown;
}

/* Returns true if the start time can be compared. A start time of 0 proves nothing, because memory
 * may have been cleared. */
static bool has_started(const struct task_start *start)
{
	return start->known && (start->word[0] || start->word[1]);
}

/* Determines whether both dumps are of one boot: compares the builds, the bases of KASLR, and the
 * start time of process 1. This time, in nanoseconds, differs in each boot. */
static void compare_boots(struct pair *pair)
{
	struct task_start start[NR_SIDES];

	pair->same_boot = NO;
	pair->boot_proof = "kernel";
	if (pair->build == BUILD_DIFFERENT)
		return;
	pair->boot_proof = pair->same_paging ? "addresses that KASLR chose" : "paging mode";
	if (!pair->same_bases)
		return;
	for (enum pair_side side = 0; side < NR_SIDES; side++)
		start[side] = start_of(pair->kernel[side], 1);
	pair->same_boot = UNSURE;
	pair->boot_proof = "";
	if (!has_started(&start[THIS]) || !has_started(&start[OTHER]))
		return;
	pair->boot_proof = "start time of process 1";
	pair->same_boot =
		memcmp(start[THIS].word, start[OTHER].word, sizeof(start[THIS].word)) ? NO : YES;
}

/* --- the whole comparison --- */

void pair_compare(struct pair *pair, struct kernel *this, struct kernel *other)
{
	const struct paging *paging;

	*pair = (struct pair){ .kernel = { this, other } };
	paging = kernel_paging(this, NULL);
	pair->same_paging = paging && paging == kernel_paging(other, NULL);
	pair->same_bases = pair->same_paging && have_same_bases(pair);
	compare_builds(pair);
	compare_boots(pair);
}

bool pair_blame(enum pair_side side, struct error *err)
{
	struct error why;

	if (side == THIS || !err)
		return false;
	why = *err;
	return fail(err, why.code, "in the other dump, %.480s", why.message);
}

bool pair_require_paging(const struct pair *pair, struct error *err)
{
	const struct paging *paging[NR_SIDES];

	for (enum pair_side side = 0; side < NR_SIDES; side++) {
		paging[side] = kernel_paging(pair->kernel[side], err);
		if (!paging[side])
			return false;
	}
	return paging[THIS] == paging[OTHER] ||
	       fail(err, ERROR_NO_ANSWER, "the paging modes differ: %s here, %s in the other dump",
		    paging[THIS]->name, paging[OTHER]->name);
}

enum diff_status pair_single(enum pair_side has, bool other_is_whole)
{
	if (!other_is_whole)
		return DIFF_UNKNOWN;
	return has == THIS ? DIFF_APPEARED : DIFF_VANISHED;
}

bool pair_next(struct pair_merge *merge, const void *item[NR_SIDES])
{
	int order = 0;

	for (enum pair_side side = 0; side < NR_SIDES; side++)
		item[side] =
			merge->at[side] < merge->nr[side] ?
				(const char *)merge->items[side] + merge->at[side] * merge->size :
				NULL;
	if (!item[THIS] && !item[OTHER])
		return false;
	if (item[THIS] && item[OTHER])
		order = merge->compare(item[THIS], item[OTHER]);
	if (order)
		item[order < 0 ? OTHER : THIS] = NULL;
	merge->at[THIS] += item[THIS] != NULL;
	merge->at[OTHER] += item[OTHER] != NULL;
	return true;
}
