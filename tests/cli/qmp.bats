#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Running guests: qmp:SOCKET and --pause. tests/cli/qmp.py is the QEMU; tests/real/qmp.py asks a real one.
load common
of_part qmp

teardown() {
	[ -z "${qemu:-}" ] || kill "$qemu"
}

# qemu DUMP [MISCHIEF]: a QEMU whose guest has the memory of DUMP listens at s.
qemu() {
	not_emulated "there is no memory of another process"
	[ -z "${qemu:-}" ] || kill "$qemu"
	rm -f s s.*
	command python3 -S "$BATS_TEST_DIRNAME/qmp.py" s "$@" 3>&- &
	qemu=$!
	until_true test -S s
}

# mischief NAME WORDS [OPTION...]: of a QEMU that answers so, kwalk reports WORDS.
mischief() {
	qemu x86_64 "$1"
	fails 2 "$2" -q "${@:3}" -c 'sym init_task' qmp:s
	not grep -P '[^\n -~]' complaints
}

has_status() { [ "$(cat s.status)" = "$1" ]; }

ask='info; vtop ffffffff81000000 ffff888001c00123 0; rd ffff888001c00000 8; rd -p 1410000 4; region ffffffff81000000; virt_to_page ffff888001c00000; ptov 1c00123; pt; tasks; whatis ffff888001c00123'

# asked FILE...: the answers, without the format of the dump and the sources of facts (the described dump has virtual
# addresses in its program headers, which QEMU does not write).
asked() {
	"$KWALK" -q -j "$@" -c "$ask" 2>complaints | grep -v '"fact":"dump_format"' |
		sed 's@,"source":"[^"]*"@@; s@,"live":true@@'
}

@test "a running guest gives the answers of its dump" {
	dump x86_64
	asked x86_64 >want || true
	qemu x86_64
	asked qmp:s >got || true
	cmp want got || { diff want got; cat complaints; return 1; }
	asked --pause qmp:s >got || true
	cmp want got || { diff want got; cat complaints; return 1; }
	"$KWALK" -q -j -c info qmp:s | grep '"fact":"dump_format","value":"running guest","source":"qmp:s"'
	"$KWALK" -q -j --pause -c info qmp:s | grep '"fact":"dump_format","value":"paused guest","source":"qmp:s"'
	# events and replies to other calls are skipped
	qemu x86_64 events
	asked qmp:s >got || true
	cmp want got || { diff want got; cat complaints; return 1; }
}

# memory_of NUMBER NUMBER NUMBER [OPTION...]: kwalk reads so many KiB of the guest in shared files, in the memory of the
# process, and as copies.
memory_of() {
	patiently "$KWALK" -q -v "${@:4}" -c 'rd -p 1410000' qmp:s >/dev/null 2>complaints
	cat complaints
	grep -x "kwalk: fact: qmp:s: memory of process $qemu of user $(id -u): $1 KiB in shared files, $2 KiB in its memory, $3 KiB copied by QEMU" complaints
}

@test "memory in shared files, in the process, and copied by QEMU" {
	local all

	dump x86_64
	asked x86_64 >want || true
	qemu x86_64
	all=$("$KWALK" -q -v -c 'rd -p 1410000' qmp:s 2>&1 >/dev/null | sed -n 's/.* \([0-9]*\) KiB in its memory.*/\1/p')
	[ "$all" -gt 0 ]
	memory_of 0 "$all" 0
	qemu x86_64 shared
	memory_of "$all" 0 0
	for pause in '' --pause; do
		# shellcheck disable=SC2086 # no word, or one
		asked $pause qmp:s >got || true
		cmp want got || { diff want got; cat complaints; return 1; }
	done
	# What gpa2hva shows is not the guest's memory: another process runs it.
	qemu x86_64 foreign
	memory_of 0 0 "$all"
	grep -x pmemsave s.calls
	[ "$(grep -c -x add-fd s.calls)" = "$(grep -c -x remove-fd s.calls)" ]
	for pause in '' --pause; do
		# shellcheck disable=SC2086
		asked $pause qmp:s >got || true
		cmp want got || { diff want got; cat complaints; return 1; }
	done
	# a search by several threads, and an address that is not memory
	"$KWALK" -q -j -c 'search -p 10; rd -p fee00000' x86_64 >want 2>/dev/null || true
	"$KWALK" -q -j -c 'search -p 10; rd -p fee00000' qmp:s 2>/dev/null | sed 's@,"live":true@@' >got || true
	[ -s want ]
	cmp want got
}

