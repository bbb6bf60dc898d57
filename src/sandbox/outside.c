/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandbox/outside.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "sandbox/new_files.h"

/* MAX_ARG_STRLEN of include/uapi/linux/binfmts.h. The kernel does not run a longer command. */
enum { LONGEST_TEXT = 128 << 10, INPUT = 0, OUTPUT = 1, NR_FDS = 2 };

/* The head of a packet. A text without a NUL follows. Descriptors are sent with the packet. */
struct head {
	int32_t kind; /* an enum outside_kind or an enum reply */
	/* In a request: bit i is set if descriptor i is sent with the request. In REPLY_ENDED: the
	 * status of the command, or -1 if the status is unknown. In REPLY_ANSWER: an enum
	 * error_code, and the text is the message of the error. */
	int32_t value;
};

enum reply { REPLY_ANSWER, REPLY_ENDED };

struct outside_packet {
	struct head head;
	char text[LONGEST_TEXT + 1];
	int fds[NR_FDS]; /* -1: no descriptor */
};

/* --- packets --- */

union control {
	struct cmsghdr header;
	char space[CMSG_SPACE(NR_FDS * sizeof(int))];
};

/* Sends a packet. Descriptors that are -1 are not sent. Returns false on failure. */
static bool send_packet(int to, struct head head, const char *text, const int fds[NR_FDS])
{
	struct iovec parts[] = { { &head, sizeof(head) }, { (void *)text, strlen(text) } };
	union control control = { 0 };
	struct msghdr message = { .msg_iov = parts, .msg_iovlen = 2 };
	int given[NR_FDS];
	size_t nr = 0;
	ssize_t sent;

	for (int i = 0; i < NR_FDS; i++)
		if (fds[i] >= 0)
			given[nr++] = fds[i];
	if (nr) {
		control.header.cmsg_level = SOL_SOCKET;
		control.header.cmsg_type = SCM_RIGHTS;
		control.header.cmsg_len = CMSG_LEN(nr * sizeof(int));
		memcpy(CMSG_DATA(&control.header), given, nr * sizeof(int));
		message.msg_control = &control;
		message.msg_controllen = CMSG_SPACE(nr * sizeof(int));
	}
	do {
		sent = sendmsg(to, &message, MSG_NOSIGNAL);
	} while (sent < 0 && errno == EINTR);
	return sent >= 0;
}

static void take_descriptors(struct msghdr *message, int fds[NR_FDS])
{
	struct cmsghdr *control = CMSG_FIRSTHDR(message);

	fds[INPUT] = fds[OUTPUT] = -1;
	if (control && control->cmsg_level == SOL_SOCKET && control->cmsg_type == SCM_RIGHTS)
		memcpy(fds, CMSG_DATA(control), control->cmsg_len - CMSG_LEN(0));
}

/* Receives a packet. Returns false if the other process has closed its end of the socket. */
static bool receive_packet(int from, struct outside_packet *packet)
{
	struct iovec parts[] = { { &packet->head, sizeof(packet->head) },
				 { packet->text, LONGEST_TEXT } };
	union control control;
	struct msghdr message = { .msg_iov = parts,
				  .msg_iovlen = 2,
				  .msg_control = &control,
				  .msg_controllen = sizeof(control) };
	ssize_t got;

	do {
		got = recvmsg(from, &message, MSG_CMSG_CLOEXEC);
	} while (got < 0 && errno == EINTR);
	if (got < (ssize_t)sizeof(packet->head))
		return false;
	packet->text[got - (ssize_t)sizeof(packet->head)] = '\0';
	take_descriptors(&message, packet->fds);
	return true;
}

/* --- in the helper --- */

static struct {
	const struct outside_work *work;
	int channel;
	sigset_t usual; /* the signal mask when outside_start() was called */
	sigset_t waiting; /* `usual` without SIGCHLD, which interrupts a wait */
	pid_t command; /* the process of the running command, or 0 */
} helper;

static void wake(int signal)
{
	(void)signal; /* the signal only interrupts a wait */
}

/* Moves the received descriptors of a request to their places. Descriptors arrive in the order of
 * the bits in the request. So if only OUTPUT was sent, it is in the place of INPUT. */
static void sort_descriptors(struct outside_packet *packet)
{
	if (packet->head.value == 1 << OUTPUT) {
		packet->fds[OUTPUT] = packet->fds[INPUT];
		packet->fds[INPUT] = -1;
	}
}

static bool spawn(const struct outside_packet *request, struct error *err)
{
	char *argv[] = { (char *)"sh", (char *)"-c", (char *)request->text, NULL };
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t signals;
	int error = 0;

	if (helper.command)
		return fail(err, ERROR_USAGE, "another command runs");
	posix_spawn_file_actions_init(&actions);
	for (int i = 0; i < NR_FDS && !error; i++)
		if (request->fds[i] >= 0)
			error = posix_spawn_file_actions_adddup2(&actions, request->fds[i], i);
	/* The helper ignores these signals. The shell must not inherit this, because "yes | head",
	 * for example, would not end then. */
	sigemptyset(&signals);
	sigaddset(&signals, SIGPIPE);
	sigaddset(&signals, SIGXFSZ);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setsigdefault(&attributes, &signals);
	posix_spawnattr_setsigmask(&attributes, &helper.usual);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
	if (!error)
		error = posix_spawn(&helper.command, "/bin/sh", &actions, &attributes, argv,
				    environ);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	if (!error)
		return true;
	helper.command = 0;
	return fail(err, ERROR_SYSTEM, "cannot run a shell: %s", strerror(error));
}

