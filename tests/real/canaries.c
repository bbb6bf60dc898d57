/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Init of a guest that has secrets in all places in which a machine may have secrets. The file
 * /canaries has a line for each secret: the name of the place, and the word to put there. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/xattr.h>
#include <unistd.h>

enum { PAGE = 4096, MOST = 64, SESSION_KEYRING = -3 };

static struct {
	char place[32], word[64];
} canaries[MOST];
static int nr_canaries;

static void fail(const char *what)
{
	printf("@failed %s: %s\n", what, strerror(errno));
}

static void read_canaries(void)
{
	FILE *file = fopen("/canaries", "r");

	while (file && nr_canaries < MOST &&
	       fscanf(file, "%31s %63s", canaries[nr_canaries].place, canaries[nr_canaries].word) ==
		       2)
		nr_canaries++;
	if (file)
		fclose(file);
}

static const char *canary(const char *place)
{
	for (int i = 0; i < nr_canaries; i++)
		if (!strcmp(canaries[i].place, place))
			return canaries[i].word;
	fail(place);
	return "none";
}

static void mount_all(void)
{
	static const char *const types[] = { "proc", "devtmpfs", "tmpfs" };
	static const char *const paths[] = { "/proc", "/dev", "/tmp" };

	for (int i = 0; i < 3; i++) {
		mkdir(paths[i], 0755);
		if (mount(i == 2 ? canary("mount") : types[i], paths[i], types[i], 0, NULL))
			fail(paths[i]);
	}
}

/* --- the kernel's memory --- */

static void name_machine(void)
{
	const char *host = canary("host"), *domain = canary("domain");

	if (sethostname(host, strlen(host)) || setdomainname(domain, strlen(domain)))
		fail("host name");
}

static void write_log(void)
{
	int fd = open("/dev/kmsg", O_WRONLY);
	char text[128];

	snprintf(text, sizeof(text), "<4>a message of %s\n", canary("log"));
	if (write(fd, text, strlen(text)) < 0)
		fail("/dev/kmsg");
	close(fd);
}

/* Makes files. The first file has a name that is too long for its dentry, and content in the page
 * cache, and stays mapped. */
static void make_files(void)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "/tmp/%s", canary("folder"));
	mkdir(path, 0755);
	snprintf(path, sizeof(path), "/tmp/%s/%s-%s-%s", canary("folder"), canary("long-name"),
		 canary("long-name"), canary("long-name"));
	fd = open(path, O_RDWR | O_CREAT, 0600);
	if (dprintf(fd, "content: %s\n", canary("page-cache")) < 0 ||
	    *(volatile char *)mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0) != 'c')
		fail(path);
	if (fsetxattr(fd, "trusted.canary", canary("xattr"), strlen(canary("xattr")), 0))
		fail("xattr");
	snprintf(path, sizeof(path), "/tmp/%s", canary("name"));
	if (open(path, O_RDWR | O_CREAT, 0600) < 0)
		fail(path);
	if (symlink(canary("symlink"), "/tmp/link"))
		fail("symlink");
	if (syscall(SYS_memfd_create, canary("memfd"), 0) < 0)
		fail("memfd_create");
}

/* Encodes a text with `width` bytes for each letter. letter_at: offset of the ASCII code in these
 * bytes. Returns the size of the encoded text. */
static size_t widen(const char *text, int width, int letter_at, char *to)
{
	size_t length = strlen(text);

	memset(to, 0, length * width);
	for (size_t i = 0; i < length; i++)
		to[i * width + letter_at] = text[i];
	return length * width;
}

static void send_words(void)
{
	static const struct {
		const char *place;
		int width, letter_at;
	} words[] = {
		{ "socket", 1, 0 },	    { "socket-base64", 1, 0 },	{ "socket-utf16le", 2, 0 },
		{ "socket-utf16be", 2, 1 }, { "socket-utf32le", 4, 0 },
	};
	int ends[2], pipe_ends[2];
	char wide[4 * 64];

	if (socketpair(AF_UNIX, SOCK_DGRAM, 0, ends) || pipe(pipe_ends))
		fail("socketpair, pipe");
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		size_t size =
			widen(canary(words[i].place), words[i].width, words[i].letter_at, wide);

		if (write(ends[0], wide, size) != (ssize_t)size)
			fail(words[i].place);
	}
	if (write(pipe_ends[1], canary("pipe"), strlen(canary("pipe"))) < 0)
		fail("pipe");
}

static void bind_socket(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	strcpy(address.sun_path + 1, canary("socket-name"));
	if (bind(fd, (void *)&address,
		 offsetof(struct sockaddr_un, sun_path) + 1 + strlen(address.sun_path + 1)))
		fail("bind");
}

/* Adds two keys. The payload of the first key is binary, and its word is the payload in
 * hexadecimal. */
static void add_keys(void)
{
	const char *text = canary("key");
	unsigned char key[32];

	for (int i = 0; i < 32; i++)
		sscanf(text + 2 * (i % (strlen(text) / 2)), "%2hhx", &key[i]);
	if (syscall(SYS_add_key, "user", canary("key-name"), key, sizeof(key), SESSION_KEYRING) <
		    0 ||
	    syscall(SYS_add_key, "user", "second", canary("key-text"), strlen(canary("key-text")),
		    SESSION_KEYRING) < 0)
		fail("add_key");
}

static void load(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || syscall(SYS_finit_module, fd, "", 0))
		fail(path);
	close(fd);
}

/* --- processes --- */

static void use_memory(void)
{
	char *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	snprintf(page, PAGE, "in memory: %s", canary("user-memory"));
}

static void start_named(void)
{
	const char *host = canary("other-host");

	if (fork())
		return;
	prctl(PR_SET_NAME, canary("thread"));
	if (unshare(CLONE_NEWUTS) || sethostname(host, strlen(host)))
		fail("unshare");
	/* Set a shorter name. After the end of the shorter name, comm still contains a part of the
	 * longer name. */
	prctl(PR_SET_NAME, "ab");
	if (!fork())
		prctl(PR_SET_NAME, canary("process"));
	for (;;)
		pause();
}

static void start_program(void)
{
	char path[128], variable[128], argument[128];
	char *const arguments[] = { path, "--wait", argument, NULL }, *const variables[] = {
		variable, NULL
	};

	snprintf(path, sizeof(path), "/%s", canary("program"));
	snprintf(argument, sizeof(argument), "--password=%s", canary("argument"));
	snprintf(variable, sizeof(variable), "SECRET=%s", canary("environment"));
	if (link("/init", path))
		fail("link");
	if (!fork()) {
		execve(path, arguments, variables);
		fail("execve");
	}
}

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "--wait"))
		for (;;)
			pause();
	read_canaries();
	mount_all();
	name_machine();
	write_log();
	make_files();
	send_words();
	bind_socket();
	add_keys();
	load("/module.ko");
	use_memory();
	start_named();
	start_program();
	sleep(1);
	puts("@ready canaries");
	fflush(stdout);
	for (;;)
		pause();
}
