/* SPDX-License-Identifier: GPL-3.0-or-later */
/* readline, the library of the prompt. It is loaded when the prompt starts: it would take about 7 %
 * of the time of a first answer, and an initramfs can do without it. */
#pragma once

#include <stdbool.h>

/* stdio.h must be included before readline's headers. */
#include <readline/chardefs.h>
#include <readline/history.h>
#include <readline/readline.h>

#include "base/error.h"

/* X(member of struct line_editor, name of the function or variable in the library) */
#define FOR_EACH_OF_READLINE(X)                                                                    \
	/* editing */                                                                              \
	X(readline, readline)                                                                      \
	X(initialize, rl_initialize)                                                               \
	X(readline_name, rl_readline_name)                                                         \
	X(readline_state, rl_readline_state)                                                       \
	X(variable_value, rl_variable_value)                                                       \
	X(line_buffer, rl_line_buffer)                                                             \
	X(point, rl_point)                                                                         \
	X(done, rl_done)                                                                           \
	X(replace_line, rl_replace_line)                                                           \
	X(free_line_state, rl_free_line_state)                                                     \
	/* keys, signals and the terminal */                                                       \
	X(getc_function, rl_getc_function)                                                         \
	X(catch_signals, rl_catch_signals)                                                         \
	X(pending_signal, rl_pending_signal)                                                       \
	X(check_signals, rl_check_signals)                                                         \
	X(echo_signal_char, rl_echo_signal_char)                                                   \
	X(prep_term_function, rl_prep_term_function)                                               \
	X(prep_terminal, rl_prep_terminal)                                                         \
	X(outstream, rl_outstream)                                                                 \
	X(crlf, rl_crlf)                                                                           \
	/* completion */                                                                           \
	X(attempted_completion_function, rl_attempted_completion_function)                         \
	X(attempted_completion_over, rl_attempted_completion_over)                                 \
	X(completion_matches, rl_completion_matches)                                               \
	X(completion_suppress_append, rl_completion_suppress_append)                               \
	X(completion_word_break_hook, rl_completion_word_break_hook)                               \
	X(filename_completion_desired, rl_filename_completion_desired)                             \
	X(filename_completion_function, rl_filename_completion_function)                           \
	X(sort_completion_matches, rl_sort_completion_matches)                                     \
	/* history */                                                                              \
	X(using_history, using_history)                                                            \
	X(stifle_history, stifle_history)                                                          \
	X(read_history, read_history)                                                              \
	X(add_history, add_history)                                                                \
	X(append_history, append_history)                                                          \
	X(history_truncate_file, history_truncate_file)                                            \
	X(history_get, history_get)                                                                \
	X(history_base, history_base)                                                              \
	X(history_length, history_length)                                                          \
	X(clear_history, clear_history)

/* Pointers to the functions and variables. All are NULL until the library is loaded. */
#define LINE_EDITOR_MEMBER(member, name) __typeof__(name) *member;
struct line_editor {
	FOR_EACH_OF_READLINE(LINE_EDITOR_MEMBER)
};
#undef LINE_EDITOR_MEMBER

extern struct line_editor editor;

/* Loads the library, unless it is loaded. */
bool line_editor_load(struct error *err);

/* Reads a line as readline() does. Without the library, the line cannot be edited. */
char *line_editor_read(const char *prompt);

/* state: one of the RL_STATE_ constants of readline.h */
static inline bool line_editor_in_state(unsigned long state)
{
	return *editor.readline_state & state;
}
