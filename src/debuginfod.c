/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "debuginfod.h"

#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/dlopen_note.h"
#include "open/open.h"
#include "output/say.h"
#include "sandbox/outside.h"
#include "debuginfo/vmlinux.h"

#ifdef HAVE_DEBUGINFOD
#include <elfutils/debuginfod.h>
#endif

/* --- outside of the sandbox: libraries and servers --- */

#ifdef HAVE_DEBUGINFOD

DLOPEN_NOTE("debuginfod", DEBUGINFOD_SONAME, "Fetches a vmlinux from debuginfod servers");

/* The library libdebuginfod. It is loaded only when it is needed, because loading it and its
 * dependencies takes longer than most answers. It is never unloaded, because a thread of libcurl
 * may still be resolving a name. */
struct debuginfod_library {
	__typeof__(&debuginfod_begin) begin;
	__typeof__(&debuginfod_end) end;
	__typeof__(&debuginfod_find_debuginfo) find;
	__typeof__(&debuginfod_set_progressfn) set_progress;
};

static bool debuginfod_load(struct debuginfod_library *library, struct error *err)
{
	void *handle = dlopen(DEBUGINFOD_SONAME, RTLD_NOW | RTLD_LOCAL);

	if (!handle)
		return fail(err, ERROR_SYSTEM, "%s", dlerror());
#define LOAD(MEMBER, NAME) library->MEMBER = (__typeof__(library->MEMBER))dlsym(handle, NAME)
	LOAD(begin, "debuginfod_begin");
	LOAD(end, "debuginfod_end");
	LOAD(find, "debuginfod_find_debuginfo");
	LOAD(set_progress, "debuginfod_set_progressfn");
#undef LOAD
	if (library->begin && library->end && library->find && library->set_progress)
		return true;
	return fail(err, ERROR_SYSTEM, "%s lacks a function that kwalk calls", DEBUGINFOD_SONAME);
}

/* The state of a fetch. It is static, because on_progress() and the signal handler cannot receive a
 * pointer to it. */
static struct {
	volatile sig_atomic_t interrupted;
	bool stalled;
	long arrived; /* argument `arrived` of the last call of on_progress() */
	time_t moved_at; /* time of the last change of `arrived` */
	struct status_line line;
	long timeout; /* give up after this many seconds without progress; 0: no limit */
} fetching;

static time_t seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

static void note_interrupt(int signal)
{
	(void)signal;
	fetching.interrupted = 1;
}

/* The library calls this function while it fetches a file, and gives up if the result is not 0.
 * arrived: the number of bytes received so far, of size bytes. Before a server has answered, the
 * library passes the number of its calls of this function, so growth by 1 is not progress. The
 * timeout is checked here, because the library's timeout begins only with a connection, and begins
 * again with each attempt. */
static int on_progress(debuginfod_client *client, long arrived, long size)
{
	enum { MIB = 1 << 20 };
	time_t now = seconds();

	(void)client;
	if (arrived != fetching.arrived && arrived != fetching.arrived + 1)
		fetching.moved_at = now;
	fetching.arrived = arrived;
	fetching.stalled = fetching.timeout > 0 && now - fetching.moved_at >= fetching.timeout;
	if (size > 0)
		status_line_show(&fetching.line,
				 "kwalk: debuginfod: %ld of %ld MiB; Ctrl-C cancels", arrived / MIB,
				 (size + MIB - 1) / MIB);
	else
		status_line_show(&fetching.line, "kwalk: debuginfod: waiting; Ctrl-C cancels");
	return fetching.stalled || fetching.interrupted;
}

static void start_timeout(void)
{
	enum { LIBRARY_DEFAULT = 90 };
	const char *timeout = getenv("DEBUGINFOD_TIMEOUT");

	memset(&fetching, 0, sizeof(fetching));
	fetching.moved_at = seconds();
	fetching.timeout = timeout && *timeout ? strtol(timeout, NULL, 10) : LIBRARY_DEFAULT;
}

