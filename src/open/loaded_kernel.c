/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* kexec puts two parts of a bzImage into memory: boot_params, which contains the setup header of the
 * image, and the protected-mode code, which contains the compressed kernel
 * (arch/x86/kernel/kexec-bzimage64.c; kexec/arch/i386/kexec-bzImage.c of kexec-tools). Together they
 * make a boot image again, without the real-mode code. */
#include "open/loaded_kernel.h"

#include <stdio.h>
#include <string.h>

#include "base/page.h"
#include "debuginfo/image.h"
#include "debuginfo/vmlinux.h"
#include "dump/unpack.h"

enum {
	/* Offsets in boot_params and in the boot image: Documentation/arch/x86/boot.rst. */
	SETUP_SECTORS = 0x1f1,
	BOOT_FLAG = 0x1fe, /* contains 0xaa55 in a boot image */
	MAGIC = 0x202, /* "HdrS" */
	ALIGNMENT = 0x230, /* of the address at which the protected-mode code is loaded */
	PAYLOAD_OFFSET = 0x248,
	PAYLOAD_LENGTH = 0x24c,
	HEADER = 0x250, /* the bytes from the start of boot_params that are used */
	SECTOR = 512,
	DEFAULT_SECTORS = 4, /* the value 0 of SETUP_SECTORS means this value */
	LEAST_ALIGNMENT = 1 << 12,
	LARGEST = 128 << 20, /* of the protected-mode code */
};

static const uint32_t magic = 0x53726448;

/* Makes a boot image of the header and the protected-mode code at `code`, which has size bytes. */
static bool join(struct dump *dump, const uint8_t *header, uint64_t code, size_t size,
		 struct file *file)
{
	uint64_t sectors = header[SETUP_SECTORS] ? header[SETUP_SECTORS] : DEFAULT_SECTORS;
	size_t start = (size_t)(sectors + 1) * SECTOR;
	uint8_t *to;

	if (!file_create(file, "the loaded kernel", start + size, &to, NULL))
		return false;
	memcpy(to, header, HEADER);
	/* kexec-tools clears the second byte in boot_params (aux_device_info). */
	to[BOOT_FLAG] = 0x55;
	to[BOOT_FLAG + 1] = 0xaa;
	if (dump_read(dump, code, to + start, size) == PAGE_PRESENT)
		return true;
	file_close(file);
	return false;
}

static bool unpack_loaded(struct dump *dump, const uint8_t *header, uint64_t code, size_t size,
			  struct found_kernel *found)
{
	struct vmlinux *vmlinux;
	struct file file;
	const char *banner = NULL;
	uint64_t address;

	if (!join(dump, header, code, size, &file))
		return false;
	vmlinux = vmlinux_open(&file, NULL);
	if (vmlinux)
		banner = vmlinux_banner(vmlinux, &address);
	if (banner) {
		snprintf(found->banner, sizeof(found->banner), "%.*s", (int)strcspn(banner, "\n"),
			 banner);
		found->packed = vmlinux->packed;
		found->has_physical = true;
		found->physical = code;
		found->proved = PROVED_IMAGE;
	}
	vmlinux_close(vmlinux);
	return banner;
}

/* Finds the protected-mode code of this header, which begins with a compressed kernel at the offset
 * that the header gives. */
static bool find_packed_code(struct dump *dump, const uint8_t *header, uint64_t first,
			     uint64_t last, struct found_kernel *found)
{
	uint64_t step = load_le32(header + ALIGNMENT), offset = load_le32(header + PAYLOAD_OFFSET);
	uint64_t size = offset + load_le32(header + PAYLOAD_LENGTH);
	uint8_t start[16];

	if (step < LEAST_ALIGNMENT || step & (step - 1))
		step = LEAST_ALIGNMENT;
	if (size > LARGEST)
		return false;
	for (uint64_t at = (first + step - 1) & -step;
	     at >= first && at < last && last - at >= size && !listener_stops(dump->listener);
	     at += step)
		if (dump_read(dump, at + offset, start, sizeof(start)) == PAGE_PRESENT &&
		    unpack_format((struct bytes){ start, sizeof(start) }) &&
		    unpack_loaded(dump, header, at, (size_t)size, found))
			return true;
	return false;
}

bool loaded_boot_image(struct dump *dump, uint64_t first, uint64_t last, struct found_kernel *found)
{
	enum { MOST_HEADERS = 4 }; /* limits the work on hostile memory */
	uint8_t header[HEADER];
	int headers = 0;

	for (uint64_t at = first & -LEAST_PAGE; at < last && headers < MOST_HEADERS;
	     at += LEAST_PAGE) {
		if (listener_stops_at(dump->listener, at / LEAST_PAGE) ||
		    dump_read(dump, at + MAGIC, header, 4) != PAGE_PRESENT ||
		    load_le32(header) != magic ||
		    dump_read(dump, at, header, sizeof(header)) != PAGE_PRESENT)
			continue;
		headers++;
		if (find_packed_code(dump, header, first, last, found))
			return true;
	}
	return false;
}

bool loaded_is_image(struct dump *dump, uint64_t first, uint64_t paddr)
{
	/* An Image begins at a multiple of 2 MiB, or of 64K if text_offset is not 0. */
	enum { STEP = 1 << 16, IMAGE_MOST = 64 << 20, IMAGE_HEADER = 64 };
	uint8_t header[IMAGE_HEADER];

	for (uint64_t at = paddr & -(uint64_t)STEP; at >= first && paddr - at < IMAGE_MOST;
	     at -= STEP) {
		if (dump_read(dump, at, header, sizeof(header)) == PAGE_PRESENT &&
		    image_probe((struct bytes){ header, sizeof(header) }))
			return true;
		if (at < STEP)
			break;
	}
	return false;
}
