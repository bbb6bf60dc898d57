// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The init of the guest. Makes mappings of every kind, and prints to the serial line what the
 * guest's kernel reports about them. Then keeps the CPU busy, so that CR3 points to the page table
 * of this process when the memory image is taken.
 *
 * Each fact is one line that starts with "@". The same program is the init of a capture kernel. If
 * /proc/vmcore exists, copies it to the first disk.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT 21
#endif
#ifndef KEXEC_FILE_ON_CRASH
#define KEXEC_FILE_ON_CRASH 2
#endif

#ifdef __aarch64__
#define CONSOLE "ttyAMA0"
#define DEVICE 0x3e000000 /* in the memory window of PCI, at an address without a device */
#elif defined(__riscv)
#define CONSOLE "ttyS0"
#define DEVICE 0x7e000000 /* as for arm64 */
#else
#define CONSOLE "ttyS0"
#define DEVICE 0xa0000 /* the VGA window; this guest has no VGA device */
#endif

#define PAGE ((size_t)sysconf(_SC_PAGESIZE))
#define LARGEST_PAGE 65536
#define PAGEMAP_PRESENT (1ULL << 63)
#define PAGEMAP_PFN ((1ULL << 55) - 1)

static const char capture_arguments[] = "console=" CONSOLE " quiet nr_cpus=1 reset_devices";

static void complain(const char *format, ...)
{
	va_list list;

	va_start(list, format);
	printf("@failed ");
	vprintf(format, list);
	printf(": %s\n", strerror(errno));
	va_end(list);
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		complain("write %s", path);
	if (fd >= 0)
		close(fd);
}

static void print_file(const char *tag, const char *path)
{
	char line[4096];
	FILE *file = fopen(path, "r");

	if (!file) {
		complain("open %s", path);
		return;
	}
	while (fgets(line, sizeof(line), file))
		printf("@%s %s", tag, line);
	fclose(file);
}

/* Prints the stacks of tasks that sleep for a long time, as the kernel's own unwinder finds
 * them. */
static void print_sleepers(void)
{
	static const char *const names[] = { "kthreadd",  "kauditd",	  "oom_reaper",
					     "kdevtmpfs", "kwalk-child0", "kwalk-child1" };
	char path[64], tag[32], name[32];

	for (int pid = 2; pid < 1000; pid++) {
		FILE *file;

		snprintf(path, sizeof(path), "/proc/%d/comm", pid);
		file = fopen(path, "r");
		if (!file)
			continue;
		if (!fgets(name, sizeof(name), file))
			name[0] = '\0';
		fclose(file);
		name[strcspn(name, "\n")] = '\0';
		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
			if (strcmp(name, names[i]))
				continue;
			snprintf(path, sizeof(path), "/proc/%d/stack", pid);
			snprintf(tag, sizeof(tag), "sleeper %d", pid);
			print_file(tag, path);
		}
	}
}

/* Prints the stacks of all tasks, as the kernel's own unwinder finds them. A running task has no
 * lines. */
static void print_stacks(void)
{
	char path[64], tag[32];

	for (int pid = 2; pid < 1000; pid++) {
		snprintf(path, sizeof(path), "/proc/%d/stack", pid);
		if (access(path, R_OK))
			continue;
		snprintf(tag, sizeof(tag), "stack %d", pid);
		print_file(tag, path);
	}
}

/* Does the command line have this argument? */
static bool has_argument(const char *argument)
{
	char line[1024] = "";
	FILE *file = fopen("/proc/cmdline", "r");

	if (!file || !fgets(line, sizeof(line), file))
		complain("read /proc/cmdline");
	if (file)
		fclose(file);
	return strstr(line, argument);
}

/* If the command line has kwalk.stacks, lets the kernel print all stacks to its log. These stacks
 * include the functions of the scheduler, and the stacks of running tasks. */
static void log_stacks(void)
{
	if (!has_argument("kwalk.stacks"))
		return;
	write_file("/proc/sysrq-trigger", "t");
	write_file("/proc/sysrq-trigger", "l");
}

/* If the command line has kwalk.traced, sleeps for ever in functions whose return addresses
 * tracers have replaced. */
static void sleep_traced(void)
{
#define TRACING "/sys/kernel/tracing/"
	if (!has_argument("kwalk.traced"))
		return;
	mount("tracefs", TRACING, "tracefs", 0, NULL);
	write_file(TRACING "set_ftrace_filter", "hrtimer_nanosleep\n");
	write_file(TRACING "current_tracer", "function_graph\n");
	write_file(TRACING "kprobe_events", "r:kwalk common_nsleep\n");
	write_file(TRACING "events/kprobes/kwalk/enable", "1\n");
	/* gdb cannot find the originals: not a name of print_sleepers(). */
	prctl(PR_SET_NAME, "traced-child0");
	for (;;)
		sleep(1000000);
#undef TRACING
}

