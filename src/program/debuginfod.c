/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "program/debuginfod.h"

#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/dlopen_note.h"
#include "open/open.h"
#include "output/say.h"
#include "debuginfo/vmlinux.h"

#ifdef HAVE_DEBUGINFOD
#include <elfutils/debuginfod.h>
#endif

/* --- outside of the sandbox: libraries and servers --- */

#ifdef HAVE_DEBUGINFOD

#define LARGEST_FILE (8LL << 30) /* bytes; a vmlinux with debug information has about 1 GiB */

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

/* A request to the servers. The library runs in a thread, because in elfutils 0.192 it calls
 * on_progress() only after a server has begun to answer, and could not be stopped before. If the
 * request is given up, the thread continues until the library returns, or until kwalk ends. */
struct fetch {
	struct debuginfod_library library;
	char build_id[BUILD_ID_TEXT];
	long timeout; /* give up after this many seconds without progress; 0: no limit */
	long long most; /* bytes; give up a larger file */
	atomic_bool given_up, too_large;
	atomic_long arrived, size; /* arguments of the last call of on_progress() */
	atomic_long moved_at; /* time of the last change of `arrived`, in seconds */
	atomic_bool ended; /* the fields below are valid */
	int fd; /* a descriptor of the file, or a negative errno */
	char *path;
};

static _Thread_local struct fetch *own_fetch; /* of this thread, for on_progress() */

static volatile sig_atomic_t interrupted;

static long seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (long)now.tv_sec;
}

static void note_interrupt(int signal)
{
	(void)signal;
	interrupted = 1;
}

/* The library calls this function while it fetches a file, and gives up if the result is not 0.
 * arrived: the number of bytes received so far, of size bytes. Before a server has answered, the
 * library passes the number of its calls of this function, so growth by 1 is not progress. */
static int on_progress(debuginfod_client *client, long arrived, long size)
{
	struct fetch *fetch = own_fetch;

	(void)client;
	if (arrived != fetch->arrived && arrived != fetch->arrived + 1)
		fetch->moved_at = seconds();
	fetch->arrived = arrived;
	fetch->size = size;
	if (arrived > fetch->most || size > fetch->most)
		fetch->too_large = true;
	return fetch->given_up || fetch->too_large;
}

static void *ask_servers(void *argument)
{
	struct fetch *fetch = argument;
	debuginfod_client *client = fetch->library.begin();

	own_fetch = fetch;
	fetch->fd = -ENOMEM;
	if (client) {
		fetch->library.set_progress(client, on_progress);
		fetch->fd = fetch->library.find(client, (const unsigned char *)fetch->build_id, 0,
						&fetch->path);
		fetch->library.end(client);
	}
	fetch->ended = true;
	return NULL;
}

static bool fetch_start(struct fetch *fetch, struct error *err)
{
	enum { LIBRARY_DEFAULT = 90 };
	const char *timeout = getenv("DEBUGINFOD_TIMEOUT"), *most = getenv("DEBUGINFOD_MAXSIZE");
	sigset_t all, before;
	pthread_t thread;
	int error;

	fetch->moved_at = seconds();
	fetch->timeout = timeout && *timeout ? strtol(timeout, NULL, 10) : LIBRARY_DEFAULT;
	/* The library applies this variable only to sizes that a server states, and has no limit
	 * without it. */
	fetch->most = most && *most ? strtoll(most, NULL, 10) : 0;
	if (fetch->most <= 0)
		fetch->most = LARGEST_FILE;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	error = pthread_create(&thread, NULL, ask_servers, fetch);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (error)
		return fail(err, ERROR_SYSTEM, "cannot start a thread: %s", strerror(error));
	pthread_detach(thread);
	return true;
}

static void fetch_show(const struct fetch *fetch, struct status_line *line)
{
	enum { MIB = 1 << 20 };
	long arrived = fetch->arrived, size = fetch->size;

	if (size > 0)
		status_line_show(line, "kwalk: debuginfod: %ld of %ld MiB; Ctrl-C cancels",
				 arrived / MIB, (size + MIB - 1) / MIB);
	else
		status_line_show(line, "kwalk: debuginfod: waiting; Ctrl-C cancels");
}

