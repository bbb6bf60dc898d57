/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Init of a guest that uses its memory in every way. Copies the kernel's own counts to memory that
 * was allocated before. Then waits for a line, while the test dumps the memory of the guest, and
 * prints the copied counts. */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/swap.h>
#include <sys/timerfd.h>

#include "init.h"

enum {
	PAGE = 4096,
	HUGE = 2 << 20,
	MEGA = 1 << 20,
	SHMEM = 20 * MEGA,
	SHARED = 3 * MEGA,
	SWAPPED = 24 * MEGA,
	ALIKE = 1000, /* pages for KSM */
	NR_FILES = 4000, /* for slabs */
	NR_PIPES = 8,
	PIPE = MEGA,
	FAR = 300, /* a file descriptor after the end of the first table of a process */
	KEPT = 2 * MEGA,
};

static char kept[KEPT]; /* the text that is printed after the dump */
static size_t nr_kept;

static void failed(const char *what)
{
	printf("@failed %s %m\n", what);
}

static void put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		failed(path);
	close(fd);
}

static long number_of(const char *path)
{
	char text[64] = "";
	int fd = open(path, O_RDONLY);

	if (fd < 0 || read(fd, text, sizeof(text) - 1) < 0)
		return -1;
	close(fd);
	return atol(text);
}

/* Keeps a file: a line with its tag, its bytes, and a line that ends it. */
static void keep(const char *tag, const char *path)
{
	int fd = open(path, O_RDONLY);
	ssize_t got;

	nr_kept += (size_t)snprintf(kept + nr_kept, KEPT - nr_kept, "@begin %s\n", tag);
	while (fd >= 0 && nr_kept < KEPT - PAGE &&
	       (got = read(fd, kept + nr_kept, KEPT - PAGE - nr_kept)) > 0)
		nr_kept += (size_t)got;
	nr_kept += (size_t)snprintf(kept + nr_kept, KEPT - nr_kept, "%s@end %s\n",
				    kept[nr_kept - 1] == '\n' ? "" : "\n", tag);
	if (fd >= 0)
		close(fd);
}

/* Keeps the links and positions of a process' descriptors. */
static void keep_files(pid_t pid)
{
	char path[300], link[PAGE], info[256];
	struct dirent *entry;
	DIR *folder;

	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	folder = opendir(path);
	while (folder && (entry = readdir(folder))) {
		long long position = -1;
		ssize_t size, got;
		int fd;

		snprintf(path, sizeof(path), "/proc/%d/fd/%.20s", pid, entry->d_name);
		size = readlink(path, link, sizeof(link) - 1);
		if (size < 0)
			continue;
		link[size] = '\0';
		snprintf(path, sizeof(path), "/proc/%d/fdinfo/%.20s", pid, entry->d_name);
		fd = open(path, O_RDONLY);
		got = fd < 0 ? 0 : read(fd, info, sizeof(info) - 1);
		close(fd);
		info[got > 0 ? got : 0] = '\0';
		sscanf(info, "pos: %lld", &position);
		nr_kept += (size_t)snprintf(kept + nr_kept, KEPT - nr_kept, "@fd %d %s %lld %s\n",
					    pid, entry->d_name, position, link);
	}
	if (folder)
		closedir(folder);
}

static void *map(size_t size, int flags)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_ANONYMOUS | flags, -1, 0);

	if (p == MAP_FAILED) {
		failed("mmap");
		_exit(1);
	}
	return p;
}

static void fill(void *p, size_t size)
{
	for (size_t i = 0; i < size / sizeof(long); i++)
		((long *)p)[i] = random() * 0x5deece66dL;
}

/* --- uses of memory --- */

static void use_page_cache(void)
{
	static char block[MEGA];
	char path[64];
	int fd = open("/tmp/log", O_CREAT | O_WRONLY, 0600);

	for (int i = 0; i < SHMEM / MEGA; i++)
		if (write(fd, block, MEGA) != MEGA)
			failed("tmpfs");
	close(fd);
	memset(map(SHARED, MAP_SHARED), 1, SHARED);
	mkdir("/tmp/many", 0700);
	for (int i = 0; i < NR_FILES; i++) {
		snprintf(path, sizeof(path), "/tmp/many/%d", i);
		close(open(path, O_CREAT | O_WRONLY, 0600));
	}
	/* The pages of a block device are buffers. */
	fd = open("/dev/ram1", O_RDWR);
	if (fd < 0 || pread(fd, block, MEGA, 0) != MEGA)
		failed("/dev/ram1");
}

/* An array of BPF is an area of vmalloc. */
static void use_vmalloc(void)
{
	struct {
		unsigned int type, key_size, value_size, max_entries, flags;
		char rest[100];
	} attr = { 2, 4, MEGA, 9, 0, "" };

	if (syscall(SYS_bpf, 0, &attr, sizeof(attr)) < 0)
		failed("bpf");
}

