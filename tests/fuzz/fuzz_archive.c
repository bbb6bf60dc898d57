/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The input is an archive or a compressed file. Each member is listed and written to a file in
 * memory. Limits are checked. */
#include "input.h"

#include "dump/archive/members.h"
#include "dump/archive/packed.h"

enum { MOST_MEMBERS = 64, MOST_BYTES = 1 << 20 };

static void copy(struct members *members)
{
	static const struct member_bounds bounds = { MOST_BYTES, MOST_BYTES, "" };
	int fd = memfd_create("member", MFD_CLOEXEC);
	struct error err;

	PROMISED(fd >= 0);
	members_copy(members, fd, &bounds, &err);
	PROMISED(lseek(fd, 0, SEEK_END) <= MOST_BYTES);
	close(fd);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct members *members;
	struct archive_member member;
	struct error err;
	struct file file;

	if (!open_bytes(&file, data, size))
		return 0;
	if (packed_kind(file.bytes) && (members = members_open(&file, NULL, &err))) {
		for (int i = 0; i < MOST_MEMBERS; i++) {
			err.code = ERROR_NONE;
			if (members_next(members, &member, &err)) {
				PROMISED(member.start.size <= MEMBER_START);
				packed_kind(member.start);
				copy(members);
			} else if (err.code == ERROR_NONE) {
				break;
			}
		}
		members_close(members);
	}
	file_close(&file);
	return 0;
}
