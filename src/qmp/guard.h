/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The process between kwalk and a running guest. It is outside of kwalk's sandbox, has the only
 * connection to QEMU, and passes on only the commands of request.h. If kwalk ends while the guest
 * stands still, even if it is killed, the process continues the guest; and also, once, if kwalk is
 * stopped itself. It ends with kwalk. */
#pragma once

#include <stdbool.h>

#include "base/error.h"

struct qmp;

/* Starts the process. Must be called outside of the sandbox, while kwalk has one thread. qemu: the
 * socket of QEMU, which the caller closes. Sets the descriptors of *qmp. */
bool guard_start(struct qmp *qmp, int qemu, bool may_stop, struct error *err);