/* The struct pages of pipes have no mark, and the kernel does not count these pages. */
static void use_unmarked(void)
{
	static char block[PIPE];

	for (int i = 0; i < NR_PIPES; i++) {
		int ends[2];

		if (pipe(ends) || fcntl(ends[1], F_SETPIPE_SZ, PIPE) < 0 ||
		    write(ends[1], block, PIPE) != PIPE)
			failed("pipe");
	}
}

static void use_huge_pages(void)
{
	char *p;

	put("/proc/sys/vm/nr_hugepages", "10\n");
	p = mmap(NULL, 3 * HUGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB,
		 -1, 0);
	if (p == MAP_FAILED)
		failed("hugetlb");
	else
		memset(p, 1, 3 * HUGE);
	p = map(4 * HUGE, MAP_PRIVATE);
	madvise(p, 4 * HUGE, MADV_HUGEPAGE);
	memset(p, 1, 4 * HUGE);
}

static void use_ksm(void)
{
	char *p = map(ALIKE * PAGE, MAP_PRIVATE);

	memset(p, 7, ALIKE * PAGE);
	if (madvise(p, ALIKE * PAGE, MADV_MERGEABLE)) {
		failed("MADV_MERGEABLE");
		return;
	}
	put("/sys/kernel/mm/ksm/pages_to_scan", "10000\n");
	put("/sys/kernel/mm/ksm/sleep_millisecs", "20\n");
	put("/sys/kernel/mm/ksm/run", "1\n");
	for (int i = 0; i < 600 && number_of("/sys/kernel/mm/ksm/pages_sharing") < ALIKE / 2; i++)
		usleep(100000);
	put("/sys/kernel/mm/ksm/run", "0\n");
}

/* union swap_header */
static void make_swap(const char *path, unsigned int pages, int flags)
{
	static unsigned int header[PAGE / 4];
	int fd = open(path, O_WRONLY);

	header[256] = 1;
	header[257] = pages - 1;
	memcpy((char *)header + PAGE - 10, "SWAPSPACE2", 10);
	if (fd < 0 || write(fd, header, PAGE) != PAGE || fsync(fd))
		failed(path);
	close(fd);
	if (swapon(path, flags))
		failed("swapon");
}

static void use_swap(void)
{
	put("/sys/block/zram0/disksize", "64M\n");
	make_swap("/dev/zram0", 64 * MEGA / PAGE, SWAP_FLAG_PREFER | 5);
	make_swap("/dev/ram0", 16 * MEGA / PAGE, 0);
}

/* --- mounts --- */

/* Paths of process 1. The files are placed before some mounts are changed. */
static const char *const paths[] = {
	"/kwalk-at-1",		 "/tmp/kwalk-at-2",	     "/tmp/inner/dir/kwalk-at-3",
	"/part/kwalk-at-4",	 "/tmp/detached/kwalk-at-5", "/tmp/hidden/kwalk-at-6",
	"/tmp/apart/kwalk-at-7", "/sys/kernel/kwalk-at-8",
};

static void place(const char *path)
{
	char page[PAGE] = "";
	int fd = open(path, O_CREAT | O_WRONLY, 0600);

	strcpy(page, strrchr(path, '/') + 1);
	if (fd < 0 || write(fd, page, PAGE) != PAGE)
		failed(path);
	close(fd);
}

static void mount_tmpfs(const char *path)
{
	mkdir(path, 0700);
	if (mount("tmp", path, "tmpfs", 0, NULL))
		failed(path);
}

/* Mounts a folder that exists at a second path. */
static void mount_folder(const char *folder, const char *path)
{
	mkdir(path, 0700);
	if (mount(folder, path, NULL, MS_BIND, NULL))
		failed(path);
}

static void use_mounts(void)
{
	place("/kwalk-at-1");
	place("/tmp/kwalk-at-2");
	mount_tmpfs("/tmp/inner");
	mkdir("/tmp/inner/dir", 0700);
	mount_folder("/tmp/inner/dir", "/bound");
	place("/bound/kwalk-at-3");
	mount_tmpfs("/tmp/whole");
	mkdir("/tmp/whole/dir", 0700);
	place("/tmp/whole/dir/kwalk-at-4");
	mount_folder("/tmp/whole/dir", "/part");
	umount("/tmp/whole");
	mount_tmpfs("/tmp/detached");
	place("/tmp/detached/kwalk-at-5");
	open("/tmp/detached/kwalk-at-5", O_RDONLY);
	umount2("/tmp/detached", MNT_DETACH);
	mount_tmpfs("/tmp/hidden");
	place("/tmp/hidden/kwalk-at-6");
	mount_tmpfs("/tmp/hidden");
}

/* Another process with its own mounts. */
static void apart(void)
{
	if (unshare(CLONE_NEWNS))
		failed("unshare");
	mount_tmpfs("/tmp/apart");
	place("/tmp/apart/kwalk-at-7");
}

