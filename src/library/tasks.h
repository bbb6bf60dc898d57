/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "library/handle.h"

/* The first task of that pid. False with call->err: none has it. */
bool find_task(struct call *call, int32_t pid, struct task *task);
