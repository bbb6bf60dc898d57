/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Init of a guest with devices behind an IOMMU. Loads the drivers of the devices, lets the devices
 * read and write, and prints facts about the devices from sysfs. */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bounce.h"
#include "edu.h"
#include "init.h"

enum { PATIENCE = 60 }; /* seconds */

static const char *const disks[] = { "/dev/nvme0n1", "/dev/sda", "/dev/vda" };

static void print_device_file(const char *device, const char *name)
{
	char path[512], line[256];
	FILE *file;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/%s", device, name);
	file = fopen(path, "r");
	while (file && fgets(line, sizeof(line), file))
		printf("@%s %s %s", name, device, line);
	if (file)
		fclose(file);
}

/* Prints the last part of the path to which the link points. */
static void print_link(const char *device, const char *name)
{
	char path[512], to[512];
	ssize_t size;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/%s", device, name);
	size = readlink(path, to, sizeof(to) - 1);
	if (size < 0)
		return;
	to[size] = '\0';
	printf("@%s %s %s\n", name, device, strrchr(to, '/') + 1);
}

static void print_device(const char *device)
{
	printf("@function %s\n", device);
	print_device_file(device, "vendor");
	print_device_file(device, "device");
	print_device_file(device, "class");
	print_device_file(device, "resource");
	print_device_file(device, "dma_mask_bits");
	print_device_file(device, "iommu_group/type");
	print_link(device, "driver");
	print_link(device, "iommu_group");
	print_link(device, "iommu");
}

static void print_devices(void)
{
	DIR *dir = opendir("/sys/bus/pci/devices");
	struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			print_device(entry->d_name);
	if (dir)
		closedir(dir);
}

/* Opens a device, which may not exist at once. */
static int open_soon(const char *path)
{
	for (int i = 0; i < 10 * PATIENCE; i++) {
		int fd = open(path, O_RDWR);

		if (fd >= 0)
			return fd;
		usleep(100000);
	}
	printf("@no-disk %s\n", path);
	return -1;
}

static void use_disk(const char *path)
{
	enum { SIZE = 1 << 20 };
	char *data = malloc(SIZE);
	int fd = open_soon(path);

	if (fd < 0 || !data || read(fd, data, SIZE) != SIZE)
		printf("@no-read %s\n", path);
	memset(data, 0x5a, SIZE);
	if (fd < 0 || pwrite(fd, data, SIZE, 0) != SIZE || fsync(fd) < 0)
		printf("@no-write %s\n", path);
}

static void use_network(void)
{
	struct ifreq request = { .ifr_name = "eth0" };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	request.ifr_flags = IFF_UP | IFF_RUNNING;
	if (ioctl(fd, SIOCSIFFLAGS, &request) < 0)
		printf("@no-network %m\n");
}

int main(void)
{
	begin_init();
	load_modules();
	for (size_t i = 0; i < sizeof(disks) / sizeof(*disks); i++)
		use_disk(disks[i]);
	use_network();
	edu_copy(0x1234000, 0x1234000); /* no driver mapped this address */
	sleep(1); /* the kernel sends packets without a request */
	print_devices();
	bounce_on(disks, sizeof(disks) / sizeof(*disks));
	puts("@ready");
	for (;;)
		pause();
}