/* If there is a kwalk with its libraries in the guest, runs it on the guest's own memory, and
 * prints its answers. */
static void ask_kwalk(const char *tag, const char *dump)
{
	char line[16384];
	int ends[2];
	FILE *answers;

	if (access("/kwalk/kwalk", X_OK))
		return;
	if (pipe(ends)) {
		complain("pipe");
		return;
	}
	if (!fork()) {
		dup2(ends[1], 1);
		dup2(ends[1], 2);
		close(ends[0]);
		execl("/kwalk/ld.so", "ld.so", "--library-path", "/kwalk", "/kwalk/kwalk", "-q",
		      "-j", "-x", "/kwalk/questions", dump, NULL);
		_exit(127);
	}
	close(ends[1]);
	answers = fdopen(ends[0], "r");
	while (answers && fgets(line, sizeof(line), answers))
		printf("@%s %s", tag, line);
	wait(NULL);
	fclose(answers);
}

static void load_module(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || (syscall(SYS_finit_module, fd, "", 0) && errno != EEXIST))
		complain("load %s", path);
	if (fd >= 0)
		close(fd);
}

static void load_modules(void)
{
	char path[256];
	FILE *list = fopen("/modules.list", "r");

	while (list && fgets(path, sizeof(path), list)) {
		path[strcspn(path, "\n")] = 0;
		load_module(path);
	}
	if (list)
		fclose(list);
}

static void mount_all(void)
{
	static const struct {
		const char *type, *path;
	} mounts[] = {
		{ "proc", "/proc" },
		{ "sysfs", "/sys" },
		{ "devtmpfs", "/dev" },
		{ "tmpfs", "/tmp" },
	};

	for (size_t i = 0; i < sizeof(mounts) / sizeof(*mounts); i++) {
		mkdir(mounts[i].path, 0755);
		mount(mounts[i].type, mounts[i].path, mounts[i].type, 0, NULL);
	}
}

static void open_console(void)
{
	int fd = open("/dev/" CONSOLE, O_RDWR | O_NOCTTY);

	for (int i = 0; i < 3 && fd >= 0; i++)
		dup2(fd, i);
	setvbuf(stdout, NULL, _IOFBF, 1 << 16);
}

/* Returns when all printed text has been sent to the serial line. */
static void flush_console(void)
{
	fflush(stdout);
	tcdrain(1);
}

/* --- the capture kernel ------------------------------------------------------------ */

static void save_vmcore(void)
{
	static char buffer[1 << 20];
	int in = open("/proc/vmcore", O_RDONLY), out = open("/dev/vda", O_WRONLY);
	uint64_t size = 0;
	ssize_t n = -1;

	if (in < 0 || out < 0)
		complain("open /proc/vmcore and /dev/vda");
	else
		while ((n = read(in, buffer, sizeof(buffer))) > 0 && write(out, buffer, n) == n)
			size += n;
	if (n != 0 || fsync(out))
		complain("copy /proc/vmcore");
	else
		printf("@vmcore %" PRIu64 "\n", size);
	flush_console();
	reboot(RB_POWER_OFF);
}

#ifdef __aarch64__
/* Gives kexec the address of _text, which begins a block of 2 MiB. The kallsyms of Debian's kernels
 * begin with _stext, and without _text kexec describes the kernel's image wrongly. */
static void add_text_symbol(void)
{
	FILE *in = fopen("/proc/kallsyms", "r"), *out = fopen("/tmp/kallsyms", "w");
	unsigned long stext = 0;
	char line[512];

	while (in && out && fgets(line, sizeof(line), in)) {
		if (strstr(line, " _stext\n") && sscanf(line, "%lx", &stext) == 1)
			fprintf(out, "%lx T _text\n", stext & -(2UL << 20));
		if (!strstr(line, " _text\n"))
			fputs(line, out);
	}
	if (!stext || fclose(out) || mount("/tmp/kallsyms", "/proc/kallsyms", NULL, MS_BIND, NULL))
		complain("add _text to /proc/kallsyms");
	if (in)
		fclose(in);
}
#endif

/* A 64-bit kernel of x86 loads the capture kernel itself. Others need kexec-tools: a kernel of 32
 * bits has no kexec_file_load, and Debian builds arm64 kernels without it. */
