/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scans of whole page tables, for several commands. */
#pragma once

#include "paging/scan.h"
#include "session/command.h"

/* Describes a range whose entry is corrupt or whose table cannot be read. */
void scanning_explain(const struct paging *paging, const struct scanned *range,
		      struct error *err);

/* Did the scan reach its end? Otherwise err says where it stopped and why. */
bool scanning_complete(const struct scan *scan, struct error *err);
