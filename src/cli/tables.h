/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The page table that the running command walks: session->table. */
#pragma once

#include "cli/command.h"

/* Rows of a command's options, with their help: "p" and "r", or "P" and "R" if the small letters
 * have another meaning. The process may be left out if set has chosen one. */
// clang-format off
#define TABLE_OPTIONS(P, P_HELP, R, R_HELP) \
	{ P, WORD_PROCESS, .of_table = true, .group = 'T', .help = P_HELP }, \
	{ R, WORD_ROOT, .of_table = true, .group = 'T', .help = R_HELP }
// clang-format on

/* Sets session->table to the table of its options, or else of the process chosen by set. */
bool session_choose_table(struct session *session, struct error *err);

/* The complaint if no process is chosen. */
#define NO_PROCESS "no process is chosen: "
#define SET_CHOOSES "choose one with set"

/* False if none is chosen. */
bool session_need_process(const struct session *session, struct error *err);

/* If the word is a number: takes it as the table of -r, for session_choose_table(). Borrowed. */
bool session_take_root(struct session *session, const char *word);

/* The table to walk for vaddr. Without -p and -r kernel addresses are walked in the
 * kernel's own. */
const struct space *session_space(struct session *session, uint64_t vaddr, struct error *err);

/* The process with that table; NULL: it is the kernel's. */
const struct process *session_process_at(const struct session *session, uint64_t vaddr);

/* For an error with a user address: adds that no process was chosen. */
void session_ask_whose(const struct session *session, uint64_t vaddr, struct error *err);

/* The owner of the table that vaddr is walked in, if it is not the kernel's own. Returns "" for
 * a process that was chosen. For a table that a CPU happened to use, returns where it is from. */
const char *session_whose_table(const struct session *session, uint64_t vaddr,
				struct process *process);

/* Reports once if user addresses are walked in the table that a CPU happened to use. */
void session_note_table(struct session *session, uint64_t vaddr);

/* JSON: adds the pid of that process to the open answer, and the table of a CPU. */
void session_add_pid(struct session *session, uint64_t vaddr);
