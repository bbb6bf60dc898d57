/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The dumped kernel's release, and whether vmlinux is of the same build. */
#pragma once

enum vmlinux_match {
	VMLINUX_UNCHECKED,    /* the dump has nothing to compare with */
	VMLINUX_AGREES,       /* the few symbols of a System.map that could be compared do */
	VMLINUX_SAME_RELEASE, /* the build could not be compared */
	VMLINUX_MATCHES,      /* same build-id, whole banner, or many symbols of a map */
	VMLINUX_DIFFERS,
};

struct identity {
	char release[128];          /* "" if unknown */
	const char *release_source; /* static */
	enum vmlinux_match match;
	const char *proof;          /* static: what was compared, "build-id", "linux_banner"... */
};
