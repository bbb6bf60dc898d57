/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The helper outside of the sandbox: commands, files, services. */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit.h"

#undef fail /* defined by cmocka */

#include "sandbox/new_files.h"
#include "sandbox/outside.h"

static char folder[] = "/tmp/test_outside.XXXXXX", path[PATH_MAX];

static const char *refusal(void *arg, enum outside_kind kind, const char *text)
{
	assert_ptr_equal(arg, folder);
	return strstr(text, "forbidden")			   ? "is forbidden" :
	       kind == OUTSIDE_APPEND && strstr(text, "read-only") ? "is read-only" :
								     NULL;
}

static bool serve(void *arg, const char *request, struct outside_answer *answer, struct error *err)
{
	assert_ptr_equal(arg, folder);
	if (!strcmp(request, "fail"))
		return fail(err, ERROR_INTERRUPTED, "as was asked");
	if (!strcmp(request, "open"))
		answer->fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	snprintf(answer->text, sizeof(answer->text), "answer to %s", request);
	return true;
}

static int start(void **state)
{
	static const struct outside_work work = { .refusal = refusal,
						  .serve = serve,
						  .arg = folder };

	(void)state;
	return outside_start(&work, NULL) ? 0 : -1;
}

static int end(void **state)
{
	(void)state;
	outside_end();
	while (waitpid(-1, NULL, 0) > 0)
		;
	return 0;
}

static void expect_content(const char *want)
{
	char content[64] = "";
	struct error err;
	int fd = outside_open(path, OUTSIDE_READ, &err);

	assert_true(fd > 2);
	assert_true(read(fd, content, sizeof(content) - 1) >= 0);
	assert_string_equal(content, want);
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	assert_int_equal(write(fd, "x", 1), -1);
	close(fd);
}

static void put(enum outside_kind kind, const char *text)
{
	int fd = outside_open(path, kind, NULL);

	assert_true(fd > 2);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

static void append(const char *text)
{
	put(OUTSIDE_APPEND, text);
	assert_true(outside_written(NULL));
	assert_true(outside_settle(SETTLE_REMOVE, NULL)); /* the file stays */
}

static void files_are_opened(void **state)
{
	struct error err;

	(void)state;
	append("one\n");
	append("two\n");
	expect_content("one\ntwo\n");
	unlink(path);
	assert_int_equal(outside_open(path, OUTSIDE_READ, &err), -1);
	assert_non_null(strstr(err.message, "No such file"));
	append("three\n");
	expect_content("three\n");
}

static size_t nr_files(void)
{
	DIR *dir = opendir(folder);
	size_t nr = 0;

	while (readdir(dir))
		nr++;
	closedir(dir);
	return nr - 2; /* . and .. */
}

static void new_files_are_whole_or_not_there(void **state)
{
	struct error err;
	int fd;

	(void)state;
	unlink(path);
	append("before\n");
	put(OUTSIDE_NEW, "new\n");
	expect_content("before\n");
	assert_int_equal(nr_files(), 2);
	assert_true(outside_settle(true, &err));
	expect_content("new\n");
	assert_false(outside_settle(true, &err)); /* only once */
	put(OUTSIDE_NEW, "other\n");
	assert_true(outside_settle(false, &err));
	expect_content("new\n");
	assert_int_equal(nr_files(), 1);
	/* three files at a time; the last opened file must be settled first */
	put(OUTSIDE_NEW, "1");
	put(OUTSIDE_NEW, "2");
	put(OUTSIDE_NEW, "3");
	assert_int_equal(outside_open(path, OUTSIDE_NEW, &err), -1);
	assert_true(outside_settle(true, &err));
	expect_content("3");
	assert_true(outside_settle(true, &err));
	expect_content("2");
	assert_true(outside_settle(true, &err));
	expect_content("1");
	/* the end of the helper removes files that were not settled */
	put(OUTSIDE_NEW, "3");
	put(OUTSIDE_NEW, "4");
	assert_int_equal(nr_files(), 3);
	end(state);
	assert_int_equal(nr_files(), 1);
	assert_int_equal(start(state), 0);
	/* a folder is not a file; the folder does not exist */
	assert_int_equal(outside_open(folder, OUTSIDE_NEW, &err), -1);
	assert_non_null(strstr(err.message, "not a regular file"));
	assert_int_equal(outside_open("/nowhere/file", OUTSIDE_NEW, &err), -1);
	assert_non_null(strstr(err.message, "No such file"));
	fd = outside_open(path, OUTSIDE_NEW, &err);
	assert_true(fd > 2);
	close(fd);
	unlink(path);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_false(outside_settle(true, &err));
	rmdir(path);
	assert_int_equal(nr_files(), 0);
}

/* Returns the number of open files of this process that have no name. */
static size_t nr_nameless(void)
{
	DIR *dir = opendir("/proc/self/fd");
	char link[PATH_MAX];
	struct dirent *entry;
	size_t nr = 0;

	while ((entry = readdir(dir))) {
		ssize_t size = readlinkat(dirfd(dir), entry->d_name, link, sizeof(link) - 1);

		link[size > 0 ? size : 0] = '\0';
		nr += strstr(link, "(deleted)") != NULL;
	}
	closedir(dir);
	return nr;
}

/* Runs without a helper, to check what is done before the answer and after it. */
static void removing_a_file_frees_it_after_the_answer(void **state)
{
	size_t before = nr_nameless();
	int fd;

	(void)state;
	for (int keep = 0; keep < 2; keep++) {
		assert_true(new_file_make(path, &fd, NULL));
		close(fd);
		assert_true(new_files_settle(keep ? "keep" : "", NULL));
		assert_int_equal(nr_nameless(), before + !keep);
		new_files_let_go();
		assert_int_equal(nr_nameless(), before);
	}
	unlink(path);
	assert_int_equal(nr_files(), 0);
}

static void what_is_refused_is_not_done(void **state)
{
	struct error err;
	int status;

	(void)state;
	assert_int_equal(outside_open("/tmp/forbidden", OUTSIDE_APPEND, &err), -1);
	assert_string_equal(err.message, "is forbidden");
	assert_true(access("/tmp/forbidden", F_OK) < 0);
	assert_int_equal(outside_open("read-only", OUTSIDE_APPEND, &err), -1);
	assert_string_equal(err.message, "is read-only");
	assert_false(outside_run("forbidden", -1, -1, &err));
	assert_false(outside_runs());
	/* the helper continues to work */
	assert_true(outside_run("exit 3", -1, -1, &err));
	assert_true(outside_wait(&status, &err));
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 3);
}

