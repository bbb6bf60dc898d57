#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# contrib/kdump: the first records about a dead kernel, written by the capture kernel, and how kwalk
# reads /proc/vmcore.
bats_require_minimum_version 1.5.0
load common

setup() {
	not_by_chance
	cd "$BATS_TEST_TMPDIR" || return 1
	HOOK=$BATS_TEST_DIRNAME/../../contrib/kdump/kwalk-kdump
	# A sanitizer needs more memory than any bound.
	! sanitized || skip "no bound on memory under a sanitizer"
	{
		echo "include $DUMPS/x86_64-tasks.inc"
		"$DUMPS/mklog" ring --bits=12 --records=3 --message='Kernel panic - not syncing: the end' \
			--message='the last line'
	} | describe vmcore
	vmlinux 64
	instead "exec '$KWALK' \"\$@\" $PWD/vmlinux"
	export KWALK=$PWD/instead KWALK_VMCORE=$PWD/vmcore KWALK_SECONDS=$((PATIENCE / 2))
	# The hook looks often whether a program has ended. What hangs needs the other one.
	SLEEP=$(command -v sleep)
	mkdir looks
	printf '#!/bin/sh\nexec %s 0.01\n' "$SLEEP" >looks/sleep
	chmod +x looks/sleep
	PATH=$PWD/looks:$PATH
}

# own_clock: the hook reads a clock that stands still. A program in the place of kwalk ends the hook's time if it
# renames late_clock to clock.
own_clock() {
	echo 1000.00 >clock
	echo $((1000 + KWALK_SECONDS)).00 >late_clock
	export KWALK_UPTIME=$PWD/clock
}

# instead SHELL-COMMANDS: a program in the place of kwalk
instead() {
	printf '#!/bin/bash\n%s\n' "$*" >instead
	chmod +x instead
}

# has_records FOLDER: all, complete, and nothing else
has_records() {
	local names='kwalk-notes.txt log.txt panic.txt triage.json'

	[ -n "${without_extract:-}" ] || names="extract.elf $names"
	[ "$(cd "$1" && echo *)" = "$names" ]
	[ -z "$(find "$1" -name '.*' -type f)" ]
	grep 'the last line' "$1/log.txt"
	grep '^PANIC *the end' "$1/panic.txt"
	json_hold 'it["status"] == "ok" and it["panic"]["message"] == "the end"' "$1/triage.json"
	[ "$(stat -c %a "$1/triage.json")" = 600 ]
}

# then_copies FOLDER COMMAND...: the hook ends well, and the copy is written afterwards
then_copies() {
	"${@:2}" 2>noise
	mkdir -p "$1"
	cp vmcore "$1/dump"
	cmp vmcore "$1/dump"
}

preload() {
	${CC:-cc} -shared -fPIC -o fake-vmcore.so "$BATS_TEST_DIRNAME/fake-vmcore.c" || no_compiler
	instead "LD_PRELOAD=$PWD/fake-vmcore.so exec '${KWALK_PROGRAM:-$1}' \"\$@\" $PWD/vmlinux"
}

@test "/proc/vmcore is read, and not mapped" {
	local program

	program=$(sed -n "s/^exec '\(.*\)'.*/\1/p" instead)
	"$program" -q -j -c 'info; vtop -k init_task; log; tasks' "$PWD/vmlinux" vmcore >expected
	preload "$program"
	./instead -q -j -c 'info; vtop -k init_task; log; tasks' vmcore >answers
	cmp expected answers
}

