#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# A vmlinux fetched from a debuginfod server: a real one, and bad ones.
load common

id=c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00 # of x86_64-note.inc and mkvmlinux

setup() {
	not_by_chance
	cd "$BATS_TEST_TMPDIR" || return
	grep -qs '^#define HAVE_DEBUGINFOD' "$(dirname "$KWALK")/config.h" ||
		skip "built without debuginfod"
	export DEBUGINFOD_CACHE_PATH=$PWD/cache
	dump x86_64
}

teardown() {
	local file

	for file in server.pid helper.pid; do
		[ ! -e $file ] || kill "$(<$file)" || true
	done
}

# Or has ended.
listens() { [ -e port ] || ! kill -0 "$(<helper.pid)"; }

# serve MODE ARGUMENT...: start that server (see debuginfod.py), and name it to kwalk.
serve() {
	teardown
	rm -rf port asked cache ./*.pid
	command python3 -S "$BATS_TEST_DIRNAME/debuginfod.py" "$@" 3>&- >helper.log 2>&1 &
	echo $! >helper.pid
	until_true listens
	[ -e port ] || { cat ./*.log; return 1; }
	DEBUGINFOD_URLS=http://127.0.0.1:$(<port)
	export DEBUGINFOD_URLS
}

# refuses WORD...: kwalk complains of the server by these, and answers all the same.
refuses() {
	local word

	patiently "$KWALK" -j --debuginfod x86_64 -c info >answers 2>complaints
	cat complaints
	grep -qF '"fact":"vmlinux","value":"none"' answers
	grep -qF '"fact":"root","value":"0x1410000"' answers
	grep -qE '^kwalk: warning: debuginfod: ' complaints
	for word; do
		grep -qF -- "$word" complaints || return 1
	done
}

@test "Debian's server" {
	if ! command -v debuginfod >/dev/null; then
		[ -z "$CI" ] || { echo "debuginfod is missing"; return 1; }
		skip "debuginfod is missing"
	fi
	mkdir served
	vmlinux 64
	mv vmlinux served
	serve real served $id
	"$KWALK" -q -j --debuginfod x86_64 -c 'info; sym schedule' >answers
	grep -F "\"value\":\"$PWD/cache/$id/debuginfo\",\"source\":\"fetched by debuginfod\"" answers
	grep -F '"fact":"vmlinux_match","value":"matches the dump"' answers
	grep '"address":"0xffffffff81002000".*"size":' answers
	# What was fetched stays, and is checked again.
	kill "$(<server.pid)"
	rm server.pid
	KWALK_DEBUGINFOD=yes "$KWALK" -q x86_64 -c 'sym schedule' | grep ffffffff81002000
	cp served/vmlinux other
	python3 - <<-'END'
	data = open("other", "rb").read()
	at = data.index(bytes.fromhex("c0ffee00c0ffee00"))
	open("other", "wb").write(data[:at] + b"\1" + data[at + 1:])
	END
	chmod u+w "cache/$id/debuginfo"
	cat other >"cache/$id/debuginfo"
	refuses "has build-id 01ffee00c0ffee00c0ffee00c0ffee00c0ffee00"
	[ ! -e "cache/$id/debuginfo" ]
}

# kernel NAME LINE...: the dump x86_64, of tests/dumps/NAME, with a build-id in its memory.
kernel() {
	{
		echo "include $DUMPS/$1.txt"
		"$DUMPS/mkkallsyms" --build-id="${build_id:-$id}"
		printf '%s\n' "${@:2}"
	} >x86_64.txt
	"$MKDUMP" x86_64.txt x86_64
}

# uses FILE: that server's file is taken.
uses() {
	serve file "$1"
	"$KWALK" -q -j --debuginfod x86_64 -c info >answers 2>complaints
	cat complaints
	grep '"fetched by debuginfod"' answers
}

@test "by the kernel's notes in memory, where VMCOREINFO has no build-id or a wrong one" {
	vmlinux 64
	kernel x86_64 'note VMCOREINFO' '  BUILD-ID=' end
	uses vmlinux
	kernel x86_64-qemu
	uses vmlinux
	build_id=${id}00 kernel x86_64-qemu
	serve file vmlinux
	refuses "the file that a server sent for build-id ${id}00 has build-id $id"
	# Garbage as some stable kernels wrote it: asked for first, and not had.
	kernel x86_64 'note VMCOREINFO' '  BUILD-ID=0123456789abcdef0123456789abcdef01234567' end
	serve only $id vmlinux
	"$KWALK" -q -j --debuginfod x86_64 -c info >answers
	grep '"fetched by debuginfod"' answers
	[ "$(wc -l <asked)" = 2 ]
}

@test "a dump that has no build-id" {
	describe x86_64 <<-END
	include $DUMPS/x86_64.txt
	note VMCOREINFO
	  BUILD-ID=../elsewhere
	end
	END
	serve text
	refuses "has no build-id"
	[ ! -e asked ]
}

@test "a file of another build, or of no kernel" {
	BUILD_ID=0x1234 vmlinux 64
	serve file vmlinux
	refuses "the file that a server sent for build-id $id has build-id 1234"
	grep -qx "/buildid/$id/debuginfo" asked
	[ ! -e "cache/$id/debuginfo" ]
	vmlinux 32
	serve file vmlinux
	refuses "does not belong to this dump"
	serve text
	refuses "the file that a server sent for build-id $id is not a kernel"
	[ ! -e "cache/$id/debuginfo" ]
}

@test "a server that does not have it, stops amid the file, or is not there" {
	vmlinux 64
	serve missing
	refuses "no server has a file for build-id $id"
	serve cut vmlinux
	refuses "build-id $id"
	serve missing
	kill "$(<helper.pid)"
	rm helper.pid
	refuses "build-id $id"
}

@test "a server that sends without an end fills no disk" {
	serve endless
	DEBUGINFOD_MAXSIZE=3000000 refuses "build-id $id: the server's file has more than 3000000 bytes"
	[ ! -s "cache/$id/debuginfo" ]
}

@test "a server that never answers holds nothing up for ever" {
	serve silent
	DEBUGINFOD_TIMEOUT=2 refuses "$id"
	until_true grep -qs . asked
}

@test "without agreement nothing is asked" {
	serve text
	"$KWALK" x86_64 -c info >output
	"$KWALK" --debuginfod=ask x86_64 -c info >output
	KWALK_DEBUGINFOD=yes "$KWALK" --debuginfod=no x86_64 -c info >output
	echo info | "$KWALK" x86_64 >output
	vmlinux 64
	"$KWALK" --debuginfod vmlinux x86_64 -c info >output
	[ ! -e asked ]
	DEBUGINFOD_URLS='' refuses "DEBUGINFOD_URLS names no server"
	fails 2 'debuginfod perhaps yes no' --debuginfod=perhaps x86_64 -c info
	KWALK_DEBUGINFOD=on fails 2 'KWALK_DEBUGINFOD on yes no' x86_64 -c info
}

@test "the prompt asks" {
	vmlinux 64
	serve file vmlinux
	talk -q x86_64 <<-END
	expect build-id $id
	expect from $DEBUGINFOD_URLS?
	expect [y/N]
	send n\r
	expect kwalk>
	send quit\r
	exits 0
	END
	[ ! -e asked ]
	talk -q x86_64 <<-END
	expect [y/N]
	send y\r
	expect kwalk>
	send sym schedule\r
	expect ffffffff81002000
	expect kwalk>
	send quit\r
	exits 0
	END
}

@test "Ctrl-C ends the wait, not the program" {
	serve silent
	talk -q --debuginfod x86_64 <<-'END'
	expect waiting; Ctrl-C cancels
	send \x03
	expect debuginfod: canceled
	expect kwalk>
	send ptov 0\r
	expect ffff888000000000
	expect kwalk>
	send quit\r
	exits 0
	END
}

# The library of elfutils 0.192 and later asks nobody before a server has begun to answer.
@test "nor does a library that never asks whether to go on hold anything up" {
	${CC:-cc} -shared -fPIC -o libdebuginfod.so.1 -x c - <<-'END' || no_compiler
	#include <unistd.h>
	void *debuginfod_begin(void) { return ""; }
	void debuginfod_end(void *client) { (void)client; }
	void debuginfod_set_progressfn(void *client, void *function) { (void)client, (void)function; }
	int debuginfod_find_debuginfo(void *client, const void *id, int length, char **path)
	{
		(void)client, (void)id, (void)length, (void)path;
		for (;;)
			pause();
	}
	END
	export LD_LIBRARY_PATH=$PWD DEBUGINFOD_URLS=http://127.0.0.1:9 ASAN_OPTIONS=detect_leaks=0
	DEBUGINFOD_TIMEOUT=1 refuses "$id within 1 seconds"
	talk -q --debuginfod x86_64 <<-'END'
	expect waiting; Ctrl-C cancels
	send \x03
	expect debuginfod: canceled
	expect kwalk>
	send quit\r
	exits 0
	END
}
