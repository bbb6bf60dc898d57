/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* A dump that records which of its bytes are read for answers. */
#pragma once

struct dump;
struct kept;

/* Creates a dump with the memory, notes and registers of another dump, which must outlive it. Bytes
 * that are read are added to kept; asking for the state of memory is not recorded. NULL: out of
 * memory. */
struct dump *recorder_create(struct dump *dump, struct kept *kept);
void recorder_destroy(struct dump *recorder); /* NULL is fine */