@test "the records are written, by each shell, from a /proc/vmcore" {
	needs_part extract
	local shell program

	program=$(sed -n "s/^exec '\(.*\)'.*/\1/p" instead)
	preload "$program"
	for shell in sh bash 'busybox sh'; do
		command -v "${shell%% *}" >/dev/null || continue
		# shellcheck disable=SC2086 # two words
		then_copies "records-$shell" $shell "$HOOK" records vmcore "records-$shell"
		rm "records-$shell/dump"
		has_records "records-$shell"
	done
	"$program" -q -j -c 'vtop -k init_task' vmlinux vmcore | json_values 'it["physical"]' >expected
	"$program" -q -j -c 'vtop -k init_task' vmlinux records-sh/extract.elf | json_values 'it["physical"]' >answers
	cmp expected answers
	grep -x 'extract.elf: written' records-sh/kwalk-notes.txt
	# nothing of the texts is in the extract
	not grep -a 'the last line' records-sh/extract.elf
}

@test "what hangs is killed, and the copy follows" {
	own_clock
	instead "trap '' TERM INT HUP; mv $PWD/late_clock $PWD/clock; exec $SLEEP 1000"
	then_copies records sh "$HOOK" records vmcore records
	grep "log.txt: not written: not within $KWALK_SECONDS s" records/kwalk-notes.txt
	[ ! -e records/log.txt ]
	# The processor time has the same bound.
	own_clock
	instead 'case "$*" in *log*) while :; do :; done ;; esac'
	KWALK_SECONDS=1 then_copies spins sh "$HOOK" records vmcore spins
	grep 'log.txt: not written: .* by signal' spins/kwalk-notes.txt
}

@test "a log that is cut is kept, an answer that is cut is not" {
	own_clock
	instead "echo 'a line'; mv $PWD/late_clock $PWD/clock; exec $SLEEP 1000"
	then_copies records sh "$HOOK" records vmcore records
	[ "$(cat records/log-incomplete.txt)" = 'a line' ]
	instead 'case "$*" in *triage*) echo "{\"command\":"; kill -9 $$ ;; *) echo whole ;; esac'
	then_copies killed sh "$HOOK" records vmcore killed
	[ ! -e killed/triage.json ]
	[ "$(cat killed/log.txt)" = whole ]
	grep 'triage.json: not written: .* by signal 9' killed/kwalk-notes.txt
}

@test "what takes all memory, fills the disk, dies or is missing does not stop the copy" {
	instead 'exec python3 -c "x = bytearray(1 << 27); print(len(x))"'
	then_copies memory sh "$HOOK" records vmcore memory
	grep 'log.txt: not written: ' memory/kwalk-notes.txt
	instead 'case $* in *extract*) exit 1 ;; esac; exec yes'
	KWALK_SPACE=1 then_copies disk sh "$HOOK" records vmcore disk
	[ "$(du -sk disk | cut -f 1)" -lt 4096 ]
	instead 'kill -SEGV $$'
	then_copies dies sh "$HOOK" records vmcore dies
	grep 'log.txt: not written: .* by signal 11' dies/kwalk-notes.txt
	KWALK=/nonexistent then_copies missing sh "$HOOK" records vmcore missing
	grep 'log.txt: not written: /nonexistent cannot be started' missing/kwalk-notes.txt
	KWALK_VMCORE=/nonexistent then_copies none sh "$HOOK" records /nonexistent none
	[ "$(grep -c 'not written' none/kwalk-notes.txt)" = 4 ]
	chmod 500 .
	[ "$(id -u)" = 0 ] || sh "$HOOK" records vmcore refused
	chmod 700 .
	sh "$HOOK" records vmcore /dev/null/refused
	sh "$HOOK" strange
}

@test "without an extract, and without room for one" {
	local without_extract=yes

	KWALK_EXTRACT='' sh "$HOOK" records vmcore records
	has_records records
	KWALK_SPACE=$((1 << 40)) sh "$HOOK" records vmcore full
	has_records full
	grep 'extract.elf: not written: less than .* MiB are free' full/kwalk-notes.txt
}

