/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "debuginfo/vmlinux.h"

#include <elf.h>

#include "debuginfo/image.h"
#include "dump/archive/packed.h"
#include "dump/archive/unpack.h"

/* The setup header of a bzImage: Documentation/arch/x86/boot.rst, "Details of Header Fields". */
enum {
	HDR_SETUP_SECTORS = 0x1f1,
	HDR_BOOT_FLAG = 0x1fe, /* contains 0xaa55 */
	HDR_MAGIC = 0x202, /* contains "HdrS" */
	HDR_VERSION = 0x206,
	HDR_PAYLOAD_OFFSET = 0x248, /* since protocol 2.08, Linux 2.6.26 */
	HDR_PAYLOAD_LENGTH = 0x24c,
	HDR_SIZE = 0x250,
	SECTOR = 512,
	DEFAULT_SETUP_SECTORS = 4, /* the value 0 in the field means this value */
};

/* The header of an EFI zboot image: struct linux_efi_zboot_header in
 * drivers/firmware/efi/libstub/zboot-header.S, since 6.1. */
enum {
	ZBOOT_TYPE = 4, /* contains "zimg" */
	ZBOOT_PAYLOAD_OFFSET = 8,
	ZBOOT_PAYLOAD_SIZE = 12,
	ZBOOT_COMPRESSION = 24, /* contains "gzip", "zstd" or another name */
	ZBOOT_SIZE = 64,
};

/* The largest size of an unpacked kernel that is accepted. The largest kernels have about 100
 * MiB. */
static const uint32_t most_unpacked = UINT32_C(1) << 29;

static bool is_bzimage(struct bytes b)
{
	return b.size >= HDR_SIZE && load_le16(b.data + HDR_BOOT_FLAG) == 0xaa55 &&
	       !memcmp(b.data + HDR_MAGIC, "HdrS", 4);
}

static bool is_zboot(struct bytes b)
{
	return b.size >= ZBOOT_SIZE && !memcmp(b.data, "MZ", 2) &&
	       !memcmp(b.data + ZBOOT_TYPE, "zimg", 4);
}

bool vmlinuz_probe(const struct file *file)
{
	return is_bzimage(file->bytes) || is_zboot(file->bytes) || image_probe(file->bytes);
}

static bool fail_cut(const struct file *file, struct error *err)
{
	return fail(
		err, ERROR_FORMAT,
		"%s: the kernel in this boot image extends beyond the end of the file, which is cut short or damaged",
		file->path);
}

/* Finds the payload, which must end with the unpacked size of the data. The gzip format itself ends
 * with this size. In other formats the size is in the four bytes after the data, so these bytes are
 * added to the payload. */
static bool find_zboot_payload(const struct file *file, struct bytes *payload, struct error *err)
{
	struct bytes b = file->bytes;
	uint64_t start = load_le32(b.data + ZBOOT_PAYLOAD_OFFSET);
	uint64_t length = load_le32(b.data + ZBOOT_PAYLOAD_SIZE);

	if (memcmp(b.data + ZBOOT_COMPRESSION, "gzip", 5))
		length += 4;
	if (length <= 4 || !range_within(start, length, b.size))
		return fail_cut(file, err);
	*payload = (struct bytes){ b.data + start, length };
	return true;
}

static bool find_payload(const struct file *file, struct bytes *payload, struct error *err)
{
	struct bytes b = file->bytes;
	uint16_t version = load_le16(b.data + HDR_VERSION);
	uint64_t sectors = b.data[HDR_SETUP_SECTORS];
	uint64_t start, length;

	if (version < 0x208)
		return fail(
			err, ERROR_FORMAT,
			"%s: this boot image does not contain the position of its kernel, because its protocol is %u.%02u (2.08 is the first with it); give vmlinux instead",
			file->path, version >> 8, version & 0xff);
	/* payload_offset counts from the end of the real-mode code. */
	start = ((sectors ? sectors : DEFAULT_SETUP_SECTORS) + 1) * SECTOR +
		load_le32(b.data + HDR_PAYLOAD_OFFSET);
	length = load_le32(b.data + HDR_PAYLOAD_LENGTH);
	if (length <= 4 || !range_within(start, length, b.size))
		return fail_cut(file, err);
	*payload = (struct bytes){ b.data + start, length };
	return true;
}

static bool unpack(const struct file *file, struct bytes payload, uint8_t *to, size_t size,
		   struct error *err)
{
	struct error why;

	if (!unpack_bytes(payload, to, size, &why))
		return fail(err, why.code, "%s: the kernel in this boot image %s", file->path,
			    why.message);
	if (memcmp(to, ELFMAG, SELFMAG) && !image_probe((struct bytes){ to, size }))
		return fail(err, ERROR_FORMAT,
			    "%s: the kernel in this boot image is neither an ELF file nor an Image",
			    file->path);
	return true;
}

static bool unpack_payload(struct file *file, const char **format, struct error *err)
{
	struct file unpacked;
	struct bytes payload;
	uint32_t size;
	uint8_t *to;

	if (is_zboot(file->bytes) ? !find_zboot_payload(file, &payload, err) :
				    !find_payload(file, &payload, err))
		return false;
	/* The last four bytes are the unpacked size: the end of gzip's trailer, or added by
	 * size_append in scripts/Makefile.lib. */
	size = load_le32(payload.data + payload.size - 4);
	*format = packed_format(payload);
	if (!*format || size < sizeof(Elf32_Ehdr) || size > most_unpacked)
		return fail(err, ERROR_FORMAT,
			    "%s: the kernel in this boot image is compressed in an unknown format",
			    file->path);
	if (!file_create(&unpacked, file->path, size, &to, err))
		return false;
	if (!unpack(file, payload, to, size, err)) {
		file_close(&unpacked);
		return false;
	}
	file_close(file);
	*file = unpacked;
	return true;
}

bool vmlinuz_unpack(struct file *file, const char **format, struct error *err)
{
	if (!image_probe(file->bytes) && !unpack_payload(file, format, err))
		return false;
	return !image_probe(file->bytes) || image_wrap(file, err);
}
