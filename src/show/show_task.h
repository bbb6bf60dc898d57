/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/command.h"
#include "tasks/task.h"

/* Fields pid, tgid, comm, task and mm of the open answer. */
void show_task(struct session *session, const struct task *task);
