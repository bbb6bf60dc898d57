/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The end of the kernel, for the commands that show it. */
#pragma once

#include "linux/crash/signature.h"
#include "cli/command.h"
#include "cli/show/show_area.h"

/* The message of panic(), or the text to show if there is none: text, or borrowed from panic, or
 * static. */
enum { PANIC_END = 640 };
const char *show_panic_end(const struct kernel *kernel, const struct panic *panic,
			   char text[PANIC_END]);

/* "ok" (it panicked), "no-panic", "unknown": status of an answer. */
const char *show_panic_status(const struct panic *panic);

/* The fields "signature" and "crash" (signature: NULL if there is none), "uptime" and "panic"
 * of the open answer. */
void show_end(struct session *session, const struct panic *panic,
	      const struct signature *signature);

/* All that is known of it, as fields of the open answer or object. */
void show_panic_fields(struct session *session, const struct panic *panic);

/* The name in this kernel's mode; NULL: the machine has no such register, or its value is
 * not known. */
const char *show_register_name(const struct session *session, const struct registers *registers,
			       enum cpu_register which);

/* Columns of its field "reports" in text. */
extern const struct field show_panic_reports[];