static void commands_have_descriptors(void **state)
{
	int in[2], out[2], status;
	char text[64] = "";
	struct error err;

	(void)state;
	assert_int_equal(pipe(in) | pipe(out), 0);
	assert_true(outside_run("tr a-z A-Z", in[0], out[1], &err));
	close(in[0]);
	close(out[1]);
	assert_true(outside_runs());
	/* Requests are possible while the command runs, but a second command is not. */
	assert_false(outside_open("/nowhere/x", OUTSIDE_READ, &err) >= 0);
	assert_int_equal(write(in[1], "text\n", 5), 5);
	close(in[1]);
	assert_int_equal(read(out[0], text, sizeof(text)), 5);
	assert_string_equal(text, "TEXT\n");
	assert_int_equal(read(out[0], text, sizeof(text)), 0);
	assert_true(outside_wait(&status, &err));
	assert_int_equal(status, 0);
	assert_false(outside_runs());
	close(out[0]);
	/* Only standard output is replaced. */
	assert_int_equal(pipe(out), 0);
	assert_true(outside_run("echo x; kill -9 $$", -1, out[1], &err));
	close(out[1]);
	assert_int_equal(read(out[0], text, sizeof(text)), 2);
	assert_true(outside_wait(&status, &err));
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	close(out[0]);
}

static bool no_memory;

/* In the place of libc's, which fails only without memory. */
int posix_spawn_file_actions_adddup2(posix_spawn_file_actions_t *actions, int fd, int as)
{
	int (*usual)(posix_spawn_file_actions_t *, int, int);

	if (no_memory)
		return ENOMEM;
	*(void **)&usual = dlsym(RTLD_NEXT, "posix_spawn_file_actions_adddup2");
	return usual(actions, fd, as);
}

static void commands_without_descriptors_are_not_run(void **state)
{
	struct error err;

	no_memory = true;
	assert_int_equal(start(state), 0);
	no_memory = false;
	assert_false(outside_run("true", STDIN_FILENO, -1, &err));
	assert_non_null(strstr(err.message, "cannot run a shell"));
	assert_false(outside_runs());
}

