/* SPDX-License-Identifier: GPL-3.0-or-later */
/* check --needs: the questions that a filtered dump cannot answer, and the pages they need. */
#pragma once

#include "cli/command.h"

bool needs_show(struct session *session, struct error *err);
