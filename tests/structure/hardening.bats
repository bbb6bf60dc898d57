#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# What the built program has against bugs being exploited, as its headers say.

setup() {
	KWALK=${KWALK:-./kwalk}
	HARDEN=$(sed -n 's/^HARDEN_\(CFLAGS\|LDFLAGS\) = //p' Makefile | tr '\n' ' ')
	readelf -h "$KWALK" >/dev/null 2>&1 || skip "no readelf for this program"
	case $HARDEN in
	*-f* | *-Wl*) ;;
	*) skip "built without hardening" ;;
	esac
}

# wanted FLAG: the compiler had it.
wanted() {
	case " $HARDEN " in
	*" $1 "*) return 0 ;;
	esac
	return 1
}

@test "the program can be loaded anywhere, its tables are read-only before it runs" {
	if wanted -pie; then
		readelf -h "$KWALK" | grep -q 'Type: *DYN'
	fi
	if wanted -Wl,-z,relro; then
		readelf -lW "$KWALK" | grep -q GNU_RELRO
	fi
	if wanted -Wl,-z,now; then
		readelf -dW "$KWALK" | grep -q 'BIND_NOW\|FLAGS.*NOW'
	fi
}

@test "its stack cannot be executed" {
	readelf -lW "$KWALK" | grep 'GNU_STACK' | grep -q ' RW '
}

@test "functions check their stack, and library calls the room there is" {
	if wanted -fstack-protector-strong; then
		readelf -sW --dyn-syms "$KWALK" | grep -q __stack_chk_fail
	fi
	if wanted -D_FORTIFY_SOURCE=2; then
		readelf -sW --dyn-syms "$KWALK" | grep -q '_chk@'
	fi
}

@test "jumps lead to where jumps may lead" {
	wanted -fcf-protection || skip "the compiler has no -fcf-protection"
	# of an object: what the program is linked with may be built without
	readelf -nW src/base/error.o | grep -q 'IBT, SHSTK'
}

@test "a note names each library that is loaded at run time" {
	local part soname

	for part in LIBARCHIVE BZIP2 LZ4 LZMA QMP SNAPPY; do
		grep -q "^#define HAVE_$part 1" config.h || skip "built without $part"
	done
	objcopy -O binary --only-section=.note.dlopen "$KWALK" "$BATS_TEST_TMPDIR/notes"
	grep -rhoE '"lib[a-z0-9]+\.so\.[0-9.]+"' "${srcdir:-..}/src" --include='*.c' | sort -u >"$BATS_TEST_TMPDIR/sonames"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/sonames")" -ge 5 ]
	while read -r soname; do
		grep -aqF "\"soname\":[$soname]" "$BATS_TEST_TMPDIR/notes"
	done <"$BATS_TEST_TMPDIR/sonames"
}

@test "doc/design.md gives the reason for each library that the program is linked with" {
	local library

	grep -q '^SANITIZE_CFLAGS = *$' Makefile || skip "a sanitizer needs more"
	sed -n 's/^| \(lib[^|]*\)|.*/\1/p' "${srcdir:-..}/doc/design.md" >"$BATS_TEST_TMPDIR/reasons"
	readelf -dW "$KWALK" | sed -n 's/.*(NEEDED).*\[\(.*\)\.so\..*\]$/\1/p' >"$BATS_TEST_TMPDIR/needed"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/needed")" -ge 4 ]
	while read -r library; do
		[[ $library != @(libc|ld*) ]] || continue
		grep -w "$library" "$BATS_TEST_TMPDIR/reasons"
	done <"$BATS_TEST_TMPDIR/needed"
}
