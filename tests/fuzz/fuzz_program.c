/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The whole program: main() is called with arguments, environment variables and standard input from
 * the input. Standard input may be a terminal. Only the shell commands below are run. FUZZ_SCENES
 * has the dumps. The only server of debuginfod is a folder. */
#include "line.h"
#include "sandbox/sandbox.h"
#include "scene.h"
#include "session.h"
#include "terminal.h"

#include <dirent.h>
#include <errno.h>
#include <getopt.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

int kwalk_main(int argc, char **argv);

enum { MOST_ARGUMENTS = 12 };

static char folder[] = "/dev/shm/kwalk-program-XXXXXX", server[64];
static char debug_folder[3072];
static struct dirent **debug_files; /* vmlinux and its parts, sorted by name */
static int nr_debug_files;
static char archives_folder[3072];
static struct dirent **archives; /* sorted by name */
static int nr_archives;
static int script_file;

static const char *const words[] = {
	"-j",
	"-q",
	"-v",
	"-h",
	"-V",
	"--help",
	"--version",
	"--json",
	"--quiet",
	"--verbose",
	"--strict",
	"--strict=1",
	"--debuginfod",
	"--debuginfod=yes",
	"--debuginfod=no",
	"--debuginfod=ask",
	"--debuginfod=maybe",
	"--",
	"-",
	"-x-",
	"-x",
	"--script",
	"--script=-",
	"-c",
	"--command",
	"-o",
	"--override",
	"-jqv",
	"-jz",
	"--s",
	"--\n@@",
	"-\x1b",
	"",
	"/nonexistent",
	"/dev/null",
	"/",
	".",
	"no\n@@",
	"-x/",
	"-x/nonexistent",
	"--sandbox",
	"--sandbox=no",
	"--sandbox=require",
	"--sandbox=x",
	"--no-shell",
	"--no-files",
	"--max-memory=64K",
	"--max-memory=1M",
	"--max-memory=1T",
	"--max-memory=x",
	"--timeout=1",
	"--timeout=x",
	"/sys/kernel/uevent_seqnum",
	"/sys/kernel/profiling",
	"--csv",
	"--max-lines=3",
	"--max-lines=x",
	"--color=always",
	"--color=x",
	"--no-pager",
	"--unpack",
	"--unpack=no",
	"--unpack=ask",
	"--unpack=x",
};
static const char *const overrides[] = {
	"arch=x86_64",
	"arch=i386",
	"arch=pae",
	"arch=none",
	"levels=4",
	"levels=5",
	"levels=9",
	"levels=x",
	"root=2000",
	"root=-1",
	"root=1c10000",
	"phys_base=0",
	"phys_base=-1000000",
	"kaslr_offset=0",
	"page_offset=ffff888000000000",
	"page_offset=zz",
	"sme_mask=1",
	"vmcoreinfo=/nonexistent",
	"vmcoreinfo=/dev/null",
	"nothing=1",
	"arch",
	"=",
	"arch=\n@@",
	"struct_page_size=0",
	"struct_page_size=40",
	"memory_model=sparsemem",
	"root=",
	"phys_base=10000000000000000",
};
static const char *const shell_lines[] = {
	"!true",
	"!exit 3",
	"!kill -9 $$",
	"info | cat",
	"regions | head -n 1",
	"vtop 0 | exit 127",
	"help | cat >&2",
	"!exit 126",
	"info | true; q",
	"regions; info; regions | false",
	"pt -W | cat",
	"annotate <",
	"log -a",
	"annotate -p 1 <; whatis -v ffff888000030000",
	"rd -r @ ffff888000030000 2000; search -t Linux",
	"annotate /nonexistent",
	"slabs -v; zones; frames",
	"triage; info",
	"regions > @; ptob 1 >> @; ptob 2 > /nonexistent/x; ptob 3 > a b",
	"ptob 1 >> /dev/full; rd -r /dev/full 0; rd -r @ 0 1000",
	"format csv; regions; sym schedule; format json; ptob 1; format text",
	"ptob 1 > <; info >",
	"areas -m; sym -l m | tail -n 3 > @",
	"extract -f -w @",
	"extract -f -l frames -w @ --manifest @m",
	"extract -f -l kernel -z zlib -w @",
	"extract -f -l all -z zlib -w @; extract -w @",
	"extract -f -l all -z snappy -w @; extract -l x -w @",
	"extract -f -l all -z zstd -w @; diff @",
	"extract -l process -f -w @ init 1; extract -w @ --manifest @",
	"extract -f -l all -w @; extract -f -w @r; diff @; diff @r",
	"report -f -w @; report -w @; report --json -w @",
	"report -w @; report --json -f -w @; regions -w @",
	"diff <; diff /dev/null; diff /nonexistent; extract -f -w /nonexistent/x",
};
#define PICK(LIST, NUMBER) LIST[(NUMBER) % (sizeof(LIST) / sizeof((LIST)[0]))]

