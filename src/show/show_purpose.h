/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an address is used for, for region. */
#pragma once

#include "session/command.h"

struct region;

/* Fields of the open answer in JSON, notes in text. paddr is where the direct map or
 * image has vaddr, or NULL. */
void show_purpose(struct session *session, const struct region *region,
		  uint64_t vaddr, const uint64_t *paddr);
