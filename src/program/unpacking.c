/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "program/unpacking.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "dump/archive/unpacked.h"
#include "output/say.h"
#include "sandbox/new_files.h"

enum { MIB_SHIFT = 20 };

/* --- outside of the sandbox --- */

/* Creates the folder, and its parent folders if they are missing. Only the user gets access rights
 * to them. */
static bool make_folder(char *path, struct error *err)
{
	for (char *at = path + 1; at; *at++ = '/') {
		int result;

		at = strchr(at, '/');
		if (at)
			*at = '\0';
		result = mkdir(path, 0700);
		if (!at)
			return result == 0 || errno == EEXIST || system_error(err, path);
	}
	return true;
}

static bool user_agrees(const char *archive, uint64_t size, uint64_t room, const char *folder)
{
	char text[64] = "", answer[64];

	if (size)
		snprintf(text, sizeof(text), " (%" PRIu64 " MiB)", size >> MIB_SHIFT);
	say("%s holds a dump%s.", archive, text);
	say_question("Unpack it into %s, which has %" PRIu64 " MiB of free space? [y/N] ", folder,
		     room >> MIB_SHIFT);
	return fgets(answer, sizeof(answer), stdin) && (answer[0] == 'y' || answer[0] == 'Y');
}

static bool is_given(const struct options *options, const char *archive)
{
	for (size_t i = 0; i < options->nr_files; i++)
		if (!strcmp(options->files[i], archive))
			return true;
	return false;
}

static bool unpacking_parse(const char *request, char what[8], uint64_t *size, const char **archive)
{
	int end = 0;

	*archive = NULL;
	if (sscanf(request, "%7s %" SCNu64 " %n", what, size, &end) == 2 && end)
		*archive = request + end;
	return *archive && (!strcmp(what, "dump") || !strcmp(what, "vmlinux"));
}

/* Creates the folder, and sets *room to the free space there, in bytes. Fails if that is less than
 * size. */
static bool find_room(char folder[PATH_MAX], uint64_t size, uint64_t *room, struct error *err)
{
	struct statvfs disk;

	if (!unpacked_folder(folder))
		return fail(err, ERROR_USAGE,
			    "neither XDG_CACHE_HOME nor HOME names a folder to unpack it into");
	if (!make_folder(folder, err))
		return false;
	if (statvfs(folder, &disk) < 0)
		return system_error(err, folder);
	*room = (uint64_t)disk.f_bavail * disk.f_frsize;
	return size <= *room || fail(err, ERROR_SYSTEM,
				     "%s has %" PRIu64 " MiB of free space, but %" PRIu64
				     " MiB are needed (XDG_CACHE_HOME can name another folder)",
				     folder, *room >> MIB_SHIFT, (size >> MIB_SHIFT) + 1);
}

bool unpack_serve(const struct options *options, const char *request, struct outside_answer *answer,
		  struct error *err)
{
	/* the archive whose unpacking the user has allowed; NULL: none */
	static const char *agreed;
	char folder[PATH_MAX], path[PATH_MAX], what[8];
	const char *archive;
	uint64_t size, room = 0;
	struct stat st;

	if (!unpacking_parse(request, what, &size, &archive) || !is_given(options, archive))
		return fail(err, ERROR_USAGE, "not a file that was given");
	if (stat(archive, &st) < 0)
		return system_error(err, archive);
	if (!find_room(folder, size, &room, err))
		return false;
	if (!unpacked_path(archive, &st, what, path))
		return fail(err, ERROR_USAGE, "its name is too long");
	if (options->unpack != UNPACK_YES && (!agreed || strcmp(agreed, archive)) &&
	    !user_agrees(archive, size, room, folder))
		return fail(err, ERROR_USAGE, "it was not unpacked");
	if (!new_file_make(path, &answer->fd, err))
		return false;
	/* only the owner may read the file, because it contains the machine's memory */
	fchmod(answer->fd, 0600);
	if (options->unpack != UNPACK_YES && !agreed)
		agreed = strdup(archive);
	if (snprintf(answer->text, sizeof(answer->text), "%" PRIu64 " %s", room, path) <
	    (int)sizeof(answer->text))
		return true;
	return fail(err, ERROR_USAGE, "its name is too long");
}

/* --- inside --- */

bool unpack_start(void *arg, struct unpacked *to, struct error *err)
{
	const struct options *options = arg;
	struct outside_answer answer;
	char *request, *path = NULL;
	bool ok;

	to->fd = -1;
	if (!options->may_unpack)
		return fail(err, ERROR_USAGE, "--unpack unpacks it into the cache folder");
	if (asprintf(&request, UNPACK_REQUEST "%s %" PRIu64 " %s", to->what, to->size,
		     to->archive) < 0)
		return out_of_memory(err);
	ok = outside_ask(request, &answer, err);
	free(request);
	if (!ok)
		return false;
	to->fd = answer.fd;
	to->room = strtoull(answer.text, &path, 10);
	snprintf(to->path, sizeof(to->path), "%s", path + (*path == ' '));
	return to->fd >= 0 || fail(err, ERROR_SYSTEM, "no file was opened");
}

bool unpack_finish(void *arg, bool keep, struct error *err)
{
	(void)arg;
	return outside_settle(keep ? SETTLE_REPLACE : SETTLE_REMOVE, err);
}
