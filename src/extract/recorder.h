/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* A dump that records which of its bytes are read. */
#pragma once

struct dump;
struct selection;

/* Creates a dump with the memory, notes and registers of another dump. The other dump is borrowed,
 * and must exist longer than the new dump. Bytes that are read are added to kept. Queries for the
 * state of memory are not recorded. Returns NULL if memory is exhausted. */
struct dump *recorder_create(struct dump *dump, struct selection *selection);
void recorder_destroy(struct dump *recorder); /* NULL is fine */
