/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * virt_to_page, page_to_pfn, pfn_to_page, page_to_phys, phys_to_page: one
 * answer, reached from five sides, hence one file.
 */
#include <inttypes.h>

#include "command/frame.h"
#include "kernel/translate.h"

enum { PAGE_SHIFT = 12 };

void output_frame(struct session *session, uint64_t pfn, uint64_t page)
{
	struct output *output = session->output;
	uint64_t vaddr;

	output_hex(output, "pfn", pfn);
	if (page)
		output_hex(output, "page", page);
	output_hex(output, "physical", pfn << PAGE_SHIFT);
	if (kernel_phys_to_virt(session->kernel, pfn << PAGE_SHIFT, &vaddr,
				NULL))
		output_hex(output, "virtual", vaddr);
}

bool frame_of_address(struct session *session, const char *argument,
		      uint64_t *pfn, struct error *err)
{
	const struct space *space = kernel_space(session->kernel, err);
	struct translation translation;
	uint64_t vaddr;

	if (!space || !command_parse_address(session, argument, &vaddr, err))
		return false;
	translation = kernel_translate(session->kernel, space, vaddr);
	if (translation.status == TRANSLATION_CORRUPT ||
	    translation.status == TRANSLATION_UNREADABLE ||
	    translation.status == TRANSLATION_SPECIAL) {
		translation_explain(&translation, space, err);
		return false;
	}
	if (!translation.has_physical)
		return fail(err, ERROR_NO_ANSWER,
			    "%" PRIx64 " has no page: it is %s", vaddr,
			    translation_status_names[translation.status]);
	*pfn = translation.physical >> PAGE_SHIFT;
	return true;
}

static bool answer_pfn(struct session *session, const char *argument,
		       uint64_t pfn, struct error *err)
{
	uint64_t page;

	if (!kernel_pfn_to_page(session->kernel, pfn, &page, err))
		return false;
	output_begin(session->output, session->command->name, argument, "ok");
	output_frame(session, pfn, page);
	output_end(session->output);
	return true;
}

static bool from_page(struct session *session, const char *argument,
		      struct error *err)
{
	uint64_t page, pfn;

	return command_parse_address(session, argument, &page, err) &&
	       kernel_page_to_pfn(session->kernel, page, &pfn, err) &&
	       answer_pfn(session, argument, pfn, err);
}

static bool from_pfn(struct session *session, const char *argument,
		     struct error *err)
{
	uint64_t pfn;

	return command_parse_hex(argument, &pfn, err) &&
	       answer_pfn(session, argument, pfn, err);
}

static bool from_phys(struct session *session, const char *argument,
		      struct error *err)
{
	uint64_t paddr;

	return command_parse_physical(argument, &paddr, err) &&
	       answer_pfn(session, argument, paddr >> PAGE_SHIFT, err);
}

static bool from_virt(struct session *session, const char *argument,
		      struct error *err)
{
	uint64_t pfn;

	return frame_of_address(session, argument, &pfn, err) &&
	       answer_pfn(session, argument, pfn, err);
}

const struct command command_page_to_pfn = {
	.name = "page_to_pfn",
	.usage = "PAGE...",
	.summary = "frame number of a struct page",
	.details = "PAGE is the address of a struct page. An address in the middle of one is\n"
		   "refused, with the address at which it starts.",
	.rests_on = RESTS_ON_TABLES | RESTS_ON_LAYOUT | RESTS_ON_PAGES |
		    RESTS_ON_TYPES | RESTS_ON_SYMBOLS,
	.min_args = 1,
	.max_args = -1,
	.answer = from_page,
};

const struct command command_page_to_phys = {
	.name = "page_to_phys",
	.usage = "PAGE...",
	.summary = "physical address of the frame of a struct page",
	.details = "PAGE is the address of a struct page, as for page_to_pfn.",
	.rests_on = RESTS_ON_TABLES | RESTS_ON_LAYOUT | RESTS_ON_PAGES |
		    RESTS_ON_TYPES | RESTS_ON_SYMBOLS,
	.min_args = 1,
	.max_args = -1,
	.answer = from_page,
};

const struct command command_pfn_to_page = {
	.name = "pfn_to_page",
	.usage = "PFN...",
	.summary = "struct page of a frame number",
	.details = "Fails where the kernel has no struct page for this frame: device memory,\n"
		   "holes, frames beyond the end of memory.",
	.rests_on = RESTS_ON_TABLES | RESTS_ON_LAYOUT | RESTS_ON_PAGES |
		    RESTS_ON_TYPES | RESTS_ON_SYMBOLS,
	.min_args = 1,
	.max_args = -1,
	.answer = from_pfn,
};

const struct command command_phys_to_page = {
	.name = "phys_to_page",
	.usage = "PHYS...",
	.summary = "struct page of a physical address",
	.details = "As pfn_to_page, of the frame that holds PHYS.",
	.rests_on = RESTS_ON_TABLES | RESTS_ON_LAYOUT | RESTS_ON_PAGES |
		    RESTS_ON_TYPES | RESTS_ON_SYMBOLS,
	.min_args = 1,
	.max_args = -1,
	.answer = from_phys,
};

const struct command command_virt_to_page = {
	.name = "virt_to_page",
	.usage = "ADDR...",
	.summary = "struct page of the frame that a virtual address is mapped to",
	.details = "The page table is walked, so that the answer is right for any mapped\n"
		   "address, not only in the direct map, where the kernel's virt_to_page()\n"
		   "is valid.",
	.rests_on = RESTS_ON_TABLES | RESTS_ON_LAYOUT | RESTS_ON_PAGES |
		    RESTS_ON_TYPES | RESTS_ON_SYMBOLS,
	.min_args = 1,
	.max_args = -1,
	.answer = from_virt,
};