static bool open_to_read(const char *path, struct outside_answer *answer, struct error *err)
{
	answer->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	return answer->fd >= 0 || system_error(err, path);
}

/* Opens a dump. From now on, the group and others get only those rights to new files that they have
 * to the dump, too. */
static bool outside_open_dump(const char *path, struct outside_answer *answer, struct error *err)
{
	struct stat status;

	answer->fd = file_descriptor(path, err);
	if (answer->fd >= 0 && fstat(answer->fd, &status) == 0)
		new_files_made_of(&status);
	return answer->fd >= 0;
}

static bool do_request(struct outside_packet *request, struct outside_answer *answer,
		       struct error *err)
{
	const struct outside_work *work = helper.work;
	enum outside_kind kind = (enum outside_kind)request->head.kind;
	const char *refusal = work->refusal(work->arg, kind, request->text);

	if (refusal)
		return fail(err, ERROR_USAGE, "%s", refusal);
	switch (kind) {
	case OUTSIDE_RUN: sort_descriptors(request); return spawn(request, err);
	case OUTSIDE_READ: return open_to_read(request->text, answer, err);
	case OUTSIDE_APPEND: return new_file_append_to(request->text, &answer->fd, err);
	case OUTSIDE_DUMP: return outside_open_dump(request->text, answer, err);
	case OUTSIDE_NEW: return new_file_write_to(request->text, &answer->fd, err);
	case OUTSIDE_NEW_DUMP: return new_file_make(request->text, &answer->fd, err);
	case OUTSIDE_SETTLE: return new_files_settle(request->text, err);
	case OUTSIDE_SERVE: return work->serve(work->arg, request->text, answer, err);
	}
	return fail(err, ERROR_USAGE, "unknown request");
}

static void __attribute__((noreturn)) leave(int status)
{
	new_files_drop();
	_exit(status);
}

/* Sends a reply. If that fails, ends the helper, because the caller would wait forever for the
 * reply. */
static void reply_with(struct head head, const char *text, int fd)
{
	const int fds[NR_FDS] = { fd, -1 };

	if (!send_packet(helper.channel, head, text, fds))
		leave(1);
}

static void answer_request(struct outside_packet *request)
{
	struct outside_answer answer = { .fd = -1 };
	struct error err = { .code = ERROR_NONE };
	struct head head = { .kind = REPLY_ANSWER };

	if (!do_request(request, &answer, &err)) {
		head.value = err.code;
		snprintf(answer.text, sizeof(answer.text), "%s", err.message);
	}
	reply_with(head, answer.text, answer.fd);
	new_files_let_go();
	if (answer.fd >= 0)
		close(answer.fd);
	for (int i = 0; i < NR_FDS; i++)
		if (request->fds[i] >= 0)
			close(request->fds[i]);
}

static void tell_end(void)
{
	struct head head = { .kind = REPLY_ENDED };
	pid_t ended = 0;
	int status;

	if (helper.command)
		ended = waitpid(helper.command, &status, WNOHANG);
	if (!ended)
		return;
	helper.command = 0;
	head.value = ended > 0 ? status : -1;
	reply_with(head, "", -1);
}

/* Prepares for two signals. Ctrl-C also sends SIGINT to the helper, which must not end. SIGINT gets
 * a handler, and is not ignored, because commands would inherit SIG_IGN. SIGCHLD is blocked except
 * during the wait. A SIGCHLD that arrives at another time then interrupts the next wait. Until SIGINT
 * has its handler, it is blocked. */
static void prepare_signals(void)
{
	const struct sigaction woken = { .sa_handler = wake };
	struct sigaction before;
	sigset_t blocked;

	sigaction(SIGINT, &woken, &before);
	if (before.sa_handler == SIG_IGN)
		sigaction(SIGINT, &before, NULL);
	sigaction(SIGCHLD, &woken, NULL);
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGCHLD);
	sigprocmask(SIG_SETMASK, &helper.usual, NULL);
	sigprocmask(SIG_BLOCK, &blocked, NULL);
	helper.waiting = helper.usual;
	sigdelset(&helper.waiting, SIGCHLD);
}

static void __attribute__((noreturn)) help(void)
{
	static struct outside_packet request;
	struct pollfd fds[1 + MOST_NEW_FILES] = {
		{ .fd = helper.channel, .events = POLLIN },
	};

	prctl(PR_SET_NAME, "kwalk-outside");
	prepare_signals();
	for (;;) {
		nfds_t nr = 1 + (nfds_t)new_files_wait_for(fds + 1);
		int ready = ppoll(fds, nr, NULL, &helper.waiting);

		tell_end();
		if (ready <= 0)
			continue;
		new_files_move();
		if (!fds[0].revents)
			continue;
		if (!receive_packet(helper.channel, &request))
			leave(0);
		answer_request(&request);
	}
}

