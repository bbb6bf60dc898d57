#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Files that are no dump, or not a sound one: the file and the reason are named,
# the status is 1 or 2, and nothing ends by a signal.
load common

# refuses TEXT FILE...: nothing can be opened; complaints name the words of TEXT.
refuses() {
	local text=$1

	shift
	fails 2 "kwalk $text" -q -c 'vtop ffffffff81000000' "$@"
}

# survives FILE: whatever it answers, it ends by itself, status 0 to 2.
survives() {
	local got=0

	patiently "$KWALK" -q -j -c 'info; regions; vtop ffffffff81000000 ffff888000001000 c0000000 0; ptov 1000; pfn_to_page 1 100000000; page_to_pfn ffffea0000000000 c1000000; rd -p 0 4; rd ffff888000000000; page 0; region 0' \
		"$1" >output 2>complaints </dev/null || got=$?
	if [ "$got" -gt 2 ]; then
		echo "$1: exit status $got"
		cat complaints
		return 1
	fi
	if [ "$got" -gt 0 ] && ! grep -q '^kwalk: ' complaints; then
		echo "$1: exit status $got and no complaint"
		cat complaints
		return 1
	fi
}

@test "no file, a directory, an empty file, a text file" {
	mkdir folder
	: >empty
	echo 'not a dump at all' >text
	head -c 100000 /dev/zero >zeroes
	refuses no-such-file no-such-file
	refuses 'folder directory' folder
	refuses empty empty
	refuses text text
	refuses zeroes zeroes
	printf '\177ELF' >elf
	refuses elf elf
}

@test "a file that may not be read, a link to itself" {
	dump x86_64
	chmod 0 x86_64
	# root reads everything, unless it gives that up
	if [ "$(id -u)" -eq 0 ]; then
		local humble='setpriv --bounding-set=-dac_override,-dac_read_search'

		$humble true || skip "root cannot give up its rights here"
		printf '#!/bin/sh\nexec %s "%s" "$@"\n' "$humble" "$KWALK" >kwalk
		chmod +x kwalk
		KWALK=$PWD/kwalk
	fi
	refuses 'x86_64 permission' x86_64
	ln -s loop loop
	refuses loop loop
}

@test "no device, pipe or socket is opened" {
	local name

	${CC:-cc} -shared -fPIC -o opened.so "$BATS_TEST_DIRNAME/opened.c" ||
		no_compiler
	mkfifo pipe
	python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("socket")'
	for name in pipe socket /dev/null; do
		rm -f opened
		OPENED=$PWD/opened LD_PRELOAD=$PWD/opened.so \
			ASAN_OPTIONS=verify_asan_link_order=0:exitcode=99 \
			not "$KWALK" -q -j -c info "$name" >answers 2>complaints
		complains @format "$name:" 'is not a regular file'
		grep -q "^look $name" opened
		not grep "^open .*$name" opened
	done
}

# A dump is read in pieces; what is needed whole, as a vmlinux, is refused.
@test "a program of 32 bits does not map what has no room there" {
	cat >open.c <<-END
	#include <stdio.h>
	#include "base/file.h"
	int main(void)
	{
		struct file file, found;
		struct error err;
		char scratch[4];
		bool ok = file_open(&file, "large", &err);
		const uint8_t *end = ok ? file_view(&file, file.size - 4, 4, scratch) : NULL;
		printf("%s %s %.4s\n", ok ? "opened" : err.message,
		       file.too_large ? "in pieces" : "mapped", end ? (const char *)end : "none");
		printf("%s\n", file_open_found(&found, "large", &err) ? "opened" : err.message);
		return 0;
	}
	END
	echo 'int main(void) { return 0; }' >empty.c
	${CC:-cc} -m32 -o empty empty.c 2>log && ./empty || skip "no libraries of 32 bits"
	${CC:-cc} -m32 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -I"$BATS_TEST_DIRNAME/../../src" -o open \
		open.c "$BATS_TEST_DIRNAME/../../src/base/file.c" "$BATS_TEST_DIRNAME/../../src/base/error.c"
	local size

	# The program itself takes some of 4 GiB, and what is kept of the file takes more.
	for size in $((4096 * 1024 * 1024 + 8192)) $((4096 * 1024 * 1024 - 4096)) $((3500 * 1024 * 1024)); do
		truncate -s 0 large
		truncate -s $((size - 4)) large
		printf tail >>large
		./open >said
		grep -x 'opened in pieces tail' said
		grep "large: is too large for memory ($size bytes)" said
	done
	truncate -s 0 large
	truncate -s 4092 large
	printf tail >>large
	./open >said
	grep -x 'opened mapped tail' said
	grep -x opened said
}

