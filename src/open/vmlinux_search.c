/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Searches for the vmlinux of a dump in the file system. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "kernel/kernel.h"
#include "open/open.h"
#include "open/opened.h"
#include "debuginfo/debug_file.h"

enum { LONGEST_PATH = 1024 };

/* The folders of Debian, Fedora and SUSE, and then the build folder of the kernel. %r stands for
 * the release. */
static const char usual_places[] = "/usr/lib/debug:/boot:/lib/modules/%r/build:/lib/modules/%r";

/* Names that are tried in each folder. %b stands for the first two digits of the build-id, and %i
 * for its other digits. */
static const char *const names[] = { ".build-id/%b/%i.debug",
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
				     NULL };

/* System.map files that some distributions install with a kernel. */
static const char *const map_names[] = { "boot/System.map-%r", "System.map-%r", "System.map",
					 NULL };

struct vmlinux_search {
	struct kernel *kernel;
	const char *path; /* folders; NULL: usual_places */
	const char *const *names;
	bool for_maps; /* true: search for System.map files; false: search for ELF files */
	const char *source; /* how a file was found, for `info` */
	const char *release;
	char id[BUILD_ID_TEXT]; /* build-id; "": the note contains none */
};

/* Reads release and build-id. Returns false if there is no release. The release is from the dump,
 * and becomes part of a path. A release that starts with '.' or contains '/' could lead to files
 * outside the folders, so it is rejected, too. */
static bool read_keys(struct vmlinux_search *search)
{
	if (!open_build_id_of_note(search->kernel, search->id) || strlen(search->id) <= 2)
		search->id[0] = '\0';
	return search->release[0] && search->release[0] != '.' && !strchr(search->release, '/');
}

/* Copies a template into path, and replaces %r, %b and %i. Returns false if the template needs a
 * build-id that is unknown, or if the path would be too long. */
static bool fill_in(const struct vmlinux_search *search, const char *template,
		    char path[LONGEST_PATH])
{
	size_t used = 0;

	for (const char *at = template; *at; at++) {
		const char *text = at;
		size_t size = 1;

		if (*at == '%' && at[1]) {
			char key = *++at;

			if (key != 'r' && !search->id[0])
				return false;
			text = key == 'r' ? search->release :
			       key == 'b' ? search->id :
					    search->id + 2;
			size = key == 'b' ? 2 : strlen(text);
		}
		if (size >= LONGEST_PATH - used)
			return false;
		memcpy(path + used, text, size);
		used += size;
	}
	path[used] = '\0';
	return true;
}

/* Returns true if the System.map may be useful. A small file is only a stub that names the real
 * file. A System.map is needed only if the dump's kallsyms contains no variables. Without kallsyms,
 * the System.map cannot be used, because nothing could prove that it belongs to the dump. */
static bool wants_map(struct kernel *kernel, const struct file *file)
{
	enum { LONGEST_STUB = 512 };

	return file->bytes.size > LONGEST_STUB && kernel_kallsyms(kernel, NULL) &&
	       kernel_has_symbol(kernel, "init_task") == UNSURE;
}

static bool try_file(const struct vmlinux_search *search, const char *path)
{
	struct file file = { .fd = -1 };
	struct vmlinux *vmlinux;

	if (!file_open_found(&file, path, NULL))
		return false;
	if (!vmlinux_probe(&file) || system_map_probe(&file) != search->for_maps ||
	    (search->for_maps && !wants_map(search->kernel, &file))) {
		file_close(&file);
		return false;
	}
	vmlinux = vmlinux_open(&file, NULL);
	if (vmlinux)
		debug_file_search(vmlinux, search->path);
	return vmlinux && open_adopt_vmlinux(search->kernel, vmlinux, search->source);
}

static bool try_folder(const struct vmlinux_search *search, const char *folder, size_t length)
{
	char template[LONGEST_PATH], path[LONGEST_PATH];
	int size = snprintf(template, sizeof(template), "%.*s/", (int)length, folder);

	/* Most folders of the path do not exist. */
	if (size >= LONGEST_PATH || !fill_in(search, template, path) || access(path, F_OK) != 0)
		return false;
	for (const char *const *name = search->names; *name; name++) {
		size = snprintf(template, sizeof(template), "%.*s/%s", (int)length, folder, *name);
		if (size < LONGEST_PATH && fill_in(search, template, path) &&
		    try_file(search, path))
			return true;
	}
	return false;
}

/* Tries the folders of the path, and then the folder of the dump, which may be from a stranger. */
static bool vmlinux_search_try_all(struct vmlinux_search *search)
{
	const char *at = search->path ? search->path : usual_places;
	const char *dump = search->kernel->dump->file.path, *slash = strrchr(dump, '/');

	search->source = "found by the dump's release";
	while (*at) {
		size_t length = strcspn(at, ":");

		if (length && try_folder(search, at, length))
			return true;
		at += length;
		at += *at == ':';
	}
	search->source = "found beside the dump";
	return slash ? try_folder(search, dump, (size_t)(slash - dump)) :
		       try_folder(search, ".", 1);
}

bool open_lacks_symbols(const struct kernel *kernel)
{
	return !kernel->vmlinux ||
	       (!kernel->vmlinux->symbols && kernel->identity->match != VMLINUX_DIFFERS);
}

bool open_search_vmlinux(struct kernel *kernel, const char *path)
{
	struct vmlinux_search search = {
		.kernel = kernel,
		.path = path,
		.names = names,
		.release = kernel->identity->release,
	};

	if (!open_lacks_symbols(kernel) || (path && !*path) || !read_keys(&search))
		return false;
	if (vmlinux_search_try_all(&search))
		return true;
	search.names = map_names;
	search.for_maps = true;
	return vmlinux_search_try_all(&search);
}
