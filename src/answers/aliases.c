/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "answers/aliases.h"

#include "kernel/entry.h"

/* Without the kernel's PAT table only the same bits are sure to mean the same type. */
static void compare_caches(const struct entry_rules *rules, unsigned int a,
			   unsigned int b, struct frame_aliases *aliases)
{
	if (a != b && !rules->cache_known)
		aliases->cache_compared = false;
	else if (rules->cache[a] != rules->cache[b])
		aliases->cache_conflict = true;
}

struct frame_aliases reverse_aliases(const struct reverse *reverse,
				     struct reverse_frame frame,
				     const struct entry_rules *rules,
				     bool has_no_execute)
{
	struct frame_aliases aliases = { .cache_compared = true };
	size_t nr_kernel = 0, nr_writable = 0, nr_executable = 0;
	const struct mapping *first = NULL;

	for (size_t i = 0; i < frame.nr; i++) {
		const struct mapping *mapping = reverse_mapping(reverse, frame, i);

		if (!mapping->no_access) {
			first = first ? first : mapping;
			compare_caches(rules, first->cache_index,
				       mapping->cache_index, &aliases);
		}
		/* The kernel may write to the memory of processes in any case. */
		if (mapping->owner.has_pid) {
			aliases.in_process = true;
			continue;
		}
		nr_kernel++;
		nr_writable += mapping->writable;
		/* Without such a bit all memory is executable. */
		nr_executable += mapping->executable && has_no_execute;
	}
	aliases.writable_alias = nr_writable && nr_kernel > 1 &&
				 (nr_writable < nr_kernel || nr_executable);
	return aliases;
}
