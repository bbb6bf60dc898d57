#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Faults of the machine: each allocation and each system call of a session of all
# commands fails once, in turn: the first from each place of the program (faults.c), once for
# all sessions. KWALK_FAULTS is how many more of each kind are tried, spread evenly (0: all).
load common

# commands: a session that asks nearly all
commands() {
	cat >commands <<-'END'
	vtop ffffffff81000000 ffff888001c00123 ffffc90000001ff8 c1000000; ptov 1c00123
	ptov -a 1c00000; ptov -a -u 1c02000 1c10000; pt; pt -p 1; check
	iomem; ioports; iomem fee00000; virt_to_page ffff888001c00000
	page_to_pfn ffffea0000070000; pfn_to_page 1c00; page 1c00000 30000 50000
	region ffffc90000010000 ffff888000030000 ffffffffc0000010 ffff88800003a204
	regions; areas; areas ffffc90000000123; info; info -v; sym init_task ffffffffc0000100
	pte 8000000008610063; rd ffff888001c00000 4; rd -p 1c00000
	tasks; set 1; vmas; pagemap -p 1; vtop -u 5000; shared 1 3; help; help vtop
	!true
	info | cat
	whatis ffff888000030000; search -p 1122334455667788; log; panic; triage; report --json; zones; slabs; frames
	diff other; diff -p 1 other
	regions > written; rd -p -r bytes 1c00000 9000; annotate text
	END
	echo 'RIP: 0010:schedule+0x4/0x20 ffff888001c00123' >text
}

# writing: one that writes dumps and pages, which takes as long as all of the other
writing() {
	cat >commands <<-'END'
	extract -f -w extracted; extract -f -z zstd -w packed; extract -f -l kernel --manifest list -w kernel
	report -f -w page
	END
}

# faults ARGUMENT...: kwalk with these, each call failing once
faults() {
	${CC:-cc} -shared -fPIC -o faults.so "$BATS_TEST_DIRNAME/faults.c" ||
		no_compiler
	${session:-commands}
	cp "${!#}" other
	FAULT_TRIED=$BATS_FILE_TMPDIR/tried python3 "$BATS_TEST_DIRNAME/faults.py" ./faults.so "${KWALK_FAULTS:-places}" "$KWALK" -q -x commands "$@"
}

@test "text, with a vmlinux" {
	dump x86_64-purpose
	vmlinux 64
	faults vmlinux x86_64-purpose
}

@test "dumps and pages that are written" {
	needs_part extract report
	vmlinux 64
	dump x86_64-purpose
	session=writing faults vmlinux x86_64-purpose
}

@test "JSON, with a vmlinux; areas and modules" {
	dump x86_64-areas
	vmlinux 64
	faults -j -v vmlinux x86_64-areas
}

@test "a dump alone, whose kernel is searched for" {
	dump x86_64-qemu
	python3 "$BATS_TEST_DIRNAME/containers.py" raw x86_64-qemu raw
	faults -j raw
}

@test "kdump-compressed" {
	dump kdump-zlib
	faults -j kdump-zlib
}

@test "flattened" {
	dump kdump-flat
	faults kdump-flat
}

@test "i386" {
	dump i386-purpose
	vmlinux 32
	faults -j vmlinux i386-purpose
}

@test "arm64" {
	dump arm64
	vmlinux arm64
	faults vmlinux arm64
}