@test "kdump-tools: the records are in the folder that kdump-config names after the minute" {
	needs_part extract
	local before after folder

	mkdir -p etc/default crash/kwalk-incomplete
	touch crash/kwalk-incomplete/old
	printf 'KDUMP_COREDIR=%s/crash\nMORE="$MORE is not set"\n' "$PWD" >etc/default/kdump-tools
	before=$(date +%Y%m%d%H%M)
	KWALK_ETC=$PWD/etc sh "$HOOK" kdump-tools
	after=$(date +%Y%m%d%H%M)
	folder=$(echo crash/*)
	# kdump-config starts at once.
	[[ $folder > crash/$before || $folder = "crash/$before" ]]
	[[ $folder < crash/$after || $folder = "crash/$after" ]]
	has_records "$folder"
	[ ! -e crash/kwalk-incomplete ]
	# A normal boot has no dead kernel.
	rm -r "$folder"
	KWALK_VMCORE=/nonexistent KWALK_ETC=$PWD/etc sh "$HOOK" kdump-tools
	[ "$(echo crash/*)" = 'crash/*' ]
}

# Users may write into /var/crash. The minute ends between two looks at the clock.
@test "kdump-tools: at the end of a minute, and no links are followed" {
	export KWALK_ETC=$PWD/etc KWALK_EXTRACT='' PATH=$PWD/bin:$PATH

	mkdir -p etc/default crash bin elsewhere
	echo "KDUMP_COREDIR=$PWD/crash" >etc/default/kdump-tools
	cat >bin/date <<-END
		#!/bin/sh
		case \$1 in
		+%S) [ -e '$PWD/later' ] && echo 00 || echo 59; touch $PWD/later ;;
		*) echo 202611241200 ;;
		esac
	END
	cat >bin/sleep <<-END
		#!/bin/sh
		echo "\$1" >>$PWD/slept
		exec $SLEEP 0.1
	END
	chmod +x bin/date bin/sleep
	ln -s ../elsewhere crash/kwalk-incomplete
	sh "$HOOK" kdump-tools
	without_extract=yes has_records crash/202611241200
	[ "$(grep -vx '0.1' slept)" = 2 ]
	rm -r crash/2*
	ln -s ../elsewhere crash/202611241200
	sh "$HOOK" kdump-tools
	without_extract=yes has_records crash/kwalk-incomplete
	[ -z "$(ls elsewhere)" ]
}

@test "Fedora: before the dump beside it, afterwards in its folder" {
	needs_part extract
	local records dump

	mkdir -p etc/kdump/{pre.d,post.d} bin root/crash root/crash/127.0.0.1-2026-01-01-10:00:00
	cp "$HOOK" etc/kdump/pre.d/kwalk
	cp "$HOOK" etc/kdump/post.d/kwalk
	printf 'path /crash\next4 /dev/disk/by-uuid/1\nextra_bins /usr/bin/kwalk\n' >etc/kdump.conf
	cat >bin/findmnt <<-END
		#!/bin/sh
		case "\$*" in
		*OPTIONS*) echo rw,relatime ;;
		*"--source /dev/disk/by-uuid/1") echo $PWD/root ;;
		esac
	END
	chmod +x bin/findmnt
	touch -d '1 hour ago' root/crash/127*
	export KWALK_ETC=$PWD/etc PATH=$PWD/bin:$PATH
	etc/kdump/pre.d/kwalk
	records=$(echo root/crash/kwalk-*)
	has_records "$records"
	# The dump was not written: the records stay where they are.
	etc/kdump/post.d/kwalk 1
	has_records "$records"
	dump=root/crash/127.0.0.1-2026-11-24-10:00:01
	mkdir "$dump"
	etc/kdump/post.d/kwalk 0
	[ ! -e "$records" ]
	has_records "$dump"
	# There is no folder on a raw target.
	echo 'raw /dev/sdb' >etc/kdump.conf
	etc/kdump/pre.d/kwalk
	etc/kdump/post.d/kwalk 0
	[ "$(echo root/crash/kwalk-*)" = 'root/crash/kwalk-*' ]
}