static void load_capture_kernel(void)
{
#if defined(__x86_64__)
	int kernel = open("/capture/vmlinuz", O_RDONLY), initrd = open("/capture/initrd", O_RDONLY);

	if (syscall(SYS_kexec_file_load, kernel, initrd, sizeof(capture_arguments),
		    capture_arguments, KEXEC_FILE_ON_CRASH))
		complain("kexec_file_load");
#else
	char append[256];
	int status = -1;
	pid_t pid;

#ifdef __aarch64__
	/* This machine has no NMI, so the emulator ends the kernel by sysrq-c. */
	write_file("/proc/sys/kernel/sysrq", "1\n");
	add_text_symbol();
#endif
	pid = fork();
	if (!pid) {
		snprintf(append, sizeof(append), "--append=%s", capture_arguments);
		execl("/sbin/kexec", "kexec", "-p", "/capture/vmlinuz", "--initrd=/capture/initrd",
		      append, NULL);
		_exit(127);
	}
	if (waitpid(pid, &status, 0) != pid || status)
		complain("kexec -p: status %#x", status);
#ifdef __aarch64__
	umount("/proc/kallsyms");
#endif
#endif
}

/* --- known mappings ---------------------------------------------------------------- */

/* Reads a word of a file such as /proc/kpagecount, which is an array of 64-bit words. */
static uint64_t read_word(const char *path, uint64_t index)
{
	uint64_t word = 0;
	int fd = open(path, O_RDONLY);

	if (pread(fd, &word, sizeof(word), index * sizeof(word)) != sizeof(word))
		complain("read %s at %" PRIu64, path, index);
	close(fd);
	return word;
}

/* Prints the pagemap entries of pages. For a page in memory, also prints the flags and the map
 * count of its struct page. */
static void print_pagemap(const char *tag, const volatile void *start, size_t nr_pages)
{
	uintptr_t vaddr = (uintptr_t)start & -PAGE;

	for (size_t i = 0; i < nr_pages; i++, vaddr += PAGE) {
		uint64_t entry = read_word("/proc/self/pagemap", vaddr / PAGE),
			 pfn = entry & PAGEMAP_PFN;

		printf("@pagemap %s %d %" PRIxPTR " %" PRIx64, tag, getpid(), vaddr, entry);
		if (entry & PAGEMAP_PRESENT)
			printf(" %" PRIx64 " %" PRIu64, read_word("/proc/kpageflags", pfn),
			       read_word("/proc/kpagecount", pfn));
		printf("\n");
	}
}

static char *map(size_t size, int flags, int fd)
{
	char *p = mmap(NULL, size, PROT_READ | PROT_WRITE, flags, fd, 0);

	if (p == MAP_FAILED) {
		complain("mmap of %zu bytes", size);
		exit(1);
	}
	return p;
}

static char *map_anonymous(size_t nr_pages)
{
	char *p = map(nr_pages * PAGE, MAP_PRIVATE | MAP_ANONYMOUS, -1);

	for (size_t i = 0; i < nr_pages; i++)
		snprintf(p + i * PAGE, PAGE, "anonymous page %zu", i);
	return p;
}

static void protect(void *p, size_t size, int protection)
{
	if (mprotect(p, size, protection))
		complain("mprotect");
}

static size_t huge_page_size(void)
{
	char line[256];
	size_t kib = 0;
	FILE *file = fopen("/proc/meminfo", "r");

	while (file && fgets(line, sizeof(line), file))
		sscanf(line, "Hugepagesize: %zu", &kib);
	if (file)
		fclose(file);
	return kib * 1024;
}

/* Maps two large pages of hugetlbfs. The second page has no access rights. */
static char *map_hugetlb(size_t size)
{
	char *p = map(2 * size, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1);

	memset(p, 1, 2 * size);
	protect(p + size, size, PROT_NONE);
	return p;
}

/* Calls use_size() for each size of pages that hugetlbfs has. name: of its folder */
static void each_hugetlb_size(void (*use_size)(const char *name, size_t kib))
{
	DIR *sizes = opendir("/sys/kernel/mm/hugepages");
	struct dirent *entry;
	size_t kib;

	while (sizes && (entry = readdir(sizes)))
		if (sscanf(entry->d_name, "hugepages-%zukB", &kib) == 1)
			use_size(entry->d_name, kib);
	if (sizes)
		closedir(sizes);
}

/* Must be called before addresses of pages are printed: to allocate large pages, the kernel moves
 * other pages. */
