/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Init of a guest that starts its own kernel again by kexec, without a crash. Prints where each of the
 * two kernels is in memory. */
#include <linux/reboot.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "init.h"

int main(void)
{
	static const char line[] = "console=ttyS0 quiet SECOND=1";
	int kernel, initrd;

	mkdir("/proc", 0755);
	mkdir("/sys", 0755);
	mkdir("/dev", 0755);
	begin_init();
	print_symbol("init_task");
	print_symbol("init_top_pgt");
	print_file("iomem", "/proc/iomem");
	if (getenv("SECOND")) {
		puts("@ready");
		pause();
	}
	puts("@second");
	kernel = open("/kernel", O_RDONLY);
	initrd = open("/second.cpio", O_RDONLY);
	if (syscall(SYS_kexec_file_load, kernel, initrd, sizeof(line), line, 0) == 0)
		syscall(SYS_reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2,
			LINUX_REBOOT_CMD_KEXEC, NULL);
	printf("@failed kexec %m\n");
	pause();
	return 0;
}