static bool debuginfod_explain(const char *build_id, int code, struct error *err)
{
	if (fetching.interrupted)
		return fail(err, ERROR_INTERRUPTED, "canceled");
	if (fetching.stalled)
		return fail(err, ERROR_SYSTEM,
			    "no server answered the request for build-id %s within %ld seconds",
			    build_id, fetching.timeout);
	if (code == ENOENT)
		return fail(err, ERROR_UNKNOWN, "no server has a file for build-id %s", build_id);
	return fail(err, ERROR_SYSTEM, "build-id %s: %s", build_id, strerror(code));
}

/* Fetches a file. Returns a descriptor of the file, and sets path to the file's path in the
 * library's cache. If that fails, sets err and returns -1. */
static int ask_servers(const struct debuginfod_library *library, const char *build_id,
		       char path[PATH_MAX], struct error *err)
{
	/* The first Ctrl-C cancels the fetch. A second Ctrl-C terminates kwalk. */
	struct sigaction interrupt = { .sa_handler = note_interrupt, .sa_flags = SA_RESETHAND };
	struct sigaction before;
	debuginfod_client *client = library->begin();
	char *found = NULL;
	int fd = -ENOMEM;

	if (client) {
		start_timeout();
		sigaction(SIGINT, &interrupt, &before);
		library->set_progress(client, on_progress);
		fd = library->find(client, (const unsigned char *)build_id, 0, &found);
		sigaction(SIGINT, &before, NULL);
		library->end(client);
	}
	status_line_hide(&fetching.line);
	if (fd < 0)
		debuginfod_explain(build_id, -fd, err);
	else
		snprintf(path, PATH_MAX, "%s", found);
	free(found);
	return fd < 0 ? -1 : fd;
}

static bool debuginfod_user_agrees(const char *build_id)
{
	char answer[64];

	say("No vmlinux was found for this kernel (build-id %s).", build_id);
	say_question(
		"Fetch it from %s? (Set KWALK_DEBUGINFOD to yes or no to skip this question.) [y/N] ",
		getenv("DEBUGINFOD_URLS"));
	return fgets(answer, sizeof(answer), stdin) && (answer[0] == 'y' || answer[0] == 'Y');
}

/* Returns true if the text is a build-id. Only build-ids are sent to servers. */
static bool is_build_id(const char *text)
{
	size_t length = strspn(text, "0123456789abcdef");

	return length && !text[length] && length < BUILD_ID_TEXT;
}

bool debuginfod_serve(enum debuginfod_use use, const char *request, struct outside_answer *answer,
		      struct error *err)
{
	/* At most two requests: for the build-id in the note, and for the build-id in memory. */
	enum { MOST_REQUESTS = 2 };
	static char path[PATH_MAX];
	static int nr_requests;
	static bool agreed;
	struct debuginfod_library library = { 0 };

	if (!*request) { /* removes the file, because otherwise the cache would return it again */
		unlink(path);
		return true;
	}
	if (nr_requests++ >= MOST_REQUESTS || !is_build_id(request))
		return fail(err, ERROR_USAGE, "not a build-id of the dump");
	agreed = agreed || use == DEBUGINFOD_YES || debuginfod_user_agrees(request);
	if (!agreed)
		return true;
	if (!debuginfod_load(&library, err))
		return false;
	answer->fd = ask_servers(&library, request, path, err);
	snprintf(answer->text, sizeof(answer->text), "%s", path);
	return answer->fd >= 0;
}

/* --- inside --- */

static void ignore(int signal)
{
	(void)signal; /* the helper ends the request */
}

/* Asks the helper to fetch a file. The helper handles the first Ctrl-C. A second Ctrl-C terminates
 * kwalk. */
static bool ask_helper(const char *build_id, struct outside_answer *answer, struct error *err)
{
	struct sigaction interrupt = { .sa_handler = ignore, .sa_flags = SA_RESETHAND };
	struct sigaction before;
	char request[BUILD_ID_TEXT + sizeof(DEBUGINFOD_REQUEST)];
	bool done;

	snprintf(request, sizeof(request), DEBUGINFOD_REQUEST "%s", build_id);
	sigaction(SIGINT, &interrupt, &before);
	done = outside_ask(request, answer, err);
	sigaction(SIGINT, &before, NULL);
	return done;
}