/* --- the sandbox --- */

void __real_sandbox_enter(bool live);
void __wrap_sandbox_enter(bool live);
void __real_sandbox_narrow(const struct sandbox_paths *paths, const char *folders, bool lists);
void __wrap_sandbox_narrow(const struct sandbox_paths *paths, const char *folders, bool lists);

static bool tries_sandbox; /* the input chooses this */

/* The sandbox cannot be left again, so it is not entered. The helper outside of it runs. */
void __wrap_sandbox_enter(bool live)
{
	(void)live;
}

static bool can_open(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0600);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/* Tries what an attacker would try in the sandbox. */
static void try_to_leave(void)
{
	static char *const nothing[] = { NULL };
	char path[64];

	snprintf(path, sizeof(path), "%s/written", folder);
	PROMISED(!can_open(path, O_WRONLY | O_CREAT));
	PROMISED(sandbox_lacks(SANDBOX_CALLS) || syscall(SYS_socket, 2, 1, 0) < 0);
	PROMISED(sandbox_lacks(SANDBOX_CALLS) || kill(getppid(), 0) < 0);
	PROMISED(sandbox_lacks(SANDBOX_FILES) || !can_open("/etc/passwd", O_RDONLY));
	execve("/bin/true", nothing, nothing);
	for (enum sandbox_part part = 0; part < NR_SANDBOX_PARTS; part++)
		PROMISED(sandbox_part_name(part));
}

/* A child enters the sandbox, with the paths of this run. */
void __wrap_sandbox_narrow(const struct sandbox_paths *paths, const char *folders, bool lists)
{
	int status;
	pid_t child = tries_sandbox ? fork() : -1, ended;

	if (child == 0) {
		__real_sandbox_enter(false);
		__real_sandbox_narrow(paths, folders, lists);
		try_to_leave();
		_exit(3);
	}
	if (child < 0)
		return;
	do
		ended = waitpid(child, &status, 0);
	while (ended < 0 && errno == EINTR);
	PROMISED(ended == child && WIFEXITED(status) && WEXITSTATUS(status) == 3);
}

/* Makes the folder in which debuginfod finds the vmlinux of most scenes. */
static void make_server(void)
{
	const char *id = "c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00";
	char path[4096];

	snprintf(server, sizeof(server), "file://%s", folder);
	snprintf(path, sizeof(path), "%s/buildid", folder);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/buildid/%s", folder, id);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/buildid/%s/debuginfo", folder, id);
	if (symlink(scenes[0].vmlinux.path, path))
		abort();
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	lines_load();
	scenes_load("scenes", note_words, NULL);
	if (!mkdtemp(folder))
		abort();
	make_server();
	snprintf(debug_folder, sizeof(debug_folder), "%s", fuzz_file("FUZZ_DEBUG", "debug"));
	nr_debug_files = scandir(debug_folder, &debug_files, NULL, alphasort);
	snprintf(archives_folder, sizeof(archives_folder), "%s",
		 fuzz_file("FUZZ_ARCHIVES", "archives"));
	nr_archives = scandir(archives_folder, &archives, NULL, alphasort);
	terminal_open();
	ioctl(terminal.master, TIOCSWINSZ, &(struct winsize){ .ws_row = 24, .ws_col = 80 });
	script_file = memfd_create("script", MFD_CLOEXEC);
	setenv("XDG_STATE_HOME", folder, 1);
	setenv("XDG_CACHE_HOME", folder, 1);
	setenv("DEBUGINFOD_CACHE_PATH", folder, 1);
	setenv("DEBUGINFOD_TIMEOUT", "1", 1);
	setenv("INPUTRC", "/dev/null", 1);
	setenv("TERM", "xterm", 1);
	return 0;
}