# changes SIGNAL COMMANDS [OPTION...]: kwalk answers a command, then the signal changes the guest, then kwalk answers the
# commands.
changes() {
	rm -f s.done
	echo "kill -$1 $qemu; until [ -e s.done ]; do sleep 0.05; done" >change
	patiently "$KWALK" -q -j "${@:3}" -c 'rd -p 1410000' -c '!sh change' -c "$2" qmp:s >answers 2>complaints || true
	cat answers complaints
}

@test "copies are forgotten after each command" {
	dump x86_64
	qemu x86_64 foreign
	changes USR1 'rd -p 1410000'
	[ "$(grep -c '"values"' answers)" = 2 ]
	[ "$(grep -c 5555555555555555 answers)" = 1 ]
}

@test "another kernel, of a snapshot or of kexec" {
	dump x86_64
	vmlinux 64
	for pause in '' --pause; do
		qemu x86_64
		# shellcheck disable=SC2086 # no word, or one
		changes USR1 'rd -p 1410000; rd -p 1410000' $pause vmlinux
		[ "$(grep -c '"values"' answers)" = 1 ]
		[ "$(grep -cxF 'kwalk: rd: qmp:s: the kernel is not in memory any more, so the guest runs another kernel now; open it again' complaints)" = 2 ]
	done
	has_status running
}

@test "memory that is removed, and another device" {
	dump x86_64
	qemu x86_64 unplug
	changes USR2 'rd -p 1410000; rd -p 1410000'
	[ "$(grep -c '"values"' answers)" = 1 ]
	[ "$(grep -cxF 'kwalk: rd: qmp:s: memory was added to the guest or removed from it; open it again' complaints)" = 2 ]
	qemu x86_64
	changes USR2 'rd -p 1410000; rd -p 1410000'
	[ "$(grep -c '"values"' answers)" = 3 ]
	[ ! -s complaints ]
}

# asks_slowly COMMANDS DUMP: starts kwalk, whose pid is $slow, with --pause. Nobody reads its answers, so the guest stands
# still.
asks_slowly() {
	[ -p answers ] || mkfifo answers
	exec 6<>answers
	"$KWALK" -q -j --pause -c "$1" "$2" >&6 2>complaints 3>&- 6>&- &
	slow=$!
	until_true has_status paused
}

# slow_ends: reads the answers until this kwalk has ended.
slow_ends() {
	local reader

	cat <&6 >/dev/null 3>&- &
	reader=$!
	wait "$slow" || true
	kill "$reader"
	exec 6>&-
}

@test "a guest runs on if kwalk is stopped" {
	dump x86_64
	qemu x86_64
	asks_slowly 'rd -p 1400000 100000' qmp:s
	kill -STOP "$slow"
	until_true has_status running
	kill -CONT "$slow"
	slow_ends
	cat complaints
	grep -F 'kwalk: rd: qmp:s: another program continued the guest, so the answer mixes two states' complaints
}

# time_passes: kwalk does not wait until time has passed (silence.c).
time_passes() {
	# shellcheck disable=SC2086 # CC may have words
	${CC:-cc} -I"$BATS_TEST_DIRNAME/../../src" -shared -fPIC -o silence.so "$BATS_TEST_DIRNAME/silence.c" || no_compiler
	printf '#!/bin/sh\nLD_PRELOAD=%q ASAN_OPTIONS=verify_asan_link_order=0 exec %q "$@"\n' "$PWD/silence.so" "$KWALK" >quick
	chmod +x quick
	KWALK=$PWD/quick
}

@test "a QEMU that does not reply" {
	dump x86_64
	qemu x86_64 silent
	time_passes
	SILENCE=1 fails 1 'kwalk: vtop: qmp:s: QEMU does not reply in time' -q --pause -c 'vtop 0' qmp:s
	[ "$(grep waited complaints | tr '\n' ' ')" = 'waited 10 waited 1 ' ]
}

@test "a QEMU that sends without an end, but does not reply" {
	dump x86_64
	time_passes
	# events during a command, and replies to other requests while the guest is opened
	qemu x86_64 flood
	FLOOD=1 SILENCE=1 fails 1 'kwalk: vtop: qmp:s: QEMU does not reply in time' -q --pause -c 'vtop 0' qmp:s
	FLOOD=1 SILENCE=9 mischief flood-others 'QEMU does not reply in time'
}

