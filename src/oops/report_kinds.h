/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The lines with which kernels of all releases begin a report, and what each says about its kind. */
#pragma once

#include "oops/report.h"

struct oops_title {
	const char *start; /* the line starts with this, or contains it if `anywhere` is set */
	const char *also; /* NULL, or a text that comes later in the line */
	enum oops_kind kind;
	bool anywhere;
	/* The line names the cause, and the kernel reports it by BUG(), WARN() or an exception before or after this
	 * line. */
	bool is_message;
	/* The line continues a report that has only begun; without one, it begins a report. */
	bool is_late;
	bool is_x86; /* only x86 prints it */
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

/* The code that the report is about was stopped, by an NMI or an interrupt, or by a panic. */
bool oops_kind_is_stop(enum oops_kind kind);
/* The registers and the process of the report are the ones of the code that prints it. */
bool oops_kind_is_exception(enum oops_kind kind);

/* Returns the message of a panic, or NULL. */
const char *oops_panic_message(const char *text);
/* Does this message only say that an earlier report was the cause? */
bool oops_panic_is_consequence(const char *message, enum oops_kind kind);