/* --- inside the sandbox --- */

static int channel = -1; /* the socket to the helper, or -1 */
static struct outside_packet reply; /* the last reply */

static volatile struct { /* read by a signal handler */
	bool runs, ended;
	int status; /* valid if ended is true */
} command;

bool outside_start(const struct outside_work *work, struct error *err)
{
	sigset_t interrupt;
	int ends[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return fail(err, ERROR_SYSTEM, "cannot make a socket: %s", strerror(errno));
	sigemptyset(&interrupt);
	sigaddset(&interrupt, SIGINT);
	sigprocmask(SIG_BLOCK, &interrupt, &helper.usual);
	pid = fork();
	if (pid)
		sigprocmask(SIG_SETMASK, &helper.usual, NULL);
	if (pid == 0) {
		close(ends[0]);
		helper.channel = ends[1];
		helper.work = work;
		help();
	}
	close(ends[1]);
	if (pid > 0) {
		channel = ends[0];
		return true;
	}
	close(ends[0]);
	return fail(err, ERROR_SYSTEM, "cannot start a process: %s", strerror(errno));
}

void outside_end(void)
{
	if (channel >= 0)
		close(channel);
	channel = -1;
}

static bool is_lost(struct error *err)
{
	outside_end();
	return fail(err, ERROR_SYSTEM, "the process outside of the sandbox has ended");
}

/* Waits for a reply of this kind. If a REPLY_ENDED arrives first, the end of the command is
 * recorded. */
static bool receive_reply(enum reply kind, struct error *err)
{
	do {
		if (!receive_packet(channel, &reply))
			return is_lost(err);
		if (reply.head.kind == REPLY_ENDED) {
			command.status = reply.head.value;
			command.ended = true;
		}
	} while (reply.head.kind != (int32_t)kind);
	return true;
}

static bool ask(enum outside_kind kind, const char *text, const int fds[NR_FDS],
		struct outside_answer *answer, struct error *err)
{
	struct head head = { .kind = (int32_t)kind };

	answer->fd = -1;
	for (int i = 0; i < NR_FDS; i++)
		head.value |= (fds[i] >= 0) << i;
	if (channel < 0)
		return fail(err, ERROR_SYSTEM,
			    "this needs the process outside of the sandbox, which does not exist");
	if (strlen(text) >= LONGEST_TEXT)
		return fail(err, ERROR_USAGE, "is longer than %d bytes", LONGEST_TEXT - 1);
	if (!send_packet(channel, head, text, fds))
		return is_lost(err);
	if (!receive_reply(REPLY_ANSWER, err))
		return false;
	answer->fd = reply.fds[0];
	snprintf(answer->text, sizeof(answer->text), "%.*s", (int)sizeof(answer->text) - 1,
		 reply.text);
	return !reply.head.value ||
	       fail(err, (enum error_code)reply.head.value, "%s", answer->text);
}

static const int none[NR_FDS] = { -1, -1 };

int outside_open(const char *path, enum outside_kind kind, struct error *err)
{
	struct outside_answer answer;

	return ask(kind, path, none, &answer, err) ? answer.fd : -1;
}

bool outside_written(struct error *err)
{
	struct outside_answer answer;

	return ask(OUTSIDE_SETTLE, KEEP_WRITTEN, none, &answer, err);
}

bool outside_settle(enum settle how, struct error *err)
{
	static const char *const texts[] = {
		[SETTLE_REMOVE] = "",
		[SETTLE_REPLACE] = "keep",
		[SETTLE_NEW] = KEEP_NEW,
	};
	struct outside_answer answer;

	return ask(OUTSIDE_SETTLE, texts[how], none, &answer, err);
}

bool outside_ask(const char *request, struct outside_answer *answer, struct error *err)
{
	return ask(OUTSIDE_SERVE, request, none, answer, err);
}

bool outside_run(const char *text, int input, int output, struct error *err)
{
	const int fds[NR_FDS] = { [INPUT] = input, [OUTPUT] = output };
	struct outside_answer answer;

	command.ended = false;
	command.runs = ask(OUTSIDE_RUN, text, fds, &answer, err);
	return command.runs;
}

/* Without a request, the helper sends only one message: that the command has ended. So if a message
 * can be read, the command has ended. */
bool outside_runs(void)
{
	struct pollfd ready = { .fd = channel, .events = POLLIN };

	return command.runs && !command.ended && poll(&ready, 1, 0) == 0;
}

bool outside_wait(int *status, struct error *err)
{
	bool done = command.ended || receive_reply(REPLY_ENDED, err);

	command.runs = false;
	*status = command.status;
	if (done && *status == -1)
		return fail(err, ERROR_SYSTEM, "cannot wait for the shell");
	return done;
}