/* Takes bytes of the input as one argument. No shell reads them. */
static char *free_text(struct input *input)
{
	size_t size = take(input, 1) % 24;
	char *text = calloc(1, size + 1);

	for (size_t i = 0; i < size; i++)
		text[i] = (char)take(input, 1);
	take_out_shell(text);
	return text;
}

/* Replaces '<' by the script, and '@' by a file to write. */
static char *shell_line(const char *line)
{
	char *text = calloc(1, 2 + 100 * strlen(line)), *at = text + 2;

	memcpy(text, "-c", 2);
	for (; *line; line++)
		if (*line == '<')
			at += sprintf(at, "/proc/self/fd/%d", script_file);
		else if (*line == '@')
			at += sprintf(at, "%s/written", folder);
		else
			*at++ = *line;
	return text;
}

/* Makes an archive with changed bytes. The input gives the number of changes, and for each change
 * the place (2 bytes) and the value. The name is always the same, so an archive that was unpacked
 * is found again, or belongs to another one. */
static char *archive(struct input *input, uint64_t number)
{
	char path[4096], *text = NULL;
	uint8_t *bytes = malloc(1 << 20);
	ssize_t size = -1;
	int from = -1, to;

	if (nr_archives > 0) {
		snprintf(path, sizeof(path), "%s/%s", archives_folder,
			 archives[number % (unsigned int)nr_archives]->d_name);
		from = open(path, O_RDONLY | O_CLOEXEC);
		size = read(from, bytes, 1 << 20);
	}
	for (uint64_t nr = take(input, 1) % 4; nr && size > 0; nr--) {
		uint64_t at = take(input, 2) % (uint64_t)size;

		bytes[at] = (uint8_t)(bytes[at] ^ take(input, 1));
	}
	if (asprintf(&text, "%s/archive", folder) < 0)
		abort();
	unlink(text);
	to = open(text, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (to < 0 || (size > 0 && write(to, bytes, (size_t)size) != size))
		abort();
	close(to);
	close(from);
	free(bytes);
	return text;
}

static char *argument(struct input *input, const struct scene *scene)
{
	uint64_t kind = take(input, 1), number = take(input, 1);
	char *text = NULL;
	int size = 0;

	switch (kind % 10) {
	case 0:
	case 1: return strdup(PICK(words, number));
	case 2: size = asprintf(&text, "-o%s", PICK(overrides, number)); break;
	case 3:
	case 4:
		size = asprintf(&text, "-c%s", line_take(input, member_of_dump, &scene->dump));
		break;
	case 5: return shell_line(PICK(shell_lines, number));
	case 6: size = asprintf(&text, "-x/proc/self/fd/%d", script_file); break;
	case 7:
		if (number % 3 == 0 && nr_debug_files > 0)
			size = asprintf(&text, "%s/%s", debug_folder,
					debug_files[number / 3 % (unsigned int)nr_debug_files]
						->d_name);
		else
			return strdup(scene->vmlinux.path);
		break;
	case 8:
		if (number % 4 == 0 && number >= 128)
			return archive(input, number / 4 - 32);
		if (number % 4 == 0)
			size = asprintf(&text, "%s@%" PRIx64, scene->dump.path, number << 10);
		else
			return strdup(number % 4 == 1 ? scenes[number % nr_scenes].dump.path :
							scene->dump.path);
		break;
	default: return free_text(input);
	}
	if (size < 0)
		abort();
	return text;
}

static void set_or_not(const char *name, bool set, const char *value)
{
	if (set)
		setenv(name, value, 1);
	else
		unsetenv(name);
}

static void choose_environment(uint64_t choice)
{
	static const char *const uses[] = { "yes", "no", "ask", "perhaps\n@@" };

	set_or_not("KWALK_DEBUGINFOD", choice & 4, uses[choice & 3]);
	set_or_not("DEBUGINFOD_URLS", choice & 8, choice & 16 ? server : "file:///nonexistent");
	setenv("KWALK_DEBUG_PATH", choice & 32 ? debug_folder : "", 1);
	set_or_not("KWALK_PROGRESS", choice & 64, "0");
	setenv("PAGER", choice & 128 ? "sed s/a/b/" : "cat", 1);
}

/* Writes the script for -x and standard input. */
static void write_script(const uint8_t *data, size_t size)
{
	char *text = strndup((const char *)data, size);

	take_out_shell(text);
	if (ftruncate(script_file, 0) || pwrite(script_file, text, strlen(text), 0) < 0 ||
	    lseek(script_file, 0, SEEK_SET))
		abort();
	free(text);
}

static void remove_unpacked(void)
{
	char path[4096], name[8192];
	struct dirent *entry;
	DIR *unpacked;

	snprintf(path, sizeof(path), "%s/kwalk/unpacked", folder);
	unpacked = opendir(path);
	while (unpacked && (entry = readdir(unpacked))) {
		snprintf(name, sizeof(name), "%s/%s", path, entry->d_name);
		unlink(name);
	}
	if (unpacked)
		closedir(unpacked);
}

static void remove_vmlinux_of_cache(void)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00/debuginfo",
		 folder);
	unlink(path);
}

