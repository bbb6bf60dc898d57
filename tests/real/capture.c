/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The init of a guest that dies, and of its capture kernel. The first loads the capture kernel, and
 * crashes. The second runs /capture.sh, with the disk in /mnt. "init eat": takes memory until the
 * kernel ends it. */
#include "init.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/reboot.h>
#include <sys/wait.h>

#ifndef KEXEC_FILE_ON_CRASH
#define KEXEC_FILE_ON_CRASH 2
#endif

static const char arguments[] = "console=ttyS0 quiet nr_cpus=1 reset_devices";

static void capture_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		printf("@failed %s: %m\n", path);
	if (fd >= 0)
		close(fd);
}

/* A 64-bit kernel loads the capture kernel itself. A 32-bit kernel needs kexec-tools. */
static void load_capture(void)
{
	int status = 0;
#if defined(__x86_64__)
	int kernel = open("/capture/vmlinuz", O_RDONLY), initrd = open("/capture/initrd", O_RDONLY);

	if (syscall(SYS_kexec_file_load, kernel, initrd, sizeof(arguments), arguments,
		    KEXEC_FILE_ON_CRASH))
		status = 1;
#else
	char append[256];
	pid_t pid = fork();

	if (!pid) {
		snprintf(append, sizeof(append), "--append=%s", arguments);
		execl("/sbin/kexec", "kexec", "-p", "/capture/vmlinuz", "--initrd=/capture/initrd",
		      append, NULL);
		_exit(127);
	}
	waitpid(pid, &status, 0);
#endif
	printf(status ? "@failed the capture kernel is not loaded: %m\n" : "@loaded\n");
}

static void die(void)
{
	char line[64];

	capture_write("/proc/sys/kernel/printk_devkmsg", "on\n");
	for (int i = 0; i < 20; i++) {
		snprintf(line, sizeof(line), "<6>kwalk: line %d before the end\n", i);
		capture_write("/dev/kmsg", line);
	}
	prctl(PR_SET_NAME, "kwalk-dying");
	load_capture();
	capture_write("/proc/sysrq-trigger", "c");
}

static void capture(void)
{
	int status = -1;
	pid_t pid;

	if (mount("/dev/vda", "/mnt", "ext4", 0, NULL))
		printf("@failed mount: %m\n");
	pid = fork();
	if (!pid) {
		execl("/bin/busybox", "sh", "/capture.sh", NULL);
		_exit(127);
	}
	waitpid(pid, &status, 0);
	printf("@ended %#x\n", status);
}

static void eat(void)
{
	enum { PIECE = 1 << 20 };

	for (;;) {
		char *piece = malloc(PIECE);

		if (piece)
			memset(piece, 1, PIECE);
	}
}

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "eat"))
		eat();
	begin_init();
	load_modules();
	if (access("/proc/vmcore", R_OK))
		die();
	else
		capture();
	for (;;)
		pause();
}
