/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel/identity.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/kernel.h"

static const char banner_start[] = "Linux version ";

static void set_release(struct identity *identity, const char *text,
			size_t size, const char *source)
{
	if (size == 0 || size >= sizeof(identity->release))
		return;
	memcpy(identity->release, text, size);
	identity->release[size] = '\0';
	identity->release_source = source;
}

/* "Linux version RELEASE (...": where RELEASE starts, and its length. */
static const char *banner_release(const char *banner, size_t *size)
{
	const char *release = banner + sizeof(banner_start) - 1;

	*size = strcspn(release, " \n");
	return release;
}

/* The banner in the dump's memory, where symbols say that it is. */
static bool dump_banner(struct kernel *kernel, uint64_t address, char *banner,
			size_t size)
{
	size_t length = 0;

	/* Byte by byte: the text may end just before a page that is missing. */
	while (length < size - 1) {
		if (!kernel_read(kernel, address + length, banner + length, 1,
				 NULL))
			return false;
		if (banner[length] == '\0')
			break;
		length++;
	}
	banner[length] = '\0';
	return !strncmp(banner, banner_start, sizeof(banner_start) - 1);
}

/* The note's BUILD-ID against the file's; UNCHECKED where one is missing. */
static enum vmlinux_match compare_build_id(struct kernel *kernel)
{
	struct bytes theirs, ours;
	char hex[2 * 64 + 1] = "";

	if (!vmcoreinfo_find(&kernel->note, "BUILD-ID", &theirs) ||
	    !vmlinux_build_id(kernel->vmlinux, &ours) || ours.size > 64)
		return VMLINUX_UNCHECKED;
	for (size_t i = 0; i < ours.size; i++)
		snprintf(hex + 2 * i, 3, "%02x", ours.data[i]);
	if (theirs.size == 2 * ours.size &&
	    !memcmp(hex, theirs.data, theirs.size))
		return VMLINUX_MATCHES;
	return VMLINUX_DIFFERS;
}

static void differs(struct kernel *kernel, const char *what,
		    const char *theirs, const char *ours)
{
	char text[768];

	kernel->identity.match = VMLINUX_DIFFERS;
	kernel->identity.proof = what;
	snprintf(text, sizeof(text),
		 "%s does not belong to this dump: the dump's %s is \"%.*s\", the file's is \"%.*s\"; what is taken from it is doubtful",
		 kernel->vmlinux->file.path, what,
		 (int)strcspn(theirs, "\n"), theirs, (int)strcspn(ours, "\n"),
		 ours);
	kernel_tell(kernel, KERNEL_WARNING, text);
}

/* The whole banner in the dump's memory: the one proof that needs no note. */
static void compare_banner(struct kernel *kernel, const char *ours)
{
	struct identity *identity = &kernel->identity;
	const char *release;
	char theirs[512];
	uint64_t address;
	size_t size;

	/* Where vmlinux has it there may be none: one that was found in memory
	 * shows the difference. */
	if (!kernel_vmlinux_symbol(kernel, "linux_banner", &address, NULL) ||
	    !dump_banner(kernel, address, theirs, sizeof(theirs))) {
		if (!kernel->table.known ||
		    !dump_banner(kernel, kernel->table.banner_vaddr[0], theirs,
				 sizeof(theirs)))
			return;
	}
	if (strcmp(theirs, ours)) {
		differs(kernel, "banner", theirs, ours);
		return;
	}
	identity->match = VMLINUX_MATCHES;
	identity->proof = "linux_banner";
	if (!identity->release[0]) {
		release = banner_release(theirs, &size);
		set_release(identity, release, size,
			    "linux_banner in the dump");
	}
}

static void compare(struct kernel *kernel)
{
	struct identity *identity = &kernel->identity;
	const char *ours = vmlinux_banner(kernel->vmlinux);
	char release[sizeof(identity->release)] = "";
	const char *text;
	size_t size;

	if (ours) {
		text = banner_release(ours, &size);
		snprintf(release, sizeof(release), "%.*s", (int)size, text);
	}
	if (ours && identity->release[0]) {
		if (strcmp(release, identity->release)) {
			differs(kernel, "release", identity->release, release);
			return;
		}
		identity->match = VMLINUX_SAME_RELEASE;
		identity->proof = "release";
	}
	if (compare_build_id(kernel) == VMLINUX_MATCHES) {
		identity->match = VMLINUX_MATCHES;
		identity->proof = "build-id";
	} else if (ours) {
		/* Some stable kernels wrote garbage as BUILD-ID (5.15 to 6.11),
		 * so only the banner settles a difference. */
		compare_banner(kernel, ours);
	}
}

static void release_of_banner(struct kernel *kernel, uint64_t address,
			      const char *source)
{
	const char *release;
	char banner[512];
	size_t size;

	if (!dump_banner(kernel, address, banner, sizeof(banner)))
		return;
	release = banner_release(banner, &size);
	set_release(&kernel->identity, release, size, source);
}

void kernel_identify(struct kernel *kernel)
{
	struct bytes release;
	uint64_t address;

	if (vmcoreinfo_find(&kernel->note, "OSRELEASE", &release))
		set_release(&kernel->identity, (const char *)release.data,
			    release.size, "VMCOREINFO OSRELEASE");
	else if (kernel->table.known)
		release_of_banner(kernel, kernel->table.banner_vaddr[0],
				  "linux_banner found in memory");
	if (kernel->vmlinux)
		compare(kernel);
	if (!kernel->identity.release[0] &&
	    kernel_dump_symbol(kernel, "linux_banner", &address))
		release_of_banner(kernel, address,
				  "linux_banner in the dump, by kallsyms");
}

unsigned int kernel_version(const struct kernel *kernel)
{
	unsigned int major = 0, minor = 0, third = 0;

	if (sscanf(kernel->identity.release, "%3u.%3u.%3u", &major, &minor,
		   &third) < 2 ||
	    major > 255 || minor > 255)
		return 0;
	return major << 16 | minor << 8 | (third > 255 ? 255 : third);
}