static void reserve_hugetlb(const char *name, size_t kib)
{
	char path[320];

	snprintf(path, sizeof(path), "/sys/kernel/mm/hugepages/%s/nr_hugepages", name);
	/* Larger pages exist only if the command line reserves them. */
	if (kib < 1 << 19)
		write_file(path, "4\n");
}

/* Maps and prints one page of this size, if one is free. */
static void print_hugetlb(const char *name, size_t kib)
{
	char tag[32];
	char *p = mmap(NULL, kib * 1024, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB |
			       __builtin_ctzl(kib * 1024) << MAP_HUGE_SHIFT,
		       -1, 0);

	(void)name;
	if (p == MAP_FAILED) {
		printf("@without hugetlb of %zu KiB\n", kib);
		return;
	}
	*p = 1;
	snprintf(tag, sizeof(tag), "hugetlb-%zu", kib);
	print_pagemap(tag, p, 3);
	print_pagemap(tag, p + kib * 1024 - PAGE, 1);
}

/* Kernels with PREEMPT_RT have no transparent large pages. */
static bool has_transparent;

/* Maps two transparent large pages. The second page has no access rights. */
static char *map_transparent(size_t size)
{
	char *p = map(3 * size, MAP_PRIVATE | MAP_ANONYMOUS, -1);

	p = (char *)(((uintptr_t)p + size - 1) & -size);
	if (has_transparent && madvise(p, 2 * size, MADV_HUGEPAGE))
		complain("MADV_HUGEPAGE");
	memset(p, 1, 2 * size);
	protect(p + size, size, PROT_NONE);
	return p;
}

static void swap_on(void)
{
	/* The header of a swap area: version 1, and the number of its last page. */
	static char header[LARGEST_PAGE];
	uint32_t info[] = { 1, 1023 };
	int fd = open("/dev/ram0", O_WRONLY);

	memcpy(header + 1024, info, sizeof(info));
	memcpy(header + PAGE - 10, "SWAPSPACE2", 10);
	if (fd < 0 || write(fd, header, PAGE) != (ssize_t)PAGE || fsync(fd))
		complain("write /dev/ram0");
	close(fd);
	if (swapon("/dev/ram0", 0))
		complain("swapon");
}

static char *map_swapped(size_t nr_pages)
{
	char *p = map_anonymous(nr_pages);

	if (madvise(p, nr_pages * PAGE, MADV_PAGEOUT))
		complain("MADV_PAGEOUT");
	return p;
}

static char *map_file(size_t nr_pages)
{
	int fd = open("/tmp/file", O_CREAT | O_RDWR, 0600);
	char *p;

	if (fd < 0 || ftruncate(fd, nr_pages * PAGE))
		complain("create /tmp/file");
	p = map(nr_pages * PAGE, MAP_SHARED, fd);
	memset(p, 1, nr_pages / 2 * PAGE);
	return p;
}

/* Maps a large page and only reads it, so that the kernel maps its page of zeros. */
static char *map_huge_zero(size_t size)
{
	char *p = map(2 * size, MAP_PRIVATE | MAP_ANONYMOUS, -1);

	p = (char *)(((uintptr_t)p + size - 1) & -size);
	if (has_transparent)
		write_file("/sys/kernel/mm/transparent_hugepage/use_zero_page", "1\n");
	if (has_transparent && madvise(p, size, MADV_HUGEPAGE))
		complain("MADV_HUGEPAGE");
	(void)*(volatile char *)p;
	return p;
}

