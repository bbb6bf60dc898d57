#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# What a machine needs outside of arch/ is in tables, which HACKING.md lists ("To add").

# naming PATTERN: the files in src whose code, without comments, has the pattern
naming() {
	cd "$BATS_TEST_DIRNAME/../../src" || return
	find . -name '*.[ch]' | LC_ALL=C sort | xargs awk -v pattern="$1" '
		{ sub(/\/\*.*/, "") }
		!/^[ \t]*\* / && $0 ~ pattern { print FILENAME; nextfile }'
}

@test "arm64 is named only in arch/arm64 and in the files that a new machine changes" {
	naming 'ARM64|arm64|AARCH64|aarch64' >"$BATS_TEST_TMPDIR/files"
	# kvm/arm_vcpu.c is the family of vCPUs, oops/function.c has the names of functions in an oops.
	diff - "$BATS_TEST_TMPDIR/files" <<-END
	./base/machine.c
	./base/machine.h
	./code/arm64.c
	./code/arm64.h
	./code/code.c
	./debuginfo/image.c
	./debuginfo/inlines.c
	./debuginfo/ko_file.c
	./dump/registers.c
	./gdb/target.c
	./kernel/facts.c
	./kernel/facts.h
	./kernel/member.h
	./kvm/arm_vcpu.c
	./oops/boot.c
	./oops/explain.c
	./oops/explain_fault.c
	./oops/explain_rights.c
	./oops/explainer.c
	./oops/facts.c
	./oops/function.c
	./oops/instruction.c
	./oops/pointer.c
	./oops/report.c
	./oops/report_parts.c
	./oops/report_who.c
	./oops/system_call.c
	./open/archs.h
	./open/opened.c
	./program/options.c
	END
}

@test "riscv64 is named only in arch/riscv64 and in the files that a new machine changes" {
	naming 'RISCV|riscv' >"$BATS_TEST_TMPDIR/files"
	# elf_headers.c has the names of machines for messages.
	diff - "$BATS_TEST_TMPDIR/files" <<-END
	./base/machine.c
	./base/machine.h
	./code/code.c
	./code/riscv.c
	./code/riscv.h
	./debuginfo/image.c
	./debuginfo/inlines.c
	./debuginfo/ko_file.c
	./dump/formats/dump_qemu.c
	./dump/formats/elf_headers.c
	./dump/registers.c
	./gdb/target.c
	./kernel/facts.c
	./kernel/facts.h
	./kernel/member.h
	./oops/boot.c
	./oops/explain.c
	./oops/explain_fault.c
	./oops/explain_kinds.c
	./oops/explain_rights.c
	./oops/explainer.c
	./oops/facts.c
	./oops/instruction.c
	./oops/report.c
	./oops/report_parts.c
	./oops/report_who.c
	./oops/system_call.c
	./open/archs.h
	./open/opened.c
	./program/options.c
	END
}

@test "x86 is no default: it is named only in the same files, and where a file or device is only of x86" {
	naming 'EM_386|EM_X86_64|MODE_(I386|PAE|X86_64)' >"$BATS_TEST_TMPDIR/files"
	diff - "$BATS_TEST_TMPDIR/files" <<-END
	./base/machine.c
	./code/code.c
	./debuginfo/inlines.c
	./debuginfo/ko_file.c
	./devices/amd_iommu.c
	./devices/vtd.c
	./dump/formats/dump_devmem.c
	./dump/formats/dump_kdump.c
	./dump/formats/dump_sadump.c
	./dump/formats/dump_xen.c
	./dump/registers.c
	./gdb/target.c
	./kernel/facts.c
	./kernel/facts.h
	./kvm/guest_dump.c
	./kvm/x86_vcpu.c
	./oops/boot.c
	./oops/explain.c
	./oops/explain_fault.c
	./oops/explain_kinds.c
	./oops/facts.c
	./oops/instruction.c
	./oops/pointer.c
	./oops/report.c
	./oops/report_parts.c
	./oops/report_who.c
	./oops/system_call.c
	END
}
