/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The monitor of a guest of libvirt, which libvirtd does not share with others. */
#pragma once

#include "qmp/qmp.h"

/* Starts a process outside of the sandbox that hands each command to libvirtd, and connects it as
 * qmp->socket. This process ends when the socket is closed everywhere, at the latest a few seconds
 * later. Must be called outside of the sandbox. qmp->name (borrowed) is LIBVIRT_START and the name of the guest. */
bool libvirt_connect(struct qmp *qmp, const char *name, bool may_stop, struct error *err);
