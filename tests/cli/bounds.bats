#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Bounds that the user states, and what ends a session from outside.
load common

# The message about a file that becomes shorter while kwalk reads it.
LOST='a file became shorter or unreadable while it was in use'

needs_bound() {
	not_emulated "it takes no limit of memory"
	if sanitized; then
		skip "no bound on memory under a sanitizer"
	fi
}

@test "--max-memory, --timeout, --max-lines: what is no size, no number" {
	dump x86_64
	for size in '' 0 x -1 1X 1GG 99999999999999999999 18446744073709551615K; do
		fails 2 '--max-memory: not number' --max-memory="$size" -c info x86_64
	done
	for time in '' x -1 1s 1.5; do
		fails 2 '--timeout: not number' --timeout="$time" -c info x86_64
		fails 2 '--max-lines: not number' --max-lines="$time" -c info x86_64
	done
	fails 2 '--max-lines: not number' --max-lines=99999999999999999999 -c info x86_64
	"$KWALK" -q --max-memory=1T --timeout=0 -c 'vtop 0' x86_64
	"$KWALK" -q --max-memory=100m --timeout=1000 -c 'vtop 0' x86_64
}

# From far too little to more than enough.
@test "--max-memory: too little ends a command with a complaint, and no other" {
	local size status complaints=0

	needs_bound
	dump x86_64-tasks
	vmlinux 64
	ask=(-q -j -c 'ptov -a -u 1c02000' -c tasks -c check -c '!true' vmlinux x86_64-tasks)
	"$KWALK" "${ask[@]}" >whole 2>said || [ $? -eq 1 ]
	for size in 1 4K 16K 64K 128K 256K 512K 1M 2M 4M 64M; do
		status=0
		"$KWALK" --max-memory=$size "${ask[@]}" >answers 2>complaints || status=$?
		[ "$status" -le 2 ]
		if grep -q 'out of memory' complaints; then
			[ "$status" -ge 1 ]
			complaints=$((complaints + 1))
		else
			cmp whole answers
			cmp said complaints
		fi
		python3 -c 'import json; [json.loads(s) for s in open("answers")]'
	done
	cmp whole answers
	[ "$complaints" -ge 1 ]
}

@test "--max-memory: shell commands run without the bound" {
	needs_bound
	dump x86_64
	"$KWALK" -q --max-memory=20M -c '!ulimit -S -d' x86_64 >got
	[ "$(cat got)" = "$(ulimit -S -d)" ]
	"$KWALK" -q --max-memory=20M -c 'vtop 0 | ulimit -S -d' x86_64 >got
	[ "$(cat got)" = "$(ulimit -S -d)" ]
}

# The clock of the program runs fast, so that nothing has to be waited for.
@test "--timeout: a command without an answer ends, the next one runs" {
	${CC:-cc} -shared -fPIC -o fast-clock.so "$BATS_TEST_DIRNAME/fast-clock.c" ||
		no_compiler
	dump x86_64
	LD_PRELOAD=$PWD/fast-clock.so ASAN_OPTIONS=verify_asan_link_order=0:exitcode=99 \
		fails 1 'ptov: stopped after 5 seconds without an answer (--timeout)' -q -j --timeout=5 -c 'ptov -a 1000; vtop 0' x86_64
	grep '"command":"ptov","status":"error","message":"stopped' output
	grep '"command":"vtop"' output
	# what answers is not ended
	LD_PRELOAD=$PWD/fast-clock.so ASAN_OPTIONS=verify_asan_link_order=0:exitcode=99 \
		"$KWALK" -q -j --timeout=100000 -c 'ptov -a 1000; vtop 0' x86_64
}