/* Maps pages that KSM merges into one page. */
static char *map_merged(size_t nr_pages)
{
	char *p = map(nr_pages * PAGE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	char line[32] = "";

	memset(p, 'k', nr_pages * PAGE);
	if (madvise(p, nr_pages * PAGE, MADV_MERGEABLE))
		complain("MADV_MERGEABLE");
	write_file("/sys/kernel/mm/ksm/pages_to_scan", "1000\n");
	write_file("/sys/kernel/mm/ksm/run", "1\n");
	for (int i = 0; i < 100 && strtoul(line, NULL, 10) + 1 < nr_pages; i++) {
		int fd = open("/sys/kernel/mm/ksm/pages_sharing", O_RDONLY);

		usleep(20000);
		if (read(fd, line, sizeof(line) - 1) < 0)
			complain("read pages_sharing");
		close(fd);
	}
	write_file("/sys/kernel/mm/ksm/run", "0\n");
	return p;
}

/*
 * Maps the memory of a device twice: with the default cache type, and uncached. The cache types
 * differ if the kernel does not make them equal (nopat).
 */
static void map_device(void)
{
	static const struct {
		const char *tag;
		int flags;
	} ways[] = { { "device", O_RDWR }, { "device-uncached", O_RDWR | O_SYNC } };

	for (int i = 0; i < 2; i++) {
		int fd = open("/dev/mem", ways[i].flags);
		void *p = mmap(NULL, 2 * PAGE, PROT_READ, MAP_SHARED, fd, DEVICE);

		if (p == MAP_FAILED)
			complain("mmap of /dev/mem");
		else
			printf("@%s %" PRIxPTR "\n", ways[i].tag, (uintptr_t)p);
		close(fd);
	}
}

/* Prints pages that the children also have in swap, so that the pages stay in the swap cache. Half
 * of the pages stay there although this process, the parent, unmaps them. */
static void print_swap_cache(char *back, size_t nr_pages)
{
	uint64_t entry[64];

	for (size_t i = 0; i < nr_pages; i++)
		(void)*(volatile char *)(back + i * PAGE);
	print_pagemap("swapped-back", back, nr_pages / 2);
	for (size_t i = nr_pages / 2; i < nr_pages; i++)
		entry[i] =
			read_word("/proc/self/pagemap", (uintptr_t)back / PAGE + i) & PAGEMAP_PFN;
	munmap(back + nr_pages / 2 * PAGE, nr_pages / 2 * PAGE);
	for (size_t i = nr_pages / 2; i < nr_pages; i++)
		printf("@unmapped %" PRIxPTR " %" PRIx64 " %" PRIx64 "\n",
		       (uintptr_t)back + i * PAGE, entry[i],
		       read_word("/proc/kpageflags", entry[i]));
}

/* Prints the frames of files that no process maps any more. For each frame, prints the file system,
 * the inode, and the number of the page in the file. */
static void print_cached(void)
{
	static const struct {
		const char *filesystem, *path;
	} files[] = { { "rootfs", "/cached" },
		      { "tmpfs", "/tmp/cached" },
		      { "tmpfs", "/tmp/gone" } };

	for (int i = 0; i < 3; i++) {
		int fd = open(files[i].path, O_CREAT | O_RDWR, 0600);
		struct stat status;
		uint64_t entry[4];
		char *p;

		if (fd < 0 || ftruncate(fd, 4 * PAGE) || fstat(fd, &status)) {
			complain("create %s", files[i].path);
			continue;
		}
		p = map(4 * PAGE, MAP_SHARED, fd);
		memset(p, 'c', 4 * PAGE);
		for (int page = 0; page < 4; page++)
			entry[page] = read_word("/proc/self/pagemap", (uintptr_t)p / PAGE + page);
		munmap(p, 4 * PAGE);
		for (int page = 0; page < 4; page++)
			printf("@cached %" PRIx64 " %s %" PRIu64 " %d %s\n",
			       entry[page] & PAGEMAP_PFN, files[i].filesystem,
			       (uint64_t)status.st_ino, page, files[i].path);
		if (i == 2)
			unlink(files[i].path); /* the file stays open */
		else
			close(fd);
	}
}

/* Returns the number of the first frame of RAM. There may be no RAM at address 0. */
static uint64_t first_frame(void)
{
	FILE *file = fopen("/proc/iomem", "r");
	unsigned long long start = 0;
	char line[256];

	while (file && fgets(line, sizeof(line), file))
		if (strstr(line, " : System RAM") && sscanf(line, "%llx-", &start) == 1)
			break;
	if (file)
		fclose(file);
	return start / PAGE;
}

/* Prints the flags of a sample of frames, from /proc/kpageflags. Leaves out frames whose flags
 * change. */
static void print_frames(void)
{
	enum { SAMPLES = 2000 };
	static uint64_t first[SAMPLES];
	uint64_t step = (uint64_t)sysconf(_SC_PHYS_PAGES) / SAMPLES | 1;
	uint64_t start = first_frame();
	int fd = open("/proc/kpageflags", O_RDONLY);

	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < SAMPLES; i++) {
			uint64_t flags;

			if (pread(fd, &flags, sizeof(flags), (start + i * step) * sizeof(flags)) !=
			    sizeof(flags))
				break;
			if (!round)
				first[i] = flags;
			else if (first[i] == flags)
				printf("@frame %" PRIx64 " %" PRIx64 "\n", start + i * step, flags);
		}
		usleep(100000);
	}
	close(fd);
}

/* Starts a child that shares pages with its parent, and has a copy of one of these pages. */
static void start_child(int number, char *anonymous, char *shared)
{
	char name[16];

	fflush(stdout);
	if (fork())
		return;
	snprintf(name, sizeof(name), "kwalk-child%d", number);
	prctl(PR_SET_NAME, name);
	*anonymous = 'C';
	for (int i = 0; i < 4; i++)
		(void)*(volatile char *)(shared + i * PAGE);
	print_pagemap("child-anonymous", anonymous, 16);
	print_pagemap("child-shared", shared, 4);
	flush_console();
	if (!number)
		sleep_traced();
	for (;;)
		pause();
}