/* Prints the paths that this process can see. */
static void tell_paths(void)
{
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		printf("@path %s %s\n", access(paths[i], F_OK) ? "-" : "+", paths[i]);
}

/* --- processes --- */

static int ready[2];

/* Starts a process that calls begin(), and then sleeps until the end. Returns when begin() has
 * ended. */
static pid_t start(const char *name, void (*begin)(void))
{
	char byte;
	pid_t pid;

	fflush(stdout);
	if (pipe(ready))
		failed("pipe");
	pid = fork();
	if (!pid) {
		prctl(PR_SET_NAME, name);
		close(ready[0]);
		begin();
		fflush(stdout);
		close(ready[1]);
		for (;;)
			pause();
	}
	close(ready[1]);
	if (read(ready[0], &byte, 1))
		failed("ready");
	close(ready[0]);
	printf("@process %s %d\n", name, pid);
	return pid;
}

static void swapped(void)
{
	char *p = map(SWAPPED, MAP_PRIVATE);

	madvise(p, SWAPPED, MADV_NOHUGEPAGE);
	fill(p, SWAPPED);
	if (madvise(p, SWAPPED, 21 /* MADV_PAGEOUT, 5.4 */))
		failed("MADV_PAGEOUT");
}

static void with_files(void)
{
	int fd, pair[2];
	sigset_t none;

	sigemptyset(&none);
	fd = open("/tmp/log", O_RDONLY);
	lseek(fd, 12345, SEEK_SET);
	fd = open("/tmp/deleted", O_CREAT | O_RDWR, 0600);
	if (write(fd, "deleted", 7) != 7)
		failed("deleted");
	unlink("/tmp/deleted");
	open("/tmp/many", O_RDONLY | O_DIRECTORY);
	open("/dev/null", O_RDWR);
	open("/proc/self/status", O_RDONLY);
	socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
	socket(AF_UNIX, SOCK_DGRAM, 0);
	socket(AF_NETLINK, SOCK_RAW, 0);
	epoll_create1(0);
	eventfd(0, 0);
	timerfd_create(CLOCK_MONOTONIC, 0);
	signalfd(-1, &none, 0);
	inotify_init();
	memfd_create("a memfd", 0);
	if (pipe(pair) || mkfifo("/tmp/fifo", 0600))
		failed("pipe");
	open("/tmp/fifo", O_RDWR);
	dup2(fd, FAR);
	if (setresgid(2000, 2001, 2002) || setresuid(1000, 1234, 1001))
		failed("setresuid");
}

static void many_threads(void)
{
	/* Each process has a stack in the kernel. */
	for (int i = 0; i < 40; i++)
		if (!fork()) {
			close(ready[1]);
			for (;;)
				pause();
		}
}

static void keep_all(const pid_t *pid, int nr)
{
	static const char *const names[] = {
		"slabinfo",	"vmallocinfo", "swaps",	 "iomem",   "buddyinfo",
		"pagetypeinfo", "zoneinfo",    "vmstat", "meminfo",
	};
	char tag[64], path[64];

	for (int i = 0; i < nr; i++) {
		keep_files(pid[i]);
		snprintf(tag, sizeof(tag), "status-%d", pid[i]);
		snprintf(path, sizeof(path), "/proc/%d/status", pid[i]);
		keep(tag, path);
	}
	keep("zram", "/sys/block/zram0/mm_stat");
	keep("ksm", "/sys/kernel/mm/ksm/pages_shared");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "/proc/%s", names[i]);
		keep(names[i], path);
	}
}

int main(void)
{
	pid_t pid[5] = { 1 };
	char line[64];

	begin_init();
	setrlimit(RLIMIT_MEMLOCK, &(struct rlimit){ RLIM_INFINITY, RLIM_INFINITY });
	mount("tmp", "/tmp", "tmpfs", 0, NULL);
	load_modules();
	use_swap();
	use_page_cache();
	use_mounts();
	use_vmalloc();
	use_unmarked();
	use_huge_pages();
	use_ksm();
	pid[1] = start("kwalk-files", with_files);
	pid[2] = start("kwalk-swapped", swapped);
	pid[3] = start("kwalk-stacks", many_threads);
	pid[4] = start("kwalk-apart", apart);
	tell_paths();
	puts("@inflate");
	if (!fgets(line, sizeof(line), stdin))
		failed("line");
	memset(kept, 1, KEPT);
	sleep(2);
	put("/proc/sys/vm/stat_refresh", "1\n");
	keep_all(pid, 5);
	nr_kept = 0;
	put("/proc/sys/vm/stat_refresh", "1\n");
	keep_all(pid, 5);
	puts("@ready");
	if (!fgets(line, sizeof(line), stdin))
		failed("line");
	fwrite(kept, 1, nr_kept, stdout);
	puts("@done");
	for (;;)
		pause();
}
