/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Page frames: struct pages and uses of frames. */
#include "linux/page/page.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "linux/region.h"
#include "linux/page/page_info.h"
#include "lib/handle.h"
#include "query/frame_use.h"

static bool wants_pfn(struct call *call, uint64_t pfn)
{
	return kernel_frame_fits(call->kernel, pfn) ||
	       fail(&call->err, ERROR_USAGE,
		    "%" PRIx64 ": the frame's address does not fit in 64 bits", pfn);
}

static bool lib_frames_find_page(struct call *call, uint64_t pfn, struct page_info *info,
				 struct kwalk_page *found)
{
	return wants_pfn(call, pfn) && page_of_pfn(call->kernel, pfn, &found->page, &call->err) &&
	       page_info_read(call->kernel, found->page, info, &call->err);
}

static void frames_describe_page(struct call *call, uint64_t pfn, const struct page_info *info,
				 struct kwalk_page *found)
{
	found->pfn = pfn;
	found->has_virtual = region_phys_to_virt(call->kernel, kernel_frame(call->kernel, pfn),
						 &found->vaddr, NULL);
	if (!found->has_virtual)
		found->vaddr = 0;
	found->has_flags = info->has_flags;
	found->has_refcount = info->has_refcount;
	found->has_mapcount = info->has_mapcount;
	found->has_mapping = info->has_mapping;
	found->has_node = info->has_node;
	found->flags = info->has_flags ? info->flags : 0;
	found->refcount = info->has_refcount ? info->refcount : 0;
	found->mapcount = info->has_mapcount ? info->mapcount : 0;
	found->mapping = info->has_mapping ? info->mapping : 0;
	found->node = info->has_node ? info->node : 0;
	found->zone = info->zone;
}

int kwalk_find_page(kwalk_kernel *kernel, uint64_t pfn, struct kwalk_page *page,
		    struct kwalk_error *error)
{
	struct kwalk_page found = { 0 };
	struct page_info info;
	struct call call;
	bool known;

	if (!call_begin(&call, kernel, READS_ALL, error))
		return call.refused;
	known = lib_frames_find_page(&call, pfn, &info, &found);
	if (known)
		frames_describe_page(&call, pfn, &info, &found);
	return call_end(&call, known && call_give(&call, page, &found, sizeof(found)));
}

enum { MOST_FLAGS = 64, FLAG_NAME = 64 };

struct frames_flag_names {
	char name[MOST_FLAGS][FLAG_NAME];
	size_t nr;
};

static void add_flag(const char *name, void *arg)
{
	struct frames_flag_names *names = arg;

	if (names->nr < MOST_FLAGS)
		strncpy(names->name[names->nr++], name, FLAG_NAME - 1);
}

static bool frames_find_flags(struct call *call, uint64_t pfn, struct frames_flag_names *names)
{
	struct kwalk_page found;
	struct page_info info;

	return lib_frames_find_page(call, pfn, &info, &found) &&
	       (page_flags_of(call->kernel, &info, add_flag, names) ||
		fail(&call->err, ERROR_UNKNOWN,
		     "the names of flags are unknown: no types have enum pageflags"));
}

int kwalk_page_flags(kwalk_kernel *kernel, uint64_t pfn, bool (*visit)(void *arg, const char *name),
		     void *arg, struct kwalk_error *error)
{
	struct frames_flag_names names = { 0 };
	struct call call;
	int code;

	if (!call_begin(&call, kernel, READS_ALL, error))
		return call.refused;
	code = call_end(&call, call_wants(&call, (void *)visit, "visit") &&
				       frames_find_flags(&call, pfn, &names));
	for (size_t i = 0; status_shows(code) && i < names.nr; i++)
		if (!visit(arg, names.name[i]))
			break;
	return code;
}

int kwalk_page_pfn(kwalk_kernel *kernel, uint64_t page, uint64_t *pfn, struct kwalk_error *error)
{
	struct call call;

	if (!call_begin(&call, kernel, READS_ALL, error))
		return call.refused;
	return call_end(&call, call_wants(&call, pfn, "pfn") &&
				       page_pfn(call.kernel, page, pfn, &call.err));
}

int kwalk_phys_to_virt(kwalk_kernel *kernel, uint64_t paddr, uint64_t *vaddr,
		       struct kwalk_error *error)
{
	struct call call;

	if (!call_begin(&call, kernel, READS_ALL, error))
		return call.refused;
	return call_end(&call, call_wants(&call, vaddr, "vaddr") &&
				       region_phys_to_virt(call.kernel, paddr, vaddr, &call.err));
}

static void describe_use(struct call *call, const struct frame_use *use, struct kwalk_use *found)
{
	enum page_use_kind kind = frame_use_kind(use);
	char text[USE_TEXT];
	size_t used = 0;

	frame_use_text(use, text);
	found->text = handle_text(call->handle, &used, text);
	if (use->has_file && use->file.path[0])
		found->file = handle_text(call->handle, &used, use->file.path);
	if (kind != PAGE_USE_UNKNOWN)
		found->kind = page_use_names[kind];
	found->compound = use->use.compound;
	found->head_pfn = use->use.head_pfn;
	found->has_order = use->use.has_order;
	found->order = use->use.has_order ? use->use.order : 0;
	found->nr_owners = use->nr_owners;
	found->has_owner = use->nr_owners;
	if (!use->nr_owners)
		return;
	found->owner_mm = use->owner[0].mm;
	found->owner_vaddr = use->owner[0].vaddr;
	found->has_pid = use->owner[0].has_pid;
	found->pid = use->owner[0].has_pid ? use->owner[0].pid : 0;
}

static bool find_use(struct call *call, uint64_t pfn, struct kwalk_use *to)
{
	struct kwalk_use found = { .pfn = pfn };
	struct frame_use *use;
	uint64_t page;

	if (!wants_pfn(call, pfn) || !page_of_pfn(call->kernel, pfn, &page, &call->err))
		return false;
	use = malloc(sizeof(*use));
	if (!use)
		return false;
	query_frame_use(call->kernel, pfn, true, use);
	if (use->known)
		describe_use(call, use, &found);
	free(use);
	return call_give(call, to, &found, sizeof(found));
}

int kwalk_frame_use(kwalk_kernel *kernel, uint64_t pfn, struct kwalk_use *use,
		    struct kwalk_error *error)
{
	struct call call;

	if (!call_begin(&call, kernel, READS_ALL, error))
		return call.refused;
	return call_end(&call, find_use(&call, pfn, use));
}
