/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel/vmlinux_search.h"

#include <stdio.h>
#include <string.h>

#include "kernel/debug_file.h"
#include "kernel/kernel.h"
#include "kernel/system_map.h"

enum { LONGEST_PATH = 1024 };

/* Debian, Fedora and SUSE; then where a kernel was built. %r is the release. */
static const char usual_places[] =
	"/usr/lib/debug:/boot:/lib/modules/%r/build:/lib/modules/%r";

/* In each folder. %b is the build-id's first two digits, %i the others. */
static const char *const names[] = {
	".build-id/%b/%i.debug",
	"lib/modules/%r/vmlinux",
	"lib/modules/%r/vmlinux.debug",
	"usr/lib/modules/%r/vmlinux",
	"usr/lib/modules/%r/vmlinux.debug",
	"boot/vmlinux-%r",
	"boot/vmlinux-%r.debug",
	"vmlinux-%r",
	"vmlinux-%r.debug",
	"vmlinux",
	"vmlinux.debug",
	NULL
};

/* Where no vmlinux is: what some distributions install with a kernel. */
static const char *const map_names[] = {
	"boot/System.map-%r", "System.map-%r", "System.map", NULL
};

struct search {
	struct kernel *kernel;
	const char *path;        /* as kernel_search_vmlinux() was given it */
	const char *const *names;
	bool for_maps;           /* else for ELF files */
	char release[sizeof(((struct identity *)0)->release)];
	char id[BUILD_ID_TEXT]; /* "" where the note has none */
};

/* Both come from the dump: they must not lead elsewhere. */
static bool read_keys(struct search *search)
{
	const struct identity *identity = &search->kernel->identity;

	snprintf(search->release, sizeof(search->release), "%s",
		 identity->release);
	if (!kernel_build_id_of_note(search->kernel, search->id) ||
	    strlen(search->id) <= 2)
		search->id[0] = '\0';
	return search->release[0] && search->release[0] != '.' &&
	       !strchr(search->release, '/');
}

static bool append(char *path, size_t *used, const char *text, size_t length)
{
	if (length >= LONGEST_PATH - *used)
		return false;
	memcpy(path + *used, text, length);
	*used += length;
	path[*used] = '\0';
	return true;
}

/* Adds a template of length characters with its %r, %b and %i filled in. */
static bool append_template(const struct search *search, char *path,
			    size_t *used, const char *template, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		const char *text = &template[i];
		size_t size = 1;

		if (*text == '%' && i + 1 < length) {
			char key = template[++i];

			if (key != 'r' && !search->id[0])
				return false;
			text = key == 'r' ? search->release :
			       key == 'b' ? search->id : search->id + 2;
			size = key == 'b' ? 2 : strlen(text);
		}
		if (!append(path, used, text, size))
			return false;
	}
	return true;
}

/* Some are stubs that say where the real one is. One is of use where the dump's
 * own kallsyms names functions alone, and cannot be proved where it has none. */
static bool wants_map(struct kernel *kernel, const struct file *file)
{
	enum { LONGEST_STUB = 512 };

	return file->bytes.size > LONGEST_STUB &&
	       kernel_kallsyms(kernel, NULL) &&
	       kernel_has_symbol(kernel, "init_task") == UNSURE;
}

static bool try_file(const struct search *search, const char *path)
{
	struct file file = { .fd = -1 };
	struct vmlinux *vmlinux;

	if (!file_open(&file, path, NULL))
		return false;
	if (!vmlinux_probe(&file) ||
	    system_map_probe(&file) != search->for_maps ||
	    (search->for_maps && !wants_map(search->kernel, &file))) {
		file_close(&file);
		return false;
	}
	vmlinux = vmlinux_open(&file, NULL);
	if (vmlinux)
		debug_file_search(vmlinux, search->path);
	return vmlinux && kernel_adopt_vmlinux(search->kernel, vmlinux,
					       "found by the dump's release");
}

static bool try_folder(const struct search *search, const char *folder,
		       size_t length)
{
	char path[LONGEST_PATH];

	for (size_t i = 0; search->names[i]; i++) {
		size_t used = 0;

		if (append_template(search, path, &used, folder, length) &&
		    append(path, &used, "/", 1) &&
		    append_template(search, path, &used, search->names[i],
				    strlen(search->names[i])) &&
		    try_file(search, path))
			return true;
	}
	return false;
}

static bool try_all(const struct search *search)
{
	const char *at = search->path ? search->path : usual_places;

	while (*at) {
		size_t length = strcspn(at, ":");

		if (length && try_folder(search, at, length))
			return true;
		at += length;
		at += *at == ':';
	}
	return false;
}

bool kernel_lacks_symbols(const struct kernel *kernel)
{
	return !kernel->vmlinux ||
	       (!kernel->vmlinux->symbols &&
		kernel->identity.match != VMLINUX_DIFFERS);
}

bool kernel_search_vmlinux(struct kernel *kernel, const char *path)
{
	struct search search = { .kernel = kernel, .path = path, .names = names };

	if (!kernel_lacks_symbols(kernel) || (path && !*path) || !read_keys(&search))
		return false;
	if (try_all(&search))
		return true;
	search.names = map_names;
	search.for_maps = true;
	return try_all(&search);
}
