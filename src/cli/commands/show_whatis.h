/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shows the meanings of a number. Each meaning is one answer. */
#pragma once

#include "cli/command.h"
#include "query/whatis.h"

/* Writes one answer of the command whatis. type: the type in C of what is at the address, or NULL. If
 * all is true, adds all known facts as notes. */
void show_whatis(struct session *session, const char *argument, const struct whatis *whatis,
		 const char *type, bool all);

/* Adds the fields "as", "kind" and "text" to the open answer. For records, also adds all known
 * facts. */
void show_whatis_fields(struct session *session, const struct whatis *whatis, const char *text);