@test "--timeout: opening the files ends, whether they are archives or memory without a note" {
	${CC:-cc} -shared -fPIC -o fast-clock.so "$BATS_TEST_DIRNAME/fast-clock.c" ||
		no_compiler
	dump x86_64-bare
	gzip -k x86_64-bare
	for file in x86_64-bare x86_64-bare.gz; do
		LD_PRELOAD=$PWD/fast-clock.so ASAN_OPTIONS=verify_asan_link_order=0:exitcode=99 \
			fails 2 'stopped after 3 seconds, before the files were open (--timeout)' -q --timeout=3 --unpack -c info "$file"
		"$KWALK" -q --timeout=600 --unpack -c info "$file"
	done
}

# The library turns in a circle; the timer of the program runs fast.
@test "--timeout: a library that does not return ends with the program" {
	cat >circle.c <<-'END'
	#define _GNU_SOURCE
	#include <dlfcn.h>
	#include <sys/time.h>
	void *dwarf_begin_elf(void *elf, int command, void *group)
	{
		for (volatile int turns = 0;; turns++)
			;
	}
	int setitimer(__itimer_which_t which, const struct itimerval *period, struct itimerval *old)
	{
		int (*next)(__itimer_which_t, const struct itimerval *, struct itimerval *) = dlsym(RTLD_NEXT, "setitimer");
		struct itimerval soon = { { 0, 100000 }, { 0, 100000 } };
		return next(which, &soon, old);
	}
	END
	not_emulated "it has no such timer"
	${CC:-cc} -shared -fPIC -o circle.so circle.c || no_compiler
	dump x86_64-tasks
	vmlinux 64
	LD_PRELOAD=$PWD/circle.so ASAN_OPTIONS=verify_asan_link_order=0:exitcode=99 PATIENCE=600 \
		fails 1 'ended (--timeout): a library does not return' -q --timeout=1000 -c 'ptob 1; tasks; info' vmlinux x86_64-tasks
	grep -q 1000 output # what was answered is written
}

# first COUNT COMMAND [OPTION]...: of COMMAND's answers the first COUNT lines and no more,
# with a complaint if there are more, and exit status 1; whole has them all.
first() {
	local status=0

	"$KWALK" -q "${@:3}" --max-lines="$1" -c "$2" vmlinux x86_64-tasks >answers 2>complaints || status=$?
	grep -v '"status":"error"' answers >shown || true
	grep -v '"status":"error"' whole | head -n "$1" | cmp - shown || return 1
	if [ "$(grep -cv '"status":"error"' whole)" -gt "$1" ]; then
		complains @line "$1" 'of answers (--max-lines): the answer is incomplete' || return 1
		[ "$status" = 1 ]
	else
		not grep 'max-lines' complaints
	fi
}

@test "--max-lines: the first lines of each command's answers, and a complaint" {
	dump x86_64-tasks
	vmlinux 64
	echo 'ffff888001c00123 is where' >text
	for command in regions info areas pt check iomem tasks help 'help rd' 'vmas -p 1' 'pagemap -p 1' 'shared 1 3' \
		'annotate text' 'ptov 1 2 3 4 5 6' 'ptov -a -u 1c02000' 'vtop ffff888001c00123 5 1' 'rd -p 1c00000 100' \
		'sym schedule init_task' 'page 1c00000 1c01000' 'whatis -v 1c00000' 'search -p 0' 'zones' 'slabs' 'frames'; do
		for mode in -v -j; do
			"$KWALK" -q $mode -c "$command" vmlinux x86_64-tasks >whole 2>/dev/null || [ $? = 1 ]
			for count in 1 2 5 1000000; do
				first $count "$command" $mode || { echo "$command: $count $mode"; return 1; }
			done
		done
	done
	# of each command anew, through a pipe too; the default is no bound
	for bound in 0 2; do
		"$KWALK" -q --max-lines=$bound -c 'ptov 1; ptov 2; ptov 3 | cat; ptov 4' vmlinux x86_64-tasks >answers$bound
	done
	cmp answers0 answers2
	# A heading that was dropped is shown where it is needed.
	"$KWALK" -q --max-lines=1 -c 'ptov -a 0; ptov -a 0' vmlinux x86_64-tasks >answers 2>complaints && return 1
	[ "$(head -n 1 answers)" = "$(tail -n 1 answers)" ]
	[ "$(wc -l <answers)" = 2 ]
	"$KWALK" -q --max-lines=2 -c 'rd -p 0 100 | cat; ptov 0' vmlinux x86_64-tasks >answers 2>complaints && return 1
	[ "$(wc -l <answers)" = 4 ]
	complains @line 'rd: 2'
	"$KWALK" -q --max-lines=0 -c pt vmlinux x86_64-tasks >answers
	"$KWALK" -q -c pt vmlinux x86_64-tasks | cmp - answers
	"$KWALK" -q --csv --max-lines=4 -c 'regions; ptov 1' vmlinux x86_64-tasks >answers 2>complaints && return 1
	[ "$(grep -v error answers | grep -c '^regions,ok')" = 3 ]
	grep -q '^ptov,1,ok' answers
	complains @line 'regions: 4'
	# The bound counts answers, not errors: an error is printed beyond the bound.
	"$KWALK" -q -j --max-lines=1 -c 'ptov 1; ptov x y' vmlinux x86_64-tasks >answers 2>/dev/null && return 1
	[ "$(wc -l <answers)" = 3 ]
}