static void signals_are_as_they_were(void **state)
{
	sigset_t blocked, before;
	struct error err;
	int status;

	sigemptyset(&blocked);
	sigaddset(&blocked, SIGCHLD);
	sigaddset(&blocked, SIGUSR1);
	sigprocmask(SIG_BLOCK, &blocked, &before);
	signal(SIGCHLD, SIG_IGN);
	assert_int_equal(start(state), 0);
	sigprocmask(SIG_SETMASK, &before, NULL);
	signal(SIGCHLD, SIG_DFL);
	/* SIGUSR1 is blocked, and SIGPIPE is not */
	assert_true(outside_run("kill -USR1 $$; kill -PIPE $$; exit 1", -1, -1, &err));
	assert_true(outside_wait(&status, &err));
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGPIPE);
}

/* The helper remembers the end of a command that it notes during another request. */
static void an_end_is_kept(void **state)
{
	struct outside_answer answer;
	struct error err;
	int status;

	(void)state;
	assert_true(outside_run("exit 5", -1, -1, &err));
	while (outside_runs())
		usleep(1000);
	assert_true(outside_ask("this", &answer, &err));
	assert_string_equal(answer.text, "answer to this");
	assert_false(outside_runs());
	assert_true(outside_wait(&status, &err));
	assert_int_equal(WEXITSTATUS(status), 5);
}

static void services_answer(void **state)
{
	struct outside_answer answer;
	struct error err;

	(void)state;
	assert_true(outside_ask("", &answer, &err));
	assert_string_equal(answer.text, "answer to ");
	assert_int_equal(answer.fd, -1);
	assert_true(outside_ask("open", &answer, &err));
	assert_true(answer.fd > 2);
	close(answer.fd);
	assert_false(outside_ask("fail", &answer, &err));
	assert_int_equal(err.code, ERROR_INTERRUPTED);
	assert_string_equal(err.message, "as was asked");
}

static void long_texts(void **state)
{
	enum { LONGEST = (128 << 10) - 1 };
	char *text = malloc(LONGEST + 2);
	struct outside_answer answer;
	struct error err;
	int status;

	(void)state;
	memset(text, ' ', LONGEST + 1);
	text[LONGEST + 1] = '\0';
	assert_false(outside_run(text, -1, -1, &err));
	assert_non_null(strstr(err.message, "is longer than 131071 bytes"));
	text[LONGEST] = '\0';
	memcpy(text + LONGEST - 6, "exit 4", 6);
	assert_true(outside_run(text, -1, -1, &err));
	assert_true(outside_wait(&status, &err));
	assert_int_equal(WEXITSTATUS(status), 4);
	assert_true(outside_ask("", &answer, &err));
	free(text);
}

static void without_a_helper(void **state)
{
	struct outside_answer answer;
	struct error err;
	int status;

	(void)state;
	/* The helper may be killed before it has answered. */
	assert_false(outside_run("kill -9 $PPID", -1, -1, &err) && outside_wait(&status, &err));
	assert_non_null(strstr(err.message, "has ended"));
	assert_false(outside_runs());
	assert_false(outside_ask("", &answer, &err));
	assert_int_equal(answer.fd, -1);
	assert_non_null(strstr(err.message, "needs the process outside"));
	assert_int_equal(outside_open(path, OUTSIDE_READ, NULL), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(files_are_opened, start, end),
		cmocka_unit_test_setup_teardown(new_files_are_whole_or_not_there, start, end),
		cmocka_unit_test(removing_a_file_frees_it_after_the_answer),
		cmocka_unit_test_setup_teardown(what_is_refused_is_not_done, start, end),
		cmocka_unit_test_setup_teardown(commands_have_descriptors, start, end),
		cmocka_unit_test_teardown(commands_without_descriptors_are_not_run, end),
		cmocka_unit_test_teardown(signals_are_as_they_were, end),
		cmocka_unit_test_setup_teardown(an_end_is_kept, start, end),
		cmocka_unit_test_setup_teardown(services_answer, start, end),
		cmocka_unit_test_setup_teardown(long_texts, start, end),
		cmocka_unit_test_setup_teardown(without_a_helper, start, end),
	};
	int failed;

	if (!mkdtemp(folder))
		return 1;
	snprintf(path, sizeof(path), "%s/file", folder);
	signal(SIGPIPE, SIG_IGN);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(path);
	rmdir(folder);
	return failed;
}
