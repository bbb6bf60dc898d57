/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The page table of the running command: session->table. */
#pragma once

#include "cli/command.h"

/* Rows for a command's options, with their help: "p" and "r", or "P" and "R" in a command in which
 * the small letters have another meaning. The process may be omitted if the command set has chosen
 * one. */
// clang-format off
#define TABLE_OPTIONS(P, P_HELP, R, R_HELP) \
	{ P, WORD_PROCESS, .of_table = true, .group = 'T', .help = P_HELP }, \
	{ R, WORD_ROOT, .of_table = true, .group = 'T', .help = R_HELP }
// clang-format on

/* Sets session->table as the command's options say, or else to the process that the command set has
 * chosen. */
bool session_choose_table(struct session *session, struct error *err);

/* The parts of the complaint that no process is chosen. */
#define NO_PROCESS "no process is chosen: "
#define SET_CHOOSES "choose one with set"

/* Returns false and sets err if no process is chosen. */
bool session_need_process(const struct session *session, struct error *err);

/* If the word is a number, makes it the value of -r for session_choose_table(), and returns true.
 * The word is borrowed. */
bool session_take_root(struct session *session, const char *word);

/* Returns the table in which vaddr is looked up. Without -p and -r, kernel addresses are looked up
 * in the kernel's table. */
const struct space *session_space(struct session *session, uint64_t vaddr, struct error *err);

/* Returns the process whose table is used for vaddr, or NULL if the kernel's table is used. */
const struct process *session_process_at(const struct session *session, uint64_t vaddr);

/* If vaddr is a user address, adds to the error that no process was chosen. */
void session_ask_whose(const struct session *session, uint64_t vaddr, struct error *err);

/* Sets *process to the owner of the table that is used for vaddr. Returns "" if the user chose the
 * process, and NULL if the table is the kernel's. If the table is the one that a CPU used by
 * chance, returns the source of the table, for example a register. */
const char *session_whose_table(const struct session *session, uint64_t vaddr,
				struct process *process);

/* Reports, once, that user addresses are looked up in the table that a CPU used by chance. */
void session_note_table(struct session *session, uint64_t vaddr);

/* In JSON, adds the pid of the process, or the root of the CPU's table, to the open answer. */
void session_add_pid(struct session *session, uint64_t vaddr);
