/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel/kernel.h"

#include <stdio.h>


void *kernel_state(const struct kernel *kernel, enum state_id id)
{
	return kernel->states[id];
}

unsigned int kernel_version(const struct kernel *kernel)
{
	unsigned int major = 0, minor = 0, third = 0;

	if (sscanf(kernel->identity->release, "%3u.%3u.%3u", &major, &minor,
		   &third) < 2 ||
	    major > 255 || minor > 255)
		return 0;
	return major << 16 | minor << 8 | (third > 255 ? 255 : third);
}
