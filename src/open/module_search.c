/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Searches for the files of modules in the file system. */
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "debuginfo/debug_file.h"
#include "debuginfo/ko_file.h"
#include "debuginfo/vmlinux.h"
#include "kernel/kernel.h"
#include "linux/module/module_lines.h"
#include "open/open.h"
#include "open/opened.h"

/* Copies the file into memory, because a file that was not open from the start could be truncated
 * unnoticed while it is mapped. */
static bool open_copy(struct file *copy, const char *path)
{
	struct file file;
	uint8_t *to;
	bool ok;

	if (!file_open_found(&file, path, NULL))
		return false;
	ok = file.bytes.size <= LARGEST_MODULE &&
	     file_create(copy, path, file.bytes.size, &to, NULL);
	if (ok && !file_read(&file, 0, to, file.bytes.size)) {
		file_close(copy);
		ok = false;
	}
	file_close(&file);
	return ok;
}

static struct ko_file *try_module(struct kernel *kernel, const char *path)
{
	struct file file, unpacked;
	struct error why;

	if (kernel_stopped(kernel) || !open_copy(&file, path))
		return NULL;
	if (packed_input_probe(&file)) {
		bool ok = packed_module_open(&file, kernel->listener, &unpacked, &why);

		file_close(&file);
		if (!ok)
			return NULL;
		file = unpacked;
	}
	if (ko_file_probe(&file))
		return ko_file_open(&file, kernel->listener, NULL);
	file_close(&file);
	return NULL;
}

/* Tries .build-id/c0/ffee....debug below each folder of the path. c0ffee... stands for the
 * build-id. */
static struct ko_file *search_build_id(struct kernel *kernel, struct bytes build_id)
{
	const char *at = open_debug_path(kernel);
	char hex[BUILD_ID_TEXT], path[PATH_MAX];
	struct ko_file *found = NULL;

	at = at ? at : USUAL_DEBUG_PATH;
	if (build_id.size < 2 || !elf_build_id_text(build_id, hex))
		return NULL;
	while (!found && *at) {
		int size = (int)strcspn(at, ":");

		if (size && snprintf(path, sizeof(path), "%.*s/.build-id/%.2s/%s.debug", size, at,
				     hex, hex + 2) < PATH_MAX)
			found = try_module(kernel, path);
		at += size;
		at += *at == ':';
	}
	return found;
}

/* The ends of names of files: with debug information, and with all compressions of the kernel's
 * Kconfig (MODULE_COMPRESS_GZIP and so on). */
static const char *const ends[] = { ".ko.debug", ".ko", ".ko.xz", ".ko.zst", ".ko.gz" };
enum { NR_ENDS = sizeof(ends) / sizeof(ends[0]) };

/* Tries NAME.ko.debug, NAME.ko and so on in the folder of vmlinux, with '_' and with '-' in the name. The
 * name is from the dump and becomes part of a path, so it must have only the letters of names of
 * modules. */
static struct ko_file *search_beside(struct kernel *kernel, const char *module)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789_-";
	const char *vmlinux = kernel->vmlinux ? kernel->vmlinux->file.path : NULL;
	const char *slash = vmlinux ? strrchr(vmlinux, '/') : NULL;
	int folder = slash ? (int)(slash + 1 - vmlinux) : 0;
	struct ko_file *found = NULL;
	char name[KO_FILE_NAME], path[PATH_MAX];

	if (!vmlinux || !*module || module[strspn(module, letters)] ||
	    strlen(module) >= sizeof(name))
		return NULL;
	strcpy(name, module);
	for (int i = 0; i < 2 * NR_ENDS && !found; i++) {
		for (char *at = name; i == NR_ENDS && *at; at++)
			*at = *at == '_' ? '-' : *at;
		if (snprintf(path, sizeof(path), "%.*s%s%s", folder, vmlinux, name,
			     ends[i % NR_ENDS]) < PATH_MAX)
			found = try_module(kernel, path);
	}
	return found;
}

/* --- the folders in which distributions install debug files of modules --- */

enum { DEEPEST = 16, MOST_ENTRIES = 1 << 17 };

struct tree_search {
	struct kernel *kernel;
	const char *module;
	size_t nr_entries;
	struct ko_file *found;
};

/* Is the name of the file MODULE with one of the ends, with '-' or '_' in MODULE? */
static bool is_name_of(const char *name, const char *module)
{
	for (; *module; module++, name++)
		if (*name != *module && !(*name == '-' && *module == '_'))
			return false;
	for (int i = 0; i < NR_ENDS; i++)
		if (!strcmp(name, ends[i]))
			return true;
	return false;
}

/* Searches a folder and the folders in it. Links to folders are not followed. */
static void search_tree(struct tree_search *search, const char *folder, int depth)
{
	char path[PATH_MAX];
	struct dirent *entry;
	DIR *stream = depth < DEEPEST ? opendir(folder) : NULL;

	while (stream && !search->found && (entry = readdir(stream))) {
		bool is_folder = entry->d_type == DT_DIR;

		if (++search->nr_entries > MOST_ENTRIES || kernel_stopped(search->kernel))
			break;
		if (entry->d_name[0] == '.' ||
		    (!is_folder && !is_name_of(entry->d_name, search->module)) ||
		    snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name) >= PATH_MAX)
			continue;
		if (is_folder)
			search_tree(search, path, depth + 1);
		else
			search->found = try_module(search->kernel, path);
	}
	if (stream)
		closedir(stream);
}

/* Searches lib/modules/RELEASE below each folder of the path. The release is from the dump, so it
 * must not lead to another folder. */
static struct ko_file *search_release(struct kernel *kernel, const char *module)
{
	static const char *const places[] = { "lib/modules", "usr/lib/modules" };
	const char *release = kernel->identity->release, *at = open_debug_path(kernel);
	struct tree_search search = { .kernel = kernel, .module = module };
	char path[PATH_MAX];

	at = at ? at : USUAL_DEBUG_PATH;
	if (!*release || *release == '.' || strchr(release, '/'))
		return NULL;
	while (!search.found && *at) {
		int size = (int)strcspn(at, ":");

		for (int i = 0; size && !search.found && i < 2; i++)
			if (snprintf(path, sizeof(path), "%.*s/%s/%s", size, at, places[i],
				     release) < PATH_MAX)
				search_tree(&search, path, 0);
		at += size;
		at += *at == ':';
	}
	return search.found;
}

static struct ko_file *search_module(struct kernel *kernel, const char *module,
				     struct bytes build_id)
{
	struct ko_file *found = search_build_id(kernel, build_id);

	/* A debug file has no .modinfo, and the name of this one is the build-id. */
	if (found)
		snprintf(found->name, sizeof(found->name), "%s", module);
	else
		found = search_beside(kernel, module);
	return found ? found : search_release(kernel, module);
}

void open_search_modules(struct kernel *kernel, const char *path)
{
	open_set_debug_path(kernel, path);
	kernel->find_ko_file = path && !*path ? NULL : search_module;
	kernel->module_file_types = module_file_types;
}