/* Waits for the end of a request. Gives up after Ctrl-C or the timeout. The timeout is checked
 * here, because the library's timeout begins only with a connection, and begins again with each
 * attempt. */
static bool fetch_wait(struct fetch *fetch, struct error *err)
{
	enum { MS = 1000 * 1000, LONGEST = 64 * MS };
	struct timespec pause = { .tv_nsec = MS }; /* for a file in the library's cache */
	struct status_line line = { 0 };
	bool stalled = false;

	while (!fetch->ended && !interrupted && !stalled) {
		nanosleep(&pause, NULL);
		if (pause.tv_nsec < LONGEST)
			pause.tv_nsec *= 2;
		fetch_show(fetch, &line);
		stalled = fetch->timeout > 0 && seconds() - fetch->moved_at >= fetch->timeout;
	}
	status_line_hide(&line);
	if (fetch->ended)
		return true;
	fetch->given_up = true;
	if (interrupted)
		return fail(err, ERROR_INTERRUPTED, "canceled");
	return fail(err, ERROR_SYSTEM,
		    "no server answered the request for build-id %s within %ld seconds",
		    fetch->build_id, fetch->timeout);
}

/* Sets the answer to a descriptor of the file and to the file's path in the library's cache. */
static bool fetch_take(struct fetch *fetch, struct outside_answer *answer, struct error *err)
{
	if (fetch->too_large)
		return fail(
			err, ERROR_SYSTEM,
			"build-id %s: the server's file has more than %lld bytes (DEBUGINFOD_MAXSIZE)",
			fetch->build_id, fetch->most);
	if (fetch->fd == -ENOENT)
		return fail(err, ERROR_UNKNOWN, "no server has a file for build-id %s",
			    fetch->build_id);
	if (fetch->fd < 0)
		return fail(err, ERROR_SYSTEM, "build-id %s: %s", fetch->build_id,
			    strerror(-fetch->fd));
	answer->fd = fetch->fd;
	snprintf(answer->text, sizeof(answer->text), "%s", fetch->path);
	free(fetch->path);
	return true;
}

static bool fetch_file(struct fetch *fetch, struct outside_answer *answer, struct error *err)
{
	/* The first Ctrl-C cancels the fetch. A second Ctrl-C terminates kwalk. */
	struct sigaction interrupt = { .sa_handler = note_interrupt, .sa_flags = SA_RESETHAND };
	struct sigaction before;
	bool waited;

	interrupted = 0;
	sigaction(SIGINT, &interrupt, &before);
	waited = fetch_start(fetch, err) && fetch_wait(fetch, err);
	sigaction(SIGINT, &before, NULL);
	return waited && fetch_take(fetch, answer, err);
}

static bool user_agrees(const char *build_id)
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
	static struct fetch fetches[MOST_REQUESTS];
	static char path[PATH_MAX];
	static int nr_requests;
	static bool agreed;
	struct fetch *fetch;

	if (!*request) { /* removes the file, because otherwise the cache would return it again */
		unlink(path);
		return true;
	}
	if (nr_requests >= MOST_REQUESTS || !is_build_id(request))
		return fail(err, ERROR_USAGE, "not a build-id of the dump");
	fetch = &fetches[nr_requests++];
	agreed = agreed || use == DEBUGINFOD_YES || user_agrees(request);
	if (!agreed)
		return true;
	snprintf(fetch->build_id, sizeof(fetch->build_id), "%s", request);
	if (!debuginfod_load(&fetch->library, err) || !fetch_file(fetch, answer, err))
		return false;
	snprintf(path, sizeof(path), "%s", answer->text);
	return true;
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
static struct vmlinux *open_checked(const struct outside_answer *answer, const char *build_id,
				    struct error *err)
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
	vmlinux = open_checked(&answer, build_id, err);
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

void debuginfod_fetch(struct kernel *kernel)
{
	struct error err;

	if (debuginfod_has_servers() ? fetch_any(kernel, &err) :
				       fail(&err, ERROR_USAGE, "DEBUGINFOD_URLS names no server"))
		return;
	say_warning("kwalk: warning: debuginfod: %s", err.message);
}
