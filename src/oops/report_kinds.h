/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The lines with which kernels of all releases begin a report, and what each says about its kind. */
#pragma once

#include "oops/report.h"

enum {
	TITLE_ANYWHERE = 1, /* the line contains the start */
	/* The line names the cause, and the kernel reports it by BUG(), WARN() or an exception before or
	 * after this line. */
	TITLE_MESSAGE = 2,
	/* The line continues a report that has only begun; without one, it begins a report. */
	TITLE_LATE = 4,
	TITLE_X86 = 8, /* only x86 prints it */
};

struct oops_title {
	const char *starts; /* '|' separates them; the line begins with one */
	const char *also; /* NULL, or a text that comes later in the line */
	enum oops_kind kind;
	unsigned int is;
};

/* Returns NULL if the line begins no report. `text` has no blanks at its start. */
const struct oops_title *oops_title_find(const char *text);

/* Does a title of this kind say more about the cause than one of `other`? */
bool oops_kind_outranks(enum oops_kind kind, enum oops_kind other);

/* Is the kind one of a set of KIND(WARNING) and so on? */
#define KIND(kind) (UINT64_C(1) << OOPS_##kind)
static inline bool oops_kind_is_any(enum oops_kind kind, uint64_t set)
{
	return set >> kind & 1;
}

/* Returns the message of a panic, or NULL. */
const char *oops_panic_message(const char *text);
/* Does this message only say that an earlier report was the cause? */
bool oops_panic_is_consequence(const char *message, enum oops_kind kind);
