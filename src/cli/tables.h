/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The choice of the page table for the running command, in session->chosen.table. */
#pragma once

#include "cli/command.h"

/* Rows for a command's table of options, with their help. P and R are the names of the options: "p"
 * and "r", or "P" and "R" if the small letters have another meaning in the command. The value of -p
 * may be left out if the command set has chosen a process. */
// clang-format off
#define TABLE_OPTIONS(P, P_HELP, R, R_HELP) \
	{ P, WORD_PROCESS, .of_table = true, .group = 'T', .help = P_HELP }, \
	{ R, WORD_ROOT, .of_table = true, .group = 'T', .help = R_HELP }
// clang-format on

/* Sets session->chosen.table: from the command's options, or else to the process that the command set
 * chose. */
bool session_choose_table(struct session *session, struct error *err);

/* Parts of the message for commands that need a process. */
#define NO_PROCESS "no process is chosen: "
#define SET_CHOOSES "choose one with set"

/* Fails if neither an option nor the command set has chosen a process. */
bool session_need_process(const struct session *session, struct error *err);

/* Returns the table with which vaddr is translated. Without -p and -r, this is the kernel's table
 * for all kernel addresses. */
const struct space *session_space(struct session *session, uint64_t vaddr, struct error *err);

/* Returns the process that the user chose, if its table is used for vaddr. If not, returns NULL. */
const struct process *session_process_at(const struct session *session, uint64_t vaddr);

/* If vaddr is a user address and no process was chosen, adds this to the message of err. */
void session_ask_whose(const struct session *session, uint64_t vaddr, struct error *err);

enum whose_table {
	TABLE_OF_KERNEL,
	TABLE_OF_PROCESS, /* of the process that the user chose */
	TABLE_OF_CPU, /* the table that a CPU happened to use */
};

/* Finds the owner of the table with which vaddr is translated. Sets *process to the owner, unless it
 * is the kernel. For TABLE_OF_CPU, sets *source to the source of the table, for example a
 * register. */
enum whose_table session_whose_table(const struct session *session, uint64_t vaddr,
				     struct process *process, const char **source);

/* Reports that user addresses are translated with the table that a CPU happened to use. Does this
 * only once. */
void session_note_table(struct session *session, uint64_t vaddr);

/* For records: adds the owner of the table that is used for vaddr to the open answer. If the user
 * chose a process, adds its pid. If it is the table that a CPU happened to use, adds the root of
 * the table, and the pid and name of the process. */
void session_add_pid(struct session *session, uint64_t vaddr);

/* --- the process of a command that shows one process --- */

/* Finds the process that `word` names. If word is NULL: the process that an option or the command set
 * chose, or else, as in crash, the process that caused the panic. */
bool usual_process(struct session *session, const char *word, struct process *process,
		   struct error *err);
