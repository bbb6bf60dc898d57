/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "show/show_frame.h"

#include <inttypes.h>

#include "areas/region.h"
#include "base/page.h"
#include "frames/page.h"
#include "show/show_walk.h"

void show_frame(struct session *session, uint64_t pfn, uint64_t page)
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

	if (!space || !parse_address(session, argument, &vaddr, err))
		return false;
	translation = kernel_translate(session->kernel, space, vaddr);
	if (translation_trouble(&translation, space, err))
		return false;
	if (!translation.has_physical)
		return fail(err, ERROR_NO_ANSWER,
			    "%" PRIx64 " has no page: it is %s", vaddr,
			    translation_status_names[translation.status]);
	*pfn = translation.physical >> PAGE_SHIFT;
	return true;
}