/* Opens the file if its build-id is the requested build-id. Servers are not trusted, so this must
 * be checked. */
static struct vmlinux *debuginfod_open_checked(const struct outside_answer *answer,
					       const char *build_id, struct error *err)
{
	struct file file;
	struct vmlinux *vmlinux;
	char theirs[BUILD_ID_TEXT];

	if (!file_take(&file, answer->fd, answer->text, err))
		return NULL;
	if (!vmlinux_probe(&file)) {
		file_close(&file);
		fail(err, ERROR_FORMAT,
		     "the file that a server sent for build-id %s is not a kernel", build_id);
		return NULL;
	}
	vmlinux = vmlinux_open(&file, err);
	if (!vmlinux)
		return NULL;
	if (vmlinux_build_id_text(vmlinux, theirs) && !strcmp(theirs, build_id))
		return vmlinux;
	fail(err, ERROR_FORMAT, "the file that a server sent for build-id %s has build-id %s",
	     build_id, theirs[0] ? theirs : "none");
	vmlinux_close(vmlinux);
	return NULL;
}

/* Fetches and opens a file. Also returns true if the user did not agree. */
static bool fetch(struct kernel *kernel, const char *build_id, struct error *err)
{
	struct outside_answer answer;
	struct vmlinux *vmlinux;

	if (!ask_helper(build_id, &answer, err))
		return false;
	if (answer.fd < 0)
		return true;
	vmlinux = debuginfod_open_checked(&answer, build_id, err);
	if (!vmlinux) {
		ask_helper("", &answer, NULL);
		return false;
	}
	return open_adopt_vmlinux(kernel, vmlinux, "fetched by debuginfod") ||
	       fail(err, ERROR_FORMAT, "%s does not belong to this dump", answer.text);
}

static bool fetch_any(struct kernel *kernel, struct error *err)
{
	char id[BUILD_ID_TEXT], other[BUILD_ID_TEXT];

	if (!open_build_id_of_note(kernel, id) && !open_build_id_of_memory(kernel, id))
		return fail(err, ERROR_UNKNOWN, "the dump has no build-id");
	if (fetch(kernel, id, err))
		return true;
	/* In dumps of some stable kernels (5.15 to 6.11), the build-id in the note is wrong, so the
	 * build-id in memory is tried, too. */
	return err->code != ERROR_INTERRUPTED && open_build_id_of_memory(kernel, other) &&
	       strcmp(id, other) && fetch(kernel, other, err);
}

#else

bool debuginfod_serve(enum debuginfod_use use, const char *request, struct outside_answer *answer,
		      struct error *err)
{
	(void)use, (void)request, (void)answer;
	return fail(err, ERROR_UNKNOWN, "kwalk was built without debuginfod");
}

static bool fetch_any(struct kernel *kernel, struct error *err)
{
	(void)kernel;
	return fail(err, ERROR_UNKNOWN, "kwalk was built without debuginfod");
}

#endif

static bool has_servers(void)
{
	const char *urls = getenv("DEBUGINFOD_URLS");

	return urls && urls[strspn(urls, " ")];
}

bool debuginfod_may_ask(enum debuginfod_use use, bool can_ask)
{
#ifdef HAVE_DEBUGINFOD
	return has_servers() && (use == DEBUGINFOD_YES || (use == DEBUGINFOD_ASK && can_ask));
#else
	(void)use, (void)can_ask;
	return false;
#endif
}

void debuginfod_fetch(struct kernel *kernel, enum debuginfod_use use, bool can_ask)
{
	struct error err;

	if (use != DEBUGINFOD_YES && !debuginfod_may_ask(use, can_ask))
		return;
	if (has_servers() ? fetch_any(kernel, &err) :
			    fail(&err, ERROR_USAGE, "DEBUGINFOD_URLS names no server"))
		return;
	say_warning("kwalk: warning: debuginfod: %s", err.message);
}
