/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts of a small VMM that no architecture changes. */
#pragma once

#include <fcntl.h>
#include <inttypes.h>
#include <linux/kvm.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

enum { KVM_MINOR = 232 /* include/linux/miscdevice.h */ };

static inline void die(const char *what)
{
	printf("@no-%s %m\n", what);
	fflush(stdout);
	for (;;)
		pause();
}

static inline void *memory(size_t size, int flags, int fd)
{
	void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, flags, fd, 0);

	if (at == MAP_FAILED)
		die("memory");
	return at;
}

static inline void add_slot(int vm, uint32_t slot, uint64_t gpa, uint64_t size, void *at,
			    uint32_t flags)
{
	struct kvm_userspace_memory_region region = {
		.slot = slot,
		.flags = flags,
		.guest_phys_addr = gpa,
		.memory_size = size,
		.userspace_addr = (uintptr_t)at,
	};

	if (ioctl(vm, KVM_SET_USER_MEMORY_REGION, &region) < 0)
		die("slot");
	printf("@slot %u %" PRIx64 " %" PRIx64 " %" PRIx64 " %x\n", slot, gpa, size,
	       (uint64_t)(uintptr_t)at, flags);
}