/* stack: on the stack, with a whole page that nobody writes to: a process that is started later shares the
 * stack's pages with this one, until one of the two writes to them. */
static void make_mappings(char *stack)
{
	size_t huge = huge_page_size();
	char *anonymous = map_anonymous(16),
	     *shared = map(4 * PAGE, MAP_SHARED | MAP_ANONYMOUS, -1);
	char *hugetlb = map_hugetlb(huge), *transparent = map_transparent(huge);
	char *huge_zero = map_huge_zero(huge), *merged = map_merged(4);
	char *file = map_file(8), *zero = map(4 * PAGE, MAP_PRIVATE | MAP_ANONYMOUS, -1), *swapped,
	     *back;

	for (int i = 0; i < 4; i++)
		(void)*(volatile char *)(zero + i * PAGE);
	memset(shared, 1, 4 * PAGE);
	protect(anonymous + 3 * PAGE, PAGE, PROT_NONE);
	protect(anonymous + 4 * PAGE, PAGE, PROT_READ);
	protect(anonymous + 5 * PAGE, PAGE, PROT_READ | PROT_EXEC);
	if (madvise(anonymous + 12 * PAGE, PAGE, MADV_DONTNEED))
		complain("MADV_DONTNEED");
	swap_on();
	swapped = map_swapped(16);
	back = map_swapped(8);
	for (int i = 0; i < 2; i++)
		start_child(i, anonymous, shared);
	sleep(1);

	print_pagemap("anonymous", anonymous, 16);
	print_pagemap("shared", shared, 4);
	print_pagemap("hugetlb", hugetlb, 3);
	print_pagemap("hugetlb-none", hugetlb + huge, 3);
	each_hugetlb_size(print_hugetlb);
	print_pagemap("transparent", transparent, 3);
	print_pagemap("transparent-none", transparent + huge, 3);
	print_pagemap("file", file, 8);
	print_pagemap("zero", zero, 4);
	print_pagemap("huge-zero", huge_zero, 3);
	print_pagemap("merged", merged, 4);
	print_pagemap("swapped", swapped, 16);
	print_swap_cache(back, 8);
	map_device();
	print_cached();
	print_pagemap("stack", stack + (-(uintptr_t)stack & (PAGE - 1)), 1);
	print_pagemap("text", (void *)(uintptr_t)make_mappings, 1);
	print_file("maps", "/proc/self/maps");
}

/* --- the kernel's symbols ---------------------------------------------------------- */

struct symbol {
	unsigned long long address;
	char *name;
	int line, same_name, same_address;
};

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct symbol *)a)->name, ((const struct symbol *)b)->name);
}

static int by_address(const void *a, const void *b)
{
	unsigned long long l = ((const struct symbol *)a)->address,
			   r = ((const struct symbol *)b)->address;

	return (l > r) - (l < r);
}

static size_t read_symbols(struct symbol **list)
{
	char text[512], name[400], module[100];
	struct symbol *s = NULL;
	size_t n = 0, room = 0;
	FILE *file = fopen("/proc/kallsyms", "r");

	while (file && fgets(text, sizeof(text), file)) {
		unsigned long long address;
		char type;

		if (n == room)
			s = realloc(s, (room += 65536) * sizeof(*s));
		if (sscanf(text, "%llx %c %399s [%99s", &address, &type, name, module) == 3)
			s[n++] = (struct symbol){ address, strdup(name), n, 0, 0 };
	}
	if (file)
		fclose(file);
	*list = s;
	return n;
}

/*
 * Prints every 64th symbol in a line "@unique", except if another symbol has the same name or the
 * same address. Prints the symbols that show the layout of the kernel in lines "@symbol".
 */
