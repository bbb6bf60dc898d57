/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The meanings of a number, as one answer. */
#pragma once

#include "cli/command.h"
#include "query/whatis.h"

/* One answer of the command whatis. all: with notes of all that is known. */
void show_whatis(struct session *session, const char *argument, const struct whatis *whatis,
		 bool all);

/* The fields as, kind and text, and in JSON all that is known, of the open answer. */
void show_whatis_fields(struct session *session, const struct whatis *whatis, const char *text);
