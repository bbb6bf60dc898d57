/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Flags of page-table entries, as several commands show them. */
#pragma once

#include "kernel/entry.h"
#include "session/command.h"

/* Names of the flags that entry, which stands at this level, has set. */
struct entry_flags entry_flags_of(struct session *session, const struct paging *paging,
				  unsigned int level, uint64_t entry);

/* The same as the field "flags" of the open answer: a list. */
void show_entry_flags(struct session *session, const struct paging *paging,
		      unsigned int level, uint64_t entry);