# The second command needs a page that is then no longer in the file.
@test "a file that becomes shorter: what was answered is kept, and why it ended" {
	local status=0

	dump x86_64
	"$KWALK" -q -j -c 'vtop ffff888001c00123; !truncate -s 20000 x86_64' \
		-c 'pte 63; rd -p 1c00000 9; pt; check' x86_64 >answers 2>complaints || status=$?
	[ "$status" = 1 ]
	complains @line '' "$LOST"
	head -n 1 answers | grep '"physical":"0x1c00123"'
	tail -n 1 answers | grep '"command":"pte"'
	python3 -c 'import json; [json.loads(s) for s in open("answers")]'
}

# The signal of a thread's own work, blocked there, would end the program at once.
@test "a file that becomes shorter while threads read it is reported all the same" {
	needs_part extract
	local status nr

	command -v truncate >/dev/null || skip 'no truncate'
	dump x86_64
	cp --sparse=never x86_64 whole
	for nr in {1..8}; do
		for command in 'search -p -t nothing-like-it' 'extract -f -l all -w out'; do
			cp --sparse=never whole x86_64
			status=0
			"$KWALK" -q -c "ptob 1; !truncate -s 16M x86_64" -c "$command" x86_64 >answers 2>complaints || status=$?
			[ "$status" = 1 ] || { echo "$nr: $command: status $status"; return 1; }
			complains @line '' "$LOST"
			grep -q 1000 answers
			[ -z "$(compgen -G 'out*')" ]
		done
	done
}

# Of a shell command that was ended, too.
@test "Ctrl-C between two commands: the second is not run, and a message reports this" {
	local commands got

	dump x86_64
	mkfifo ready go
	exec 6<>ready 7<>go
	for commands in 'ptob 1; !echo >ready && read x <go; ptob 2' $'ptob 1; !echo >ready && read x <go\nptob 2'; do
		got=0
		# Ignored by what is in the background, and where the tests are.
		env --default-signal=INT "$KWALK" -q -c "$commands" x86_64 >answers 2>complaints 3>&- 6>&- 7>&- &
		read -r -t "$PATIENCE" <&6
		kill -INT $!
		goes_on
		wait $! || got=$?
		[ $got = 1 ]
		complains @line 'command:' 'interrupted: the remaining commands are not run'
		[ "$(wc -l <answers)" = 2 ]
	done
}

