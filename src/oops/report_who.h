/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Reads who a report is about, and what its first line says: CPU, process, kernel, taint, address, code. */
#pragma once

#include "oops/report_kinds.h"
#include "oops/report_parts.h"

/* "CPU: 3 PID: 2417 Comm: tulipd Tainted: G  6.8.0 #1", "Pid: 2417, comm: tulipd ..." or "task:tulipd state:D":
 * the line that names the process. */
bool oops_who_is_line(const char *text);
/* Set what is not known yet. */
void oops_who_cpu(struct oops_report *report, uint64_t cpu, size_t line);
void oops_who_pid(struct oops_report *report, uint64_t pid, size_t line);
/* Reads such a line, and others that name a process, a workqueue, the kernel's release or the taint. Returns false
 * if the line is none of them. */
bool oops_who_read(struct oops_reading *reading, const struct oops_part *part);
/* Reads the release and the taint from the text after the name of a process. */
void oops_who_kernel(struct oops_report *report, const char *text, size_t line);

/* Reads the taint, the release and the CPU that old i386 kernels print in the lines of registers: "EIP:    0060:[<c01a2b3c>]
 * Tainted: P      VLI", "EFLAGS: 00010246   (2.6.12)". */
void oops_who_old(struct oops_report *report, const struct oops_part *part);

/* Reads what the first line, or a later line about what happened, says. */
void oops_who_title(struct oops_reading *reading, const struct oops_part *part);
/* Reads a line that explains what happened. Returns false if it is another line. */
bool oops_who_detail(struct oops_reading *reading, const struct oops_part *part);