/* Sets the standard descriptors during a call. -1: closed. */
static void with_descriptors(int argc, char **argv, int in, int out, int error)
{
	int before[3], given[3] = { in, out, error };

	for (int i = 0; i < 3; i++) {
		before[i] = fcntl(i, F_DUPFD_CLOEXEC, 10);
		if (given[i] >= 0)
			dup2(given[i], i);
		else
			close(i);
	}
	optind = 0; /* getopt starts again */
	interrupt_came = 0;
	say_use_colour(COLOUR_AUTO);
	set_timer(400000000);
	kwalk_main(argc, argv);
	set_timer(0);
	clearerr(stdin);
	fflush(stderr);
	for (int i = 0; i < 3; i++) {
		dup2(before[i], i);
		close(before[i]);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = { data, size };
	uint64_t first = take(&input, 1), ways = take(&input, 1);
	const struct scene *scene = &scenes[(first >> 1) % nr_scenes];
	char *argv[MOST_ARGUMENTS + 2] = { NULL };
	int argc = 0, in;
	bool seen = ways & 1;
	enum kind_of_text kind = TEXT;
	static unsigned int runs;
	char *keys;

	if (size < 4)
		return 0;
	argv[argc++] = strdup("kwalk");
	tries_sandbox = ways & 8;
	choose_environment(take(&input, 1));
	for (uint64_t nr = take(&input, 1) % MOST_ARGUMENTS; nr; nr--)
		argv[argc++] = argument(&input, scene);
	for (int i = 1; i < argc; i++)
		if (!strcmp(argv[i], "--color=always"))
			kind = COLOURED;
	if (first & 1)
		argv[argc++] = strdup(scene->dump.path);
	write_script(input.data, input.size);
	keys = strndup((const char *)input.data, input.size);
	take_out_shell(keys);
	terminal_type((uint8_t *)keys, strlen(keys));
	capture_begin();
	in = seen ? terminal.slave : ways & 2 ? script_file : ways & 4 ? -1 : answers;
	with_descriptors(argc, argv, in, seen ? terminal.slave : answers,
			 seen ? terminal.slave : complaints);
	terminal_drain();
	dup2(standard_error, STDERR_FILENO);
	/* Shell commands also write there, and the output of --help is not JSON. */
	capture_check(answers, kind);
	capture_check(complaints, kind);
	remove_vmlinux_of_cache();
	if (++runs % 16 == 0) /* until then, it may be found again */
		remove_unpacked();
	while (waitpid(-1, NULL, WNOHANG) > 0)
		; /* helpers of this run and of earlier runs */
	free(keys);
	while (argc)
		free(argv[--argc]);
	return 0;
}
