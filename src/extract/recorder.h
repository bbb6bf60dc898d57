/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* A dump that records which of its bytes were read, as an answer rests on them. */
#pragma once

struct dump;
struct kept;

/* A dump with the memory, notes and registers of another, which must outlive it; its reads are
 * added to kept. Asking for the state of memory is not recorded. NULL: out of memory. */
struct dump *recorder_create(struct dump *dump, struct kept *kept);
void recorder_destroy(struct dump *recorder); /* NULL is fine */