static void print_symbols(void)
{
	static const char *const wanted[] = {
		"_text",
		"_start",
		"_stext",
		"_etext",
		"_end",
		"__bss_start",
		"__bss_stop",
		"__start_rodata",
		"_sdata",
		"__init_begin",
		"init_top_pgt",
		"swapper_pg_dir",
		"phys_base",
		"page_offset_base",
		"vmalloc_base",
		"vmemmap_base",
		"mem_map",
		"mem_section",
		"max_mapnr",
		"high_memory",
		"init_task",
		"linux_banner",
		"__pgtable_l5_enabled",
		"node_data",
		"contig_page_data",
		"init_uts_ns",
		"empty_zero_page",
		"asm_exc_divide_error",
		"idt_table",
		"memstart_addr",
		"kimage_voffset",
		"kimage_vaddr",
		"vabits_actual",
		"idmap_pg_dir",
		"tramp_pg_dir",
		"reserved_pg_dir",
		"vectors",
		"__entry_task",
		"_einittext",
		"__init_end",
		"__inittext_begin",
		"__initdata_begin",
		"_edata",
		"irq_stack_ptr",
		"bm_pmd",
		"bm_pte",
		"cpu_tss_rw",
	};
	struct symbol *s;
	size_t n = read_symbols(&s);

	qsort(s, n, sizeof(*s), by_name);
	for (size_t i = 1; i < n; i++)
		if (!strcmp(s[i].name, s[i - 1].name))
			s[i].same_name = s[i - 1].same_name = 1;
	qsort(s, n, sizeof(*s), by_address);
	for (size_t i = 1; i < n; i++)
		if (s[i].address == s[i - 1].address)
			s[i].same_address = s[i - 1].same_address = 1;
	for (size_t i = 0; i < n; i++) {
		if (s[i].line % 64 == 0 && !s[i].same_name && !s[i].same_address)
			printf("@unique %llx %s %llx\n", s[i].address, s[i].name,
			       i + 1 < n ? s[i + 1].address - s[i].address : 0);
		for (size_t k = 0; k < sizeof(wanted) / sizeof(*wanted); k++)
			if (!strcmp(s[i].name, wanted[k]))
				printf("@symbol %llx %s\n", s[i].address, s[i].name);
	}
	printf("@symbols %zu\n", n);
}

/* --- areas of vmalloc --------------------------------------------------------------- */

/* Frees an area of vmalloc, the separate area of a terminal's line discipline. The freed area waits
 * until the kernel flushes the TLBs. The kernel does not do so before the memory image is taken. */
static void free_an_area(void)
{
	int fd;

	mkdir("/dev/pts", 0755);
	mount("devpts", "/dev/pts", "devpts", 0, "ptmxmode=600");
	fd = open("/dev/pts/ptmx", O_RDWR | O_NOCTTY);
	if (fd < 0)
		complain("open /dev/pts/ptmx");
	else
		close(fd);
	/* A worker of the kernel frees the area. */
	sleep(1);
}

/* --- slabs -------------------------------------------------------------------------- */

#define KPF_SLAB 7 /* include/uapi/linux/kernel-page-flags.h */

/* Prints runs of frames that belong to slabs: the first frame, and the number of frames. */
static void print_slab_frames(void)
{
	static uint64_t flags[1 << 13];
	uint64_t pfn = 0, start = 0;
	int within = 0, fd = open("/proc/kpageflags", O_RDONLY);
	ssize_t n;

	while ((n = read(fd, flags, sizeof(flags))) > 0)
		for (size_t i = 0; i < n / sizeof(*flags); i++, pfn++)
			if ((int)(flags[i] >> KPF_SLAB & 1) != within) {
				if (within)
					printf("@slabs %" PRIx64 " %" PRIu64 "\n", start,
					       pfn - start);
				within = !within;
				start = pfn;
			}
	if (fd < 0 || n)
		complain("read /proc/kpageflags");
	if (fd >= 0)
		close(fd);
}

/* --- the log ------------------------------------------------------------------------ */

static void say_to_kernel(int fd, const char *format, ...)
{
	char line[900];
	va_list list;

	va_start(list, format);
	vsnprintf(line, sizeof(line), format, list);
	va_end(list);
	if (write(fd, line, strlen(line)) < 0)
		complain("write /dev/kmsg");
}

/* Writes lines of every length and every level to the log, except level 0, which the console would
 * show. With "kwalk.flood", writes so many lines that the first lines are lost. */
static void fill_log(void)
{
	char line[4096] = "", dots[800];
	int fd, lines, cmdline = open("/proc/cmdline", O_RDONLY);

	if (read(cmdline, line, sizeof(line) - 1) < 0)
		complain("read /proc/cmdline");
	close(cmdline);
	lines = strstr(line, "kwalk.flood") ? 12000 : 30;
	write_file("/proc/sys/kernel/printk_devkmsg", "on\n");
	fd = open("/dev/kmsg", O_WRONLY);
	memset(dots, '.', sizeof(dots));
	for (int i = 0; i < lines; i++)
		say_to_kernel(fd, "<%d>kwalk: line %d %.*s\n", 8 | (1 + i % 7), i,
			      i * 37 % 79 * (i % 50 ? 1 : 10), dots);
	say_to_kernel(fd, "<30>kwalk: \t\x1b[31mred\x1b[0m\nsecond line \xc3\xbc\xff\n");
	say_to_kernel(fd, "<131>\n");
	close(fd);
}

