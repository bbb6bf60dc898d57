/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The file with listings of the user (listing/listing.h). */
#pragma once

#include "program/options.h"

/* Reads the file of --listings, or ${XDG_CONFIG_HOME:-~/.config}/kwalk/listings if it exists. Root, --no-files,
 * gdb and kwalk-crash use only the file that an option names. Fails if the file of the option cannot be read. */
bool user_listings_read(const struct options *options, struct script *file, struct error *err);
