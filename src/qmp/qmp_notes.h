/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The start of an ELF core of a guest, with its headers and notes. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "qmp/qmp.h"

/* Reads the notes, and puts them in the place of *notes (owned by the caller, or NULL). `page` is
 * the address of a page of the guest's memory. */
bool qmp_read_notes(struct qmp *qmp, uint64_t page, uint8_t **notes, size_t *size,
		    struct error *err);