/* Prints all records in /dev/kmsg, and the current time of two clocks, for comparison with the
 * times of the records. */
static void print_log(void)
{
	struct timespec real, monotonic;
	char record[8192];
	int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK);
	ssize_t n;

	clock_gettime(CLOCK_REALTIME, &real);
	clock_gettime(CLOCK_MONOTONIC, &monotonic);
	printf("@clock %lld %lld\n", real.tv_sec * 1000000000LL + real.tv_nsec,
	       monotonic.tv_sec * 1000000000LL + monotonic.tv_nsec);
	while ((n = read(fd, record, sizeof(record) - 1)) > 0 || (n < 0 && errno == EPIPE)) {
		record[n > 0 ? n : 0] = 0;
		record[strcspn(record, "\n")] = 0;
		if (n > 0)
			printf("@kmsg %s\n", record);
	}
	if (fd < 0 || (n < 0 && errno != EAGAIN))
		complain("read /dev/kmsg");
	close(fd);
}

/* --- main -------------------------------------------------------------------------- */

/* Runs partly in user mode and partly in the kernel, because with page-table isolation each of
 * these modes has a separate table. */
static void work(void)
{
	static char buffer[1 << 16];
	static int fd = -1;

	if (fd < 0)
		fd = open("/dev/zero", O_RDONLY);
	for (volatile int i = 0; i < 20000000; i++)
		;
	for (int i = 0; i < 2000; i++)
		if (read(fd, buffer, sizeof(buffer)) < 0)
			complain("read /dev/zero");
}

int main(void)
{
	cpu_set_t first;
	/* More would enlarge the area of the stack while addresses are printed. */
	char stack[2 * PAGE];

	memset(stack, 's', 2 * PAGE);
	mount_all();
	open_console();
	load_modules();
	if (!access("/proc/vmcore", R_OK))
		save_vmcore();

	/* Run on the first CPU, because QEMU's monitor reports the registers of this CPU. */
	CPU_ZERO(&first);
	CPU_SET(0, &first);
	sched_setaffinity(0, sizeof(first), &first);

	write_file("/proc/sys/kernel/printk", "1 1 1 1\n");
	write_file("/proc/sys/kernel/kptr_restrict", "0\n");
	each_hugetlb_size(reserve_hugetlb);
	/* The kernel must not move a page after its address was printed. */
	has_transparent = !access("/sys/kernel/mm/transparent_hugepage", F_OK);
	if (has_transparent) {
		write_file("/sys/kernel/mm/transparent_hugepage/enabled", "madvise\n");
		write_file("/sys/kernel/mm/transparent_hugepage/khugepaged/defrag", "0\n");
	} else {
		puts("@without transparent_hugepage");
	}
	write_file("/proc/sys/vm/compaction_proactiveness", "0\n");

	if (!access("/capture/vmlinuz", R_OK))
		load_capture_kernel();
	print_symbols();
	make_mappings(stack);
	print_sleepers();
	print_file("version", "/proc/version");
	print_file("cmdline", "/proc/cmdline");
	print_file("cpuinfo", "/proc/cpuinfo");
	print_file("iomem", "/proc/iomem");
	print_file("vmcoreinfo", "/sys/kernel/vmcoreinfo");
	print_file("ioports", "/proc/ioports");
	print_file("modules", "/proc/modules");
	/* kwalk uses memory, and its sandbox causes the kernel to allocate and free areas, so run
	 * kwalk before the use of memory and the areas are printed. */
	ask_kwalk("kcore", "/proc/kcore");
	ask_kwalk("devmem", "/dev/mem");
	print_file("meminfo", "/proc/meminfo");
	print_file("zoneinfo", "/proc/zoneinfo");
	print_file("buddyinfo", "/proc/buddyinfo");
	print_file("pagetypeinfo", "/proc/pagetypeinfo");
	free_an_area();
	print_file("vmallocinfo", "/proc/vmallocinfo");
	/* Run this once now, so that there are no page faults while images and records are
	 * taken. */
	work();
	print_frames();
	print_file("slabinfo", "/proc/slabinfo");
	print_slab_frames();
	fill_log();
	print_log();
	print_stacks();
	flush_console();
	log_stacks();
	flush_console();
	printf("@ready\n");
	flush_console();
	for (;;)
		work();
}
