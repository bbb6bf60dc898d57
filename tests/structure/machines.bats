#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# What an architecture needs outside of arch/ is in tables, which HACKING.md lists ("To add").

@test "arm64 is named only in arch/arm64 and in tables" {
	cd "$BATS_TEST_DIRNAME/../../src"
	grep -rlE 'EM_AARCH64|MODE_ARM64' --include='*.[ch]' . | sort >"$BATS_TEST_TMPDIR/files"
	# image.c has the magic number of arm64's boot images, arm_vcpu.c the family of vCPUs, text_context.c
	# the names of registers in an oops.
	diff - "$BATS_TEST_TMPDIR/files" <<-END
	./base/machine.c
	./debuginfo/image.c
	./debuginfo/ko_link.c
	./dump/registers.c
	./gdb/target.c
	./kernel/facts.c
	./kernel/facts.h
	./kvm/arm_vcpu.c
	./query/text_context.c
	END
}
