/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel/identity.h"

#include <ctype.h>
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

static bool build_id_text(struct bytes id, char *text)
{
	text[0] = '\0';
	if (id.size > (BUILD_ID_TEXT - 1) / 2)
		return false;
	for (size_t i = 0; i < id.size; i++)
		snprintf(text + 2 * i, 3, "%02x", id.data[i]);
	return id.size;
}

bool vmlinux_build_id_text(const struct vmlinux *vmlinux, char *text)
{
	struct bytes id = { 0 };

	vmlinux_build_id(vmlinux, &id);
	return build_id_text(id, text);
}

bool kernel_build_id_of_note(const struct kernel *kernel, char *text)
{
	struct bytes id;
	bool ok = vmcoreinfo_find(&kernel->note, "BUILD-ID", &id) && id.size &&
		  id.size < BUILD_ID_TEXT;

	for (size_t i = 0; ok && i < id.size; i++) {
		text[i] = (char)id.data[i];
		ok = isxdigit(id.data[i]);
	}
	text[ok ? id.size : 0] = '\0';
	return ok;
}

bool kernel_build_id_of_memory(struct kernel *kernel, char *text)
{
	uint64_t start, stop;
	uint8_t notes[4096];
	struct bytes id;

	text[0] = '\0';
	return kernel_dump_symbol(kernel, "__start_notes", &start) &&
	       kernel_dump_symbol(kernel, "__stop_notes", &stop) &&
	       stop - start <= sizeof(notes) &&
	       kernel_read(kernel, start, notes, stop - start, NULL) &&
	       build_id_in((struct bytes){ notes, stop - start }, &id) &&
	       build_id_text(id, text);
}

/* The note's BUILD-ID against the file's; UNCHECKED where one is missing. */
static enum vmlinux_match compare_build_id(struct kernel *kernel)
{
	char theirs[BUILD_ID_TEXT], ours[BUILD_ID_TEXT];

	if (!kernel_build_id_of_note(kernel, theirs) ||
	    !vmlinux_build_id_text(kernel->vmlinux, ours))
		return VMLINUX_UNCHECKED;
	return strcmp(theirs, ours) ? VMLINUX_DIFFERS : VMLINUX_MATCHES;
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

	if (!kernel_vmlinux_symbol(kernel, "linux_banner", &address, NULL) ||
	    !dump_banner(kernel, address, theirs, sizeof(theirs)))
		return;
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

static void release_of_kallsyms(struct kernel *kernel)
{
	const char *release;
	char banner[512];
	uint64_t address;
	size_t size;

	if (!kernel_dump_symbol(kernel, "linux_banner", &address) ||
	    !dump_banner(kernel, address, banner, sizeof(banner)))
		return;
	release = banner_release(banner, &size);
	set_release(&kernel->identity, release, size,
		    "linux_banner in the dump, by kallsyms");
}

void kernel_identify(struct kernel *kernel)
{
	struct bytes release;

	if (vmcoreinfo_find(&kernel->note, "OSRELEASE", &release))
		set_release(&kernel->identity, (const char *)release.data,
			    release.size, "VMCOREINFO OSRELEASE");
	if (kernel->vmlinux)
		compare(kernel);
	if (!kernel->identity.release[0])
		release_of_kallsyms(kernel);
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