@test "a vmlinux as the dump, two vmlinuxes, a vmlinux of another architecture" {
	dump x86_64
	vmlinux 64
	cp vmlinux vmlinux2
	refuses vmlinux vmlinux
	refuses vmlinux vmlinux vmlinux2
	refuses 'vmlinux2' vmlinux vmlinux2 x86_64
	vmlinux 32
	fails 2 'kwalk vmlinux' -q -c 'vtop 0' vmlinux x86_64
}

@test "a process' core, other architectures, other byte orders" {
	dump bad-user-core bad-loongarch bad-big-endian bad-x86-big-endian bad-class bad-type
	refuses 'bad-user-core process' bad-user-core
	refuses 'bad-loongarch loongarch' bad-loongarch
	refuses 'bad-big-endian' bad-big-endian
	refuses 'bad-x86-big-endian' bad-x86-big-endian
	refuses 'bad-class class' bad-class
	refuses 'bad-type' bad-type
}

@test "cut in the ELF header, the program headers, the notes" {
	dump bad-cut-ehdr bad-cut-phdrs bad-cut-notes
	refuses bad-cut-ehdr bad-cut-ehdr
	refuses bad-cut-phdrs bad-cut-phdrs
	survives bad-cut-notes
}

@test "program headers that cannot be" {
	dump bad-phentsize-0 bad-phentsize-large bad-phnum bad-phnum-0 bad-pnxnum bad-phoff bad-no-memory
	refuses bad-phentsize-0 bad-phentsize-0
	refuses bad-phentsize-large bad-phentsize-large
	refuses bad-phnum bad-phnum
	refuses bad-phnum-0 bad-phnum-0
	refuses bad-pnxnum bad-pnxnum
	refuses bad-phoff bad-phoff
	refuses bad-no-memory bad-no-memory
}

@test "segments, notes and note texts that cannot be" {
	for name in bad-offset bad-sizes bad-note-namesz bad-note-descsz bad-note-segment bad-vmcoreinfo bad-vmcoreinfo-wild bad-qemu-note; do
		dump "$name"
		survives "$name"
	done
}

@test "odd files that are right" {
	dump x86_64-vcore x86_64-pnxnum
	answers x86_64-vcore 'vtop ffff888001c00123; ptov 9fbf8' <<-END
	ffff888001c00123 status=mapped physical=0x1c00123
	9fbf8 status=ok
	END
	answers x86_64-pnxnum 'vtop ffff888001c00123' <<<'ffff888001c00123 status=mapped physical=0x1c00123'
}

@test "cut anywhere" {
	local size

	dump bad-phnum-0
	describe whole <<-END
	include $DUMPS/bad.inc
	END
	for ((size = 0; size < 2048; size += 61)); do
		cp whole cut
		truncate -s "$size" cut
		survives cut
	done
}

@test "each field of the headers wild" {
	local offset value

	describe whole <<-END
	include $DUMPS/bad.inc
	END
	# the ELF header's fields behind e_ident, then both program headers, by 4 bytes
	for ((offset = 16; offset < 176; offset += 4)); do
		for value in '\xff\xff\xff\xff' '\x00\x00\x00\x80' '\x00\x00\x00\x00'; do
			cp whole wild
			printf %b "$value" | dd of=wild bs=1 seek="$offset" conv=notrunc status=none
			survives wild
		done
	done
}
