/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The kernel's own counters of memory: mem -i. */
#pragma once

#include "cli/command.h"

/* Shows a row for each counter. The rows have the names of crash's kmem -i. */
bool show_counters(struct session *session, struct error *err);
