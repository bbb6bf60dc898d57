/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The few commands of QEMU that kwalk uses. kwalk, in the sandbox, names a command by its number.
 * The process outside of the sandbox (guard.h) checks it, and makes the text for QEMU. So code that
 * took control of kwalk cannot make QEMU do anything else. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum qmp_command {
	QMP_CAPABILITIES,
	QMP_STATUS,
	QMP_STOP,
	QMP_CONT,
	QMP_TAKE_NOTES, /* QEMU gets the file for QMP_DUMP_NOTES */
	/* A dump whose only memory is the page at `paddr`: its notes have all registers, and
	 * VMCOREINFO. */
	QMP_DUMP_NOTES,
	QMP_TAKE_MEMORY, /* QEMU gets the file for QMP_COPY_MEMORY */
	QMP_COPY_MEMORY, /* `size` bytes from `paddr` on, at most QMP_LARGEST_COPY */
	QMP_DROP_MEMORY, /* QEMU closes that file */
	QMP_RANGES, /* a text with the ranges of memory */
	QMP_ADDRESS, /* a text with the address in the QEMU process of the byte at `paddr` */
	QMP_WORDS, /* a text with the 16 bytes at `paddr` */
	NR_QMP_COMMANDS
};

enum { QMP_LARGEST_COPY = 1 << 16, QMP_REQUEST_TEXT = 256 };

struct qmp_request {
	uint32_t command; /* an enum qmp_command */
	uint32_t id; /* in the reply, if replies have ids */
	uint64_t paddr, size;
};

/* What a request may do. */
struct qmp_rules {
	bool may_stop; /* the guest may be stopped */
	bool stopped; /* it was stopped, so it may be continued */
	bool awaits_continued; /* QEMU has not replied to QMP_CONT yet */
	/* The numbers in QEMU of the descriptor for QMP_COPY_MEMORY and of its set, which QEMU has
	 * reported; -1: QEMU has none. It gets this file only once: the number may later belong to
	 * another file of QEMU. */
	int64_t remote, set;
	bool had_memory; /* QEMU was given the file */
	bool awaits_numbers; /* it has not reported the numbers yet */
};

/* Returns the name of a command, or of the command's text for users. */
const char *qmp_command_name(enum qmp_command command);

/* Writes the command as one line of JSON, without a newline. `id` is the text of the id. Returns
 * false, and writes nothing, if the rules forbid the request. */
bool qmp_request_text(const struct qmp_request *request, const struct qmp_rules *rules,
		      const char *id, char text[QMP_REQUEST_TEXT]);

/* Notes what QEMU will do when it executes the request. */
void qmp_rules_note(struct qmp_rules *rules, const struct qmp_request *request);

/* If the line is the reply to QMP_TAKE_MEMORY, sets rules->remote and rules->set. If it is the reply to
 * QMP_CONT, clears rules->stopped, unless it is an error. */
void qmp_rules_note_reply(struct qmp_rules *rules, const char *line);