@test "a file that is written to while it is open is reported, once" {
	dump x86_64
	vmlinux 64
	fails 1 'kwalk: warning: x86_64 was changed while it was open' -q -c 'rd -p 1c00000; !printf x | dd of=x86_64 conv=notrunc seek=20000 bs=1 status=none' x86_64
	[ "$(wc -l <complaints)" = 1 ]
	fails 1 'kwalk: warning: vmlinux was changed while it was open' -q -c '!touch -d 2001-01-01 vmlinux' vmlinux x86_64
	# within one second
	touch -d @1000000000.1 vmlinux
	fails 1 'kwalk: warning: vmlinux was changed while it was open' -q -c '!touch -d @1000000000.2 vmlinux' vmlinux x86_64
	"$KWALK" -q -c '!cat x86_64 vmlinux >copy' vmlinux x86_64
}

@test "a reader of the answers that goes away ends the session quietly" {
	local got=0

	dump x86_64
	for ((i = 0; i < 3000; i++)); do echo 'vtop ffff888001c00123'; done >many
	{ "$KWALK" -q -j -x many x86_64 2>complaints || echo $? >status; } | head -n 1 >first
	grep '"physical":"0x1c00123"' first
	[ "$(cat status)" = 1 ]
	[ ! -s complaints ]
}

@test "a full disk is reported, also at the end of a pipe, and does not lose the history" {
	local status=0

	[ "$(id -u)" = 0 ] || skip "only root can make a small file system"
	mkdir small
	mount -t tmpfs -o size=64K none small 2>/dev/null || skip "no tmpfs here"
	dump x86_64
	for ((i = 0; i < 3000; i++)); do echo 'vtop ffff888001c00123'; done >many
	"$KWALK" -q -j -x many x86_64 >small/answers 2>complaints || status=$?
	head -c 70000 /dev/zero >small/rest 2>/dev/null || true
	HOME=$PWD/small talk -q x86_64 <<-'END' || { umount small; return 1; }
	expect kwalk>
	send vtop ffff888001c00123\r
	expect 1c00123
	expect kwalk>
	send q\r
	exits 0
	END
	umount small
	[ "$status" = 1 ]
	complains @line '' 'cannot write answers: No space left on device'
}

# terminal COMMAND SIGNAL: COMMAND is entered at a prompt; then SIGNAL comes, or the
# terminal goes away. The program must end, and keep the line in its history.
terminal() {
	rm -rf .local
	patiently python3 - "$KWALK" "$@" <<-'END'
	import os, pty, select, signal, sys, time
	kwalk, command, what = sys.argv[1:4]
	pid, fd = pty.fork()
	if not pid:
	    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
	        signal.signal(number, signal.SIG_DFL)
	    os.environ.update(TERM="dumb", KWALK_PROGRESS="0")
	    os.execv(kwalk, [kwalk, "-q", "dump"])

	def expect(text):
	    shown = b""
	    while text not in shown:
	        shown += os.read(fd, 4096)
	expect(b"kwalk> ")
	os.write(fd, command.encode() + b"\r")
	expect(b"kwalk> " if command.startswith("vtop") else b"items read")
	if what == "gone":
	    os.close(fd)
	else:
	    os.kill(pid, getattr(signal, what))
	_, status = os.waitpid(pid, 0)
	sys.exit(os.WIFSIGNALED(status) and os.WTERMSIG(status) not in (signal.SIGTERM, signal.SIGHUP))
	END
	grep -qx "$1" .local/state/kwalk/history
}

@test "SIGTERM, SIGHUP, a terminal that goes away: at the prompt and in a command" {
	describe dump <<-END
	include $DUMPS/x86_64-5level.inc
	include $DUMPS/x86_64-note.inc
	at root[300]: u64 0x30000|KTABLE
	at 0x30000: u64 $(for _ in $(seq 256); do printf '0x30000|KTABLE 0x30000|TABLE|NX '; done)
	END
	for what in SIGTERM SIGHUP gone; do
		terminal 'vtop 0' $what
		terminal 'ptov -a 1000' $what
	done
}
