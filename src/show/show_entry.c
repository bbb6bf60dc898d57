/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "show/show_entry.h"

#include "kernel/arch.h"

struct entry_flags entry_flags_of(struct session *session, const struct paging *paging,
				  unsigned int level, uint64_t entry)
{
	struct kernel *kernel = session->kernel;

	return kernel->arch->entry_flags(kernel_entry_rules(kernel), paging,
					 level, entry);
}

void show_entry_flags(struct session *session, const struct paging *paging,
		      unsigned int level, uint64_t entry)
{
	struct entry_flags flags = entry_flags_of(session, paging, level, entry);

	output_list_begin(session->output, "flags");
	for (unsigned int i = 0; i < flags.nr; i++)
		output_string(session->output, NULL, flags.name[i]);
	output_list_end(session->output);
}
