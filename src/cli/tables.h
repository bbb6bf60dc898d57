/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The page table of the running command: session->table. */
#pragma once

#include "cli/command.h"

/* Rows for a command's options, with their help: "p" and "r", or "P" and "R" if the small letters
 * have another meaning. The process may be omitted if set has chosen one. */
// clang-format off
#define TABLE_OPTIONS(P, P_HELP, R, R_HELP) \
	{ P, WORD_PROCESS, .of_table = true, .group = 'T', .help = P_HELP }, \
	{ R, WORD_ROOT, .of_table = true, .group = 'T', .help = R_HELP }
// clang-format on

/* Sets session->table by the command's options, or else by the process that set has chosen. */
bool session_choose_table(struct session *session, struct error *err);

/* The complaint if no process is chosen. */
#define NO_PROCESS "no process is chosen: "
#define SET_CHOOSES "choose one with set"

/* False with err: no process is chosen. */
bool session_need_process(const struct session *session, struct error *err);

/* If the word is a number: makes it the value of -r, for session_choose_table(). Borrowed. */
bool session_take_root(struct session *session, const char *word);

/* The table in which to look up vaddr. Without -p and -r kernel addresses are looked up in the
 * kernel's own table. */
const struct space *session_space(struct session *session, uint64_t vaddr, struct error *err);

/* The process whose table is used for vaddr; NULL: the kernel's table is used. */
const struct process *session_process_at(const struct session *session, uint64_t vaddr);

/* For an error about a user address: adds that no process was chosen. */
void session_ask_whose(const struct session *session, uint64_t vaddr, struct error *err);

/* The owner of the table used for vaddr, if it is not the kernel's table. "" for a process chosen
 * by the user. For a table that a CPU happened to use, the source of the table. */
const char *session_whose_table(const struct session *session, uint64_t vaddr,
				struct process *process);

/* Reports, once, if user addresses are looked up in a table that a CPU happened to use. */
void session_note_table(struct session *session, uint64_t vaddr);

/* In JSON: adds the pid of that process, or the CPU's table, to the open answer. */
void session_add_pid(struct session *session, uint64_t vaddr);