@test "answers about a guest that runs contain that it runs, and damage is not sure" {
	describe damaged <<-END
	include $DUMPS/x86_64.txt
	at pmd_vmalloc[3]: u64 0x7000000|KTABLE
	END
	"$KWALK" -q -j -c check damaged >want || true
	grep '"status":"error","check":"tables","message":"1 part of the tables' want
	qemu damaged
	"$KWALK" -q -j --pause -c check qmp:s >got || true
	cmp want got || { diff want got; return 1; }
	"$KWALK" -q -j -c 'check; vtop 0; sym nothing' qmp:s >got 2>complaints || true
	grep '"status":"not-checked","check":"tables","message":"the kernel is running, so this may have been a change: 1 part' got
	grep -v '"live":true' got >unmarked || true
	[ ! -s unmarked ]
	not grep '"command":"check","status":"error"' got
	not grep 'warning' complaints
	"$KWALK" -q -c 'vtop 0; panic' qmp:s >got 2>complaints || true
	complains @warning 'qmp:s' 'runs while it is read, so an answer may mix several moments'
	"$KWALK" -q --pause -c 'vtop 0' qmp:s 2>complaints >got || true
	not grep 'warning' complaints
}

@test "without --pause a guest is not stopped, with --pause it is for each command" {
	dump x86_64
	qemu x86_64
	"$KWALK" -q -c 'info; sym init_task' qmp:s >/dev/null || true
	not grep -x 'stop\|cont' s.calls
	rm s.calls
	"$KWALK" -q --pause -c 'vtop 0; rd -p 1410000' qmp:s >/dev/null
	[ "$(grep -x 'stop\|cont' s.calls | tr '\n' ' ')" = 'stop cont stop cont ' ]
	has_status running
	# a guest that stood still already is not continued
	qemu x86_64 stands
	"$KWALK" -q --pause -c 'vtop 0' qmp:s >/dev/null
	not grep -x 'stop\|cont' s.calls
	has_status paused
}

@test "a guest runs on if kwalk is killed" {
	dump x86_64
	for signal in KILL TERM; do
		qemu x86_64
		mkfifo "answers.$signal"
		# Nobody reads the answers, so that kwalk is in the middle of a command.
		exec 6<>"answers.$signal"
		"$KWALK" -q -j --pause -c 'rd -p 1400000 100000' qmp:s >&6 2>/dev/null 3>&- 6>&- &
		until_true has_status paused
		kill -"$signal" $!
		wait $! || true
		exec 6>&-
		until_true has_status running
	done
}

@test "a guest runs on if kwalk is killed while a command opens a pipe" {
	dump x86_64
	qemu x86_64
	mkfifo text
	# Nobody writes into the pipe, so that the process outside of the sandbox waits.
	"$KWALK" -q --pause -c 'annotate text' qmp:s 2>/dev/null 3>&- &
	until_true has_status paused
	kill -KILL $!
	wait $! || true
	until_true has_status running
	: 6<>text # the process ends
}

@test "if the process outside of the sandbox is killed, nothing more is asked" {
	local guard

	dump x86_64
	qemu x86_64
	asks_slowly 'rd -p 1400000 100000; vtop 0' qmp:s
	# A process that ends meanwhile has no file any more.
	guard=$(grep -ls "^PPid:[[:space:]]*$slow\$" /proc/[0-9]*/status | grep -o '[0-9]*')
	[[ "$guard" =~ ^[0-9]+$ ]]
	kill -KILL "$guard"
	until_true grep -q '^State:[[:space:]]*Z' "/proc/$guard/status"
	slow_ends
	grep -F 'kwalk: rd: qmp:s: the connection to QEMU has ended; if the guest stands still, continue it by the command cont of its monitor' complaints
}

@test "code in the sandbox can make QEMU do nothing but what kwalk asks for" {
	local request

	dump x86_64
	# shellcheck disable=SC2086 # CC may have words
	${CC:-cc} -I"$BATS_TEST_DIRNAME/../../src" -shared -fPIC -o rogue.so "$BATS_TEST_DIRNAME/rogue-qmp.c" || no_compiler
	qemu x86_64
	ROGUE='{"execute":"migrate","arguments":{"uri":"exec:touch done"},"id":1}
' not rogue
	grep 'QEMU has ended, or has closed the connection' complaints
	# To stop the guest (without --pause), to continue it, to copy memory to a descriptor of QEMU's, and an unknown
	# command.
	for request in '#2' '#3' '#7 1000 8' '#8' '#12' '#11 ffffffffffffffff'; do
		ROGUE=$request rogue
		grep '"id":4242,"error":{"desc":"the process outside of the sandbox does not pass this on"}' complaints
		cmp want output
	done
	not grep -xE 'migrate|stop|cont|pmemsave|remove-fd' s.calls
	has_status running
	# A right request comes through.
	ROGUE='#1' rogue
	grep '"id": 4242' complaints
}

# rogue: asks with the preloaded library.
rogue() {
	"$KWALK" -q -c 'rd -p 1410000 4' x86_64 >want
	LD_PRELOAD=$PWD/rogue.so ASAN_OPTIONS=verify_asan_link_order=0 "$KWALK" -q -c 'rd -p 1410000 4' qmp:s >output 2>complaints
}

