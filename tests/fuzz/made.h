/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that commands make, without the helper that would make them (link with
 * --wrap=outside_open,--wrap=outside_settle). Each file is in memory. A page must be markup in
 * which elements end in the right order, and which contains no markup from a dump. A dump must be
 * readable again, and commands are run on it. */
#pragma once

#include "line.h"
#include "open/open.h"
#include "sandbox/outside.h"
#include "session.h"

#include <ctype.h>
#include <errno.h>

enum { MOST_MADE = 3, MOST_ELEMENTS = 64, LONGEST_ELEMENT = 16 };

static int made_file[MOST_MADE], made_dump = -1;
static unsigned int nr_made;

int __wrap_outside_open(const char *path, enum outside_kind kind, struct error *err);
bool __wrap_outside_settle(enum settle how, struct error *err);

int __wrap_outside_open(const char *path, enum outside_kind kind, struct error *err)
{
	int fd = -1;

	if (kind == OUTSIDE_NEW && nr_made < MOST_MADE)
		fd = memfd_create("made", MFD_CLOEXEC);
	if (fd < 0) {
		fail(err, ERROR_SYSTEM, "%s: not for the fuzzer", path);
		return -1;
	}
	made_file[nr_made++] = fcntl(fd, F_DUPFD_CLOEXEC, 10);
	return fd;
}

/* --- markup --- */

struct element {
	char name[LONGEST_ELEMENT];
};

/* Checks a tag, from after '<' to after '>'. kwalk itself writes all tags, and puts values in
 * quotes. */
static inline const char *check_tag(const char *at, const char *end, bool *closes_itself)
{
	bool quoted = false;

	for (; at < end && (quoted || *at != '>'); at++) {
		PROMISED(*at != '<' && *at != '\n');
		PROMISED(quoted || isalnum((unsigned char)*at) || strchr(" -=\"/:", *at));
		quoted ^= *at == '"';
	}
	PROMISED(at < end);
	*closes_itself = at[-1] == '/';
	return at + 1;
}

/* Skips the text of a style or script, because kwalk itself writes it. */
static inline const char *skip_raw(const char *at, const char *end, const char *name)
{
	char stop[LONGEST_ELEMENT + 4];

	if (strcmp(name, "style") != 0 && strcmp(name, "script") != 0)
		return at;
	snprintf(stop, sizeof(stop), "</%s>", name);
	at = memmem(at, (size_t)(end - at), stop, strlen(stop));
	PROMISED(at);
	return at;
}

static inline void check_markup(const char *at, const char *end)
{
	struct element open[MOST_ELEMENTS];
	size_t depth = 0;

	while ((at = memchr(at, '<', (size_t)(end - at)))) {
		struct element element = { "" };
		bool ends = *++at == '/', closes_itself;
		size_t size = 0;

		if (*at == '!') { /* the type of the document */
			at = check_tag(at + 1, end, &closes_itself);
			continue;
		}
		for (at += ends; isalnum((unsigned char)*at); at++) {
			PROMISED(size + 1 < LONGEST_ELEMENT);
			element.name[size++] = *at;
		}
		PROMISED(size);
		at = check_tag(at, end, &closes_itself);
		if (closes_itself)
			continue;
		if (ends) {
			PROMISED(depth && !strcmp(open[--depth].name, element.name));
			continue;
		}
		PROMISED(depth < MOST_ELEMENTS);
		open[depth++] = element;
		at = skip_raw(at, end, element.name);
	}
	PROMISED(!depth);
}

/* --- when a file is complete --- */

/* Returns whether the file may be a dump: it is neither a page nor JSON. */
static inline bool check_made(int fd)
{
	off_t size = lseek(fd, 0, SEEK_END);
	bool markup, json;
	char *text;

	if (size <= 0)
		return false;
	text = mmap(NULL, (size_t)size, PROT_READ, MAP_SHARED, fd, 0);
	PROMISED(text != MAP_FAILED);
	markup = *text == '<';
	json = *text == '{';
	if (markup || json)
		check_text(text, (size_t)size, json ? JSON_LINES : TEXT);
	if (markup)
		check_markup(text, text + size);
	munmap(text, (size_t)size);
	return !markup && !json;
}

static inline void keep_made(int fd)
{
	int other = fd;

	if (check_made(fd)) {
		other = made_dump;
		made_dump = fd;
	}
	if (other >= 0)
		close(other);
}

bool __wrap_outside_settle(enum settle how, struct error *err)
{
	int fd;

	if (!nr_made)
		return fail(err, ERROR_USAGE, "there is no new file");
	fd = made_file[--nr_made];
	if (how == SETTLE_REMOVE)
		close(fd);
	else
		keep_made(fd);
	return true;
}

/* Asks about the last dump that was made. */
static inline void made_ask(const struct listener *listener)
{
	char path[32];
	const char *const paths[] = { path };
	const struct opening opening = {
		.paths = paths,
		.nr_paths = 1,
		.listener = (struct listener *)listener,
		.debug_path = "",
	};
	struct fuzz_session session;
	struct kernel *kernel;

	PROMISED(!nr_made);
	if (made_dump < 0)
		return;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", made_dump);
	interrupt_came = 0;
	kernel = open_kernel_dump(&opening, NULL);
	if (kernel) {
		session_begin(&session, kernel, false);
		session_line(&session, "info; tasks; check");
		session_end(&session);
	}
	open_close(kernel);
	close(made_dump);
	made_dump = -1;
}
