#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# libkwalk.so: what it is made of, what it exports, and what it may not ask of the
# process that it is in.
load common

BUILT=$(dirname "$(realpath "${KWALK:-./kwalk}")")
SO=$BUILT/libkwalk.so
MAP=src/lib/libkwalk.map
ABI=src/lib/libkwalk.abi

# Functions that the header declares.
declared() {
	grep -oE '\bkwalk_[a-z_]+\(' include/kwalk.h | tr -d '(' | sort -u |
		grep -vxE 'kwalk_(kernel|dump|space|task|ranges)'
}

@test "it holds nothing of the rooms above it" {
	local room

	nm "$SO" >/dev/null 2>&1 || skip "no nm for this library"
	nm "$SO" | awk 'NF == 3 { print $3 }' | sort -u >"$BATS_TEST_TMPDIR/held"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/held")" -gt 100 ]
	for room in sandbox $(sed -n '/^output:/,$s/:.*//p' tests/structure/rooms); do
		# A part that is left out has no objects.
		find "$BUILT/src/$room" -maxdepth 1 -name '*.o' -exec nm -g --defined-only {} +
	done >"$BATS_TEST_TMPDIR/objects"
	awk 'NF == 3 { print $3 }' "$BATS_TEST_TMPDIR/objects" | grep -vxE '(m|c|re)alloc' |
		sort -u >"$BATS_TEST_TMPDIR/above"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/above")" -gt 100 ]
	comm -12 "$BATS_TEST_TMPDIR/held" "$BATS_TEST_TMPDIR/above" |
		none "these are of the program"
}

@test "it exports what the header declares, and nothing else" {
	nm -D --defined-only "$SO" | awk '$2 == "T" { sub(/@.*/, "", $3); print $3 }' |
		sort -u >"$BATS_TEST_TMPDIR/exported"
	declared | diff - "$BATS_TEST_TMPDIR/exported"
	sed -n 's/^\t\(kwalk_[a-z_]*\);$/\1/p' $MAP | sort -u | diff - "$BATS_TEST_TMPDIR/exported"
	nm -D --defined-only "$SO" | awk '{ print $3 }' | grep -v '^kwalk_[a-z_]*@@KWALK_[0-9.]*$' |
		grep -vx 'KWALK_[0-9.]*' | none "without a version of ours"
	readelf -d "$SO" | grep -q 'SONAME.*\[libkwalk\.so\.0\]'
}

@test "its package and the RPM package know the same functions and version" {
	local version

	sed -n 's/^ \(kwalk_[a-z_]*\)@KWALK_[0-9.]* .*/\1/p' debian/libkwalk0.symbols |
		diff <(sed -n 's/^\t\(kwalk_[a-z_]*\);$/\1/p' $MAP | LC_ALL=C sort) -
	version=$(sed -n 's/^AC_INIT(\[kwalk\], \[\(.*\)\])$/\1/p' configure.ac)
	[ "$(sed -n '1s/^kwalk (\(.*\)) .*/\1/p' debian/changelog)" = "$version" ]
	[ "$(sed -n 's/^Version: *//p' kwalk.spec)" = "$version" ]
}

# pthread_sigmask() is called only to start threads that handle no signals; the mask of the caller's
# thread is restored at once.
@test "it asks nothing of the process that is not its own" {
	grep -q '^SANITIZE_CFLAGS = *$' "$BUILT/Makefile" || skip "a sanitizer asks more"
	nm -D --undefined-only "$SO" | awk '{ sub(/@.*/, "", $2); print $2 }' |
		grep -xE 'signal|sigaction|sigprocmask|setrlimit|prctl|exit|_exit|abort|atexit|putenv|setenv|setlocale|fork|execv.*|libbpf_set_print|(v|f|vf|d)?printf|__.?printf_chk|puts|fputs|fputc|putchar|perror|stdout|stderr|write' |
		none "it may not call these"
}

@test "its interface is as described, or compatible" {
	command -v abidiff >/dev/null || skip "no abidiff: install abigail-tools"
	readelf -S "$SO" | grep -q debug_info || skip "built without debug information"
	grep -q '^SANITIZE_CFLAGS = *$' "$BUILT/Makefile" || skip "a sanitizer changes it"
	[ "$(uname -m)" = x86_64 ] || skip "the description is of x86-64"
	abidiff --no-added-syms "$ABI" "$SO"
}

@test "a change of its interface is found" {
	command -v abidiff >/dev/null || skip "no abidiff: install abigail-tools"
	readelf -S "$SO" | grep -q debug_info || skip "built without debug information"
	grep -q '^SANITIZE_CFLAGS = *$' "$BUILT/Makefile" || skip "a sanitizer changes it"
	for change in "s/name='kwalk_dump_read'/name='kwalk_dump_reads'/g" "s/'kwalk_extent' size-in-bits='192'/'kwalk_extent' size-in-bits='256'/"; do
		sed "$change" $ABI >"$BATS_TEST_TMPDIR/other.abi"
		run abidiff --no-added-syms "$BATS_TEST_TMPDIR/other.abi" "$SO"
		[ "$status" != 0 ]
	done
}

@test "pkg-config finds it" {
	PKG_CONFIG_PATH=$BUILT/src/lib pkg-config --modversion kwalk |
		grep -qx "$(sed -n 's/^AC_INIT(\[kwalk\], \[\(.*\)\])/\1/p' configure.ac)"
	PKG_CONFIG_PATH=$BUILT/src/lib pkg-config --libs kwalk | grep -q -- -lkwalk
}