@test "a guest is continued whatever else fails" {
	dump x86_64
	qemu x86_64 no-status-paused
	fails 1 'QEMU does not report whether the guest runs' -q --pause -c 'vtop 0; vtop 0' qmp:s
	[ "$(grep -x 'stop\|cont' s.calls | tr '\n' ' ')" = 'stop cont stop cont ' ]
	has_status running
	# It stands still until QEMU says that it runs.
	qemu x86_64 refuse-cont
	fails 1 'vtop cont allowed' -q --pause -c 'vtop 0' qmp:s
	has_status running
}

@test "a guest that another program continues and stops again" {
	dump x86_64
	for how in '' 'stands-'; do
		qemu x86_64 "${how}resumed"
		fails 1 'another program continued the guest, so the answer mixes two states' -q --pause -c 'vtop 0' qmp:s
	done
}

@test "notes that leave out memory are not used after the command" {
	dump x86_64
	qemu x86_64
	"$KWALK" -q -j --pause -c 'rd -p 1410000 4; rd -p 1410000 4; rd -p 1410000 4' qmp:s >want
	qemu x86_64 parts-later
	"$KWALK" -q -j --pause -c 'rd -p 1410000 4; rd -p 1410000 4; rd -p 1410000 4' qmp:s >got
	cmp want got
}

@test "a guest that is reset, and a QEMU that ends" {
	dump x86_64
	qemu x86_64
	touch s.reset
	fails 1 'kwalk: vtop: qmp:s: the guest was reset, so it runs another kernel now; open it again' -q -c 'vtop 0' qmp:s
	[ ! -s output ]
	mischief hang-up 'kwalk: qmp:s: QEMU has ended, or has closed the connection'
}

@test "hostile replies" {
	dump x86_64
	mischief no-qmp "not a socket of QEMU's machine protocol"
	mischief error 'QEMU greets with an error'
	mischief stands-inmigrate 'QEMU waits for a guest that is migrated to it; open the guest when it runs'
	mischief no-text 'the reply to "info mtree -f" is not a text'
	mischief no-view 'has no address space "memory"'
	mischief no-memory 'the guest has no memory'
	mischief overlap "ranges of the guest's memory overlap at 0"
	mischief many 'more than 4096 ranges'
	mischief apart 'is not contiguous in QEMU'
	mischief no-address 'the reply to "gpa2hva 0x0" is not an address'
	mischief no-values 'has no values'
	mischief foreign-lies 'kwalk: qmp:s: QEMU contradicts itself about the memory of the guest'
	mischief foreign-no-fd 'the reply to "add-fd" is not a descriptor'
	rm -f s.calls
	mischief foreign-refuse-fd 'QEMU refuses add-fd: not'
	not grep -x remove-fd s.calls # a set of somebody else
	mischief foreign-refuse 'QEMU refuses pmemsave: not'
	mischief foreign-short 'the memory that QEMU wrote cannot be read'
	mischief refuse 'QEMU refuses dump-guest-memory: not'
	mischief no-notes 'notes of an implausible size'
	mischief long-notes 'notes of an implausible size'
	mischief cut-notes 'kwalk: qmp:s:'
	mischief wrong-notes 'kwalk: qmp:s:'
	mischief long-line 'a line that is too long'
	for name in never-stops no-status not-json; do
		qemu x86_64 "$name"
		fails 1 'kwalk: vtop: qmp:s: ' -q --pause -c 'vtop 0' qmp:s
		[ ! -s output ]
	done
}

@test "--max-memory bounds what replies of QEMU take" {
	! sanitized || skip "a sanitizer allocates in its own way"
	dump x86_64
	mischief many-objects 'out of memory' --max-memory=100M
}

@test "a socket that cannot be used" {
	fails 2 'kwalk: qmp:nowhere: No such file or directory; start QEMU with -qmp' -q -c info qmp:nowhere
	fails 2 'kwalk: qmp:: is not the name of a socket' -q -c info qmp:
	fails 2 'at most 107 bytes; use a relative path or a symbolic link' -q -c info "qmp:$(printf %04000d 0)"
	dump x86_64
	fails 2 'kwalk: --pause is for a running guest (qmp:SOCKET)' -q --pause -c info x86_64
	qemu x86_64
	fails 2 'only one guest can be open' -q -c info qmp:s qmp:t
	fails 2 @usage 'x86_64 qmp:s' -q -c info qmp:s x86_64
	fails 2 'use the option -gdb of QEMU' -q --gdb qmp:s
	fails 2 'not in a running guest' -q --guest=1 -c info qmp:s
	# a file of that name is a file
	cp x86_64 qmp:s
	"$KWALK" -q -j -c info qmp:s | grep '"fact":"dump_format","value":"ELF"'
}
