/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command line of crash, which kwalk-crash has. */
#pragma once

#include "program/options.h"

struct session;

/* Fills *options from the command line of crash. The arrays in *options have space for argc elements.
 * OPTIONS_DONE without a text: the version is asked for. */
enum options_result as_crash_parse(struct options *options, int argc, char **argv);
/* If the word, which begins with a dash, is an option of crash, sets err and returns true. */
bool as_crash_explain(const char *word, struct error *err);
/* Prints what crash prints before its first prompt. */
void as_crash_greet(struct session *session);
/* Answers an option that prints one thing and ends the program. */
void as_crash_answer(struct session *session, enum crash_question question);
