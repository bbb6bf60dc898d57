#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The sandbox, and the helper outside of it.
load common

# with_library NAME: build tests/cli/NAME.c to be preloaded.
with_library() {
	${CC:-cc} -shared -fPIC -Wno-unused-result -o "$1.so" "$BATS_TEST_DIRNAME/$1.c" -ldl ||
		no_compiler
	export ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0
}

# holds PART: does that part of the sandbox hold on this machine?
holds() {
	"$KWALK" -j -c info x86_64 | grep '"fact":"sandbox"' | grep -q "\"holds\":[^]]*\"$1\""
}

# lacking ERRNO CALL... -- ARGUMENT...: kwalk, on a kernel without these calls.
lacking() {
	local rest=()

	not_emulated "the program that takes calls away takes the emulator's"
	[ -x lacking ] || ${CC:-cc} -o lacking "$BATS_TEST_DIRNAME/lacking.c" || no_compiler
	while [ "$1" != -- ]; do
		rest+=("$1")
		shift
	done
	shift
	./lacking "${rest[@]}" -- "$KWALK" "$@"
}

# rogue ARGUMENT...: kwalk, with a library in it that tries what it may not: tried has
# a line for each attempt.
rogue() {
	[ -e rogue.so ] || with_library rogue
	rm -rf owned*
	touch victim gone
	LD_PRELOAD=$PWD/rogue.so "$KWALK" -q "$@" -c 'ptov 0' x86_64 2>tried >answers </dev/null
	cat tried
	grep ffff888000000000 answers
}

# denied NAME...: these attempts failed, and for want of permission.
denied() {
	local name

	for name; do
		grep -qxE "$name (EPERM|EACCES|ENOSYS)" tried || { echo "$name was not denied"; return 1; }
	done
}

@test "what a defect would let code do is denied" {
	dump x86_64
	holds seccomp || skip "no seccomp here"
	rogue
	denied connect socket create write truncate openat2 mkdir rename unlink chmod mount \
		unshare io_uring bpf perf type capabilities core
	denied execve process_vm_readv kill execveat tgkill tkill limits pidfd link symlink other_id
	[[ $(uname -m) == @(aarch64|riscv64) ]] || denied old_create old_truncate old_creat
	sanitized || denied fork ptrace dumpable namespace
	# Signals to others, memory of the machine; kwalk's own use of the same calls goes on.
	denied setown setown_ex setsig async lease notify fioasync fiosetown siocspgrp hwpoison offline
	for name in setfl dupfd dontneed own_id; do grep -qx "$name done" tried; done
	grep -qE '^guard (done|EINVAL)$' tried
	if holds landlock; then
		denied read
	fi
	# Libraries can still be loaded from where others were.
	grep -qx 'library done' tried
	[ ! -e owned ]
	[ -e gone ]
}

@test "the same is done where there is no sandbox" {
	local name

	not_emulated "the emulator makes calls of its own"
	dump x86_64
	rogue --sandbox=no
	for name in connect socket create write truncate mkdir rename unlink chmod read fork execve kill execveat tgkill tkill \
		pidfd link symlink setown setown_ex setsig async notify fioasync fiosetown siocspgrp; do
		grep -qx "$name done" tried || { echo "$name"; return 1; }
	done
	for name in hwpoison offline namespace lease; do
		grep -qx "$name EINVAL" tried || { echo "$name"; return 1; }
	done
}

@test "without Landlock, by seccomp alone; and by Landlock alone" {
	dump x86_64
	holds seccomp && holds landlock || skip "not both are here"
	with_library rogue
	# A kernel before 5.13
	lacking 38 landlock -- -j -c info x86_64 >facts
	grep '"value":"partly".*"holds":\["seccomp","no_new_privs","no_capabilities","no_core_dumps"\],"lacks":\["landlock"\]' facts
	lacking 38 landlock -- -c info x86_64 | grep -E '^sandbox +partly +seccomp, .*; not: landlock \(Function not implemented\)$'
	printf '#!/bin/sh\nLD_PRELOAD=%s exec %s "$@"\n' "$PWD/rogue.so" "$KWALK" >run
	chmod +x run
	touch victim gone
	KWALK=$PWD/run lacking 38 landlock -- -c 'ptov 0' x86_64 2>tried >answers </dev/null
	denied connect create write truncate mkdir unlink chmod kill tgkill tkill execveat
	[[ $(uname -m) == @(aarch64|riscv64) ]] || denied old_create old_truncate old_creat
	grep -qx 'read done' tried
	KWALK=$PWD/run lacking 1 seccomp -- -c 'ptov 0' x86_64 2>tried >answers </dev/null
	cat tried
	denied create write mkdir unlink read
	"$KWALK" -j -c info x86_64 | grep -q '"landlock_lacks":\[[^]]*"truncation"' || denied truncate
	grep -qx 'socket done' tried
	[ ! -e owned ]
}

@test "of an older Landlock info names what it does not forbid, and seccomp does" {
	dump x86_64
	holds seccomp && holds landlock || skip "not both are here"
	with_library rogue
	with_library old-landlock
	printf '#!/bin/sh\nLD_PRELOAD=$PRELOAD exec %s "$@"\n' "$KWALK" >run
	chmod +x run
	export LANDLOCK PRELOAD=$PWD/old-landlock.so
	real=$("$KWALK" -q -j -c info x86_64 | sed -n 's/.*"landlock_version":\([0-9]*\).*/\1/p')
	for LANDLOCK in 5 3 1; do
		[ "$real" -ge "$LANDLOCK" ] || continue
		case $LANDLOCK in
		5) lacks=signals ;;
		3) lacks=network,ioctl,signals ;;
		1) lacks=links,truncation,network,ioctl,signals ;;
		esac
		./run -q -c info x86_64 | grep -E "^sandbox +yes +landlock \(version $LANDLOCK, without ${lacks//,/, }\), seccomp, "
		./run -q -j -c info x86_64 | grep "\"landlock_version\":$LANDLOCK,\"landlock_lacks\":\[\"${lacks//,/\",\"}\"\]"
		touch victim gone
		PRELOAD="$PWD/old-landlock.so $PWD/rogue.so" ./run -q -c 'ptov 0' x86_64 2>tried >answers </dev/null
		denied connect create write truncate kill tgkill setown setown_ex setsig async link type
	done
	if [ "$real" -ge 6 ]; then
		"$KWALK" -q -c info x86_64 | grep -E '^sandbox +yes +landlock, seccomp, '
	fi
}

@test "root's rights over the machine are kept for its own memory alone" {
	local rights

	rights=$(sed -n 's/^CapPrm:\t//p' /proc/self/status)
	((0x$rights >> 21 & 1)) || skip "no CAP_SYS_ADMIN here"
	not_emulated "the emulator makes calls of its own"
	needs strace
	dump x86_64
	export ASAN_OPTIONS=detect_leaks=0
	strace -v -e trace=capset -o calls "$KWALK" -q -c 'ptov 0' x86_64
	[ "$(grep -c 'CAP_SYS_ADMIN\|CAP_SYS_RAWIO' calls)" = 0 ]
	grep -q CAP_DAC_READ_SEARCH calls
	[ -r /proc/kcore ] || return 0
	strace -v -e trace=capset -o calls "$KWALK" -q -c 'ptov 0' /proc/kcore || [ $? -le 2 ]
	grep -q 'CAP_SYS_RAWIO.*CAP_SYS_ADMIN' calls
}

@test "in a container that forbids all of it kwalk works, and says so" {
	dump x86_64
	lacking 1 seccomp landlock capset -- -j -c 'info; ptov 0' x86_64 >facts
	grep '"physical":"0x0","virtual":"0xffff888000000000"' facts
	grep '"fact":"sandbox","value":"partly"' facts
	grep '"lacks":\["landlock","seccomp"[],]' facts
	lacking 11 fork -- -c 'ptov 0; ptov 1 | cat' x86_64 >got 2>complaints && return 1
	grep ffff888000000000 got
	complains @warning '' 'shell commands cannot be run: cannot start a process'
}

@test "--sandbox=no, yes, require" {
	dump x86_64
	"$KWALK" --sandbox=no -j -c info x86_64 | grep '"fact":"sandbox","value":"no","source":"--sandbox=no","holds":\[\]'
	if holds landlock && holds seccomp; then
		"$KWALK" --sandbox=require -j -c info x86_64 |
			grep '"fact":"sandbox","value":"yes".*"lacks":\[\]'
	fi
	"$KWALK" --sandbox -c 'ptov 0' x86_64
	lacking 38 landlock -- --sandbox=require -c 'ptov 0' x86_64 >got 2>complaints && return 1
	[ ! -s got ]
	grep -x 'kwalk: --sandbox=require: landlock is not available: Function not implemented' complaints
	# before a file is looked at
	lacking 38 landlock -- --sandbox=require nowhere 2>complaints && return 1
	complains @line '--sandbox=require: landlock'
	lacking 1 seccomp -- --sandbox=require -c 'ptov 0' x86_64 2>complaints && return 1
	grep -x 'kwalk: --sandbox=require: seccomp is not available: Operation not permitted' complaints
	fails 2 'sandbox perhaps yes require' --sandbox=perhaps -c info x86_64
}

@test "what the process has given up is seen from outside" {
	dump x86_64
	holds seccomp || skip "no seccomp here"
	mkfifo commands
	"$KWALK" -q -x commands x86_64 >answers 3>&- &
	exec 4>commands
	echo 'ptov 0' >&4
	until_true grep -qs ffff888000000000 answers
	cp /proc/$!/status status
	cp /proc/$!/limits limits
	exec 4>&-
	wait $!
	grep -P '^NoNewPrivs:\t1$' status
	grep -P '^Seccomp:\t2$' status
	grep -P '^CapPrm:\t0+$' status
	grep -P '^CapEff:\t0+$' status
	grep -E '^Max core file size +0 +0 ' limits
}

# calls FILE: what was forbidden of the calls in strace's FILE, and those refused.
forbidden() {
	python3 - "$1" <<-'END'
	import re, sys
	lines = open(sys.argv[1], errors="replace").read().split("\n")
	start = next(i for i, line in enumerate(lines) if "PR_SET_SECCOMP" in line)
	assert len(lines) - start > 50, "strace saw too little"
	bad = re.compile(r"(socket|socketpair|connect|bind|execve|execveat|fork|vfork|ptrace|mount|"
	                 r"unlink\w*|rename\w*|mkdir\w*|chmod|kill|creat|openat2|io_uring_\w+|setuid)\(|"
	                 r"open(at)?\(.*\b(O_WRONLY|O_RDWR|O_CREAT|O_TRUNC)\b|"
	                 r"clone3?\((?!.*CLONE_THREAD)|"
	                 r"= -1 (EPERM|EACCES|ENOSYS)\b")
	# Threads: the filter cannot see what clone3() asks for, and libc takes clone() then.
	# Of a process that cannot be dumped, strace reads the memory only as root.
	thread = re.compile(r"clone3\((0x|.*CLONE_THREAD).*ENOSYS")
	found = [line for line in lines[start + 1:] if not thread.match(line)
	         and (bad.match(line) or bad.search(line, line.rfind(" = ")))]
	print(*found, sep="\n")
	sys.exit(bool(found))
	END
}

# One command each, with arguments that are answered or not.
all_commands() {
	cat <<-'END'
	annotate /dev/null
	annotate text
	areas
	bounce 1000
	bt -A
	btop 1000
	check
	devices
	guests
	diff other
	dis schedule 2
	dma 00:02.0 0
	files 1
	help
	info
	info -v
	iomem
	ioports
	kernels
	list -h init_task task_struct.tasks -s task_struct.comm
	log
	log -T -l err+
	mem
	p page_offset_base
	page ffff888000000000
	page_to_pfn ffffea0000000000
	page_to_phys ffffea0000000000
	pagemap -p 1
	panic
	pfn_to_page 1c00
	phys_to_page 1c00123
	pt
	pte 63
	ptob 1
	ptov -a 1c00123
	ptov -a -u 1c00123
	extract -f -w extracted
	extract -f -z zlib -w extracted
	rd schedule
	rd -8 -p -r bytes 1c00000 5000
	p max_pfn
	region schedule
	search -p 1122334455667788
	search -t Linux
	zones
	frames
	format text
	frames -l
	triage
	report --json
	slabs
	struct task_struct init_task
	regions
	set 1
	shared
	swap
	sym schedule
	tasks
	tree -t rbtree init_task
	virt_to_page ffff888000000000
	vmas -p 1
	vtop schedule
	ascii 4c696e75
	eval 1 + 2
	foreach 1 files
	listing mount
	mod
	mod -s ext4 other
	sys
	task 1
	x/4xg schedule
	whatis -v schedule 1c00123
	ptov 0 | cat
	!true
	quit
	END
}

@test "no command makes a forbidden call, nor one that is refused" {
	not_emulated "the emulator makes calls of its own"
	needs strace
	dump x86_64-tasks
	vmlinux 64
	holds_all=$("$KWALK" -q -j -c help vmlinux x86_64-tasks | sed -n 's/.*"name":"\([a-z_]*\)".*/\1/p')
	[ "$(wc -w <<<"$holds_all")" -gt 30 ]
	export ASAN_OPTIONS=detect_leaks=0
	all_commands >script
	cp x86_64-tasks other
	echo 'RIP: 0010:schedule+0x4/0x20 ffff888001c00123' >text
	for name in $holds_all; do
		grep -qE "^$name\>" script || { echo "$name is not tried"; return 1; }
	done
	strace -o calls "$KWALK" -q -x script vmlinux x86_64-tasks >answers 2>complaints || [ $? = 1 ]
	[ -s answers ]
	[ "$(stat -c %s bytes)" = 5000 ]
	forbidden calls
	grep -E '^prctl\(PR_SET_DUMPABLE, SUID_DUMP_DISABLE\) += 0' calls
	strace -o calls "$KWALK" -q -j -x script x86_64-tasks >answers 2>complaints || [ $? = 1 ]
	forbidden calls
}

@test "nor does the prompt" {
	not_emulated "the emulator makes calls of its own"
	needs strace
	dump x86_64
	vmlinux 64
	printf '#!/bin/sh\nexec strace -o calls %s "$@"\n' "$KWALK" >traced
	chmod +x traced
	ASAN_OPTIONS=detect_leaks=0 KWALK=$PWD/traced talk -q vmlinux x86_64 <<-'END'
	expect kwalk>
	send pfn_t\t1c00\r
	expect ffffea0000070000
	expect kwalk>
	send ptov 12\x03
	expect kwalk>
	send vtop sched\t\r
	expect 1002000
	expect kwalk>
	send !echo a$((1+1))b\r
	expect a2b
	expect kwalk>
	send ptov 1234 | tr f F\r
	expect FFFF888000001234
	expect kwalk>
	send quit\r
	exits 0
	END
	forbidden calls
	grep -qx 'pfn_to_page 1c00' "$HOME/.local/state/kwalk/history"
}

@test "the helper runs only the commands of -c" {
	dump x86_64
	with_library rogue
	asks() { ASK=$1 LD_PRELOAD=$PWD/rogue.so "$KWALK" "${@:2}" x86_64 >answers 2>tried; }
	asks 'touch owned' -c 'ptov 0; ptov 1 | cat; !touch own'
	grep 'helper refused: no command of -c or -x asks for this' tried
	[ ! -e owned ]
	[ -e own ]
	# nor a part of one
	asks touch -c 'ptov 0; !touch own'
	grep 'helper refused: no command of -c or -x asks for this' tried
	rm own
	asks 'touch own' -c 'ptov 0; quit; !touch own'
	grep 'helper done' tried
	asks 'touch owned' --no-shell -x <(echo 'ptov 0')
	grep 'helper refused: shell commands are switched off' tried
	# 0: to run, 1: to read, 2: to append, 3: new, 4: to settle, 5: a service, 6: another
	# dump, 7: a dump that is new; 8: none
	for KIND in 1 2 3 6 7; do
		export KIND
		asks owned -c 'ptov 0; ptov 1 | cat'
		grep 'helper refused: no command of -c or -x asks for this' tried
		asks own -c 'ptov 0; ptov 1 | cat > own; rd -p -r owner 0'
		grep 'helper refused' tried
		asks owned -c 'ptov 0; rd -p -r not-owned 0; rd -p -r "not owned" 0'
		grep 'helper refused' tried
	done
	# nor is a file used otherwise than they say
	echo text >own
	try_kinds() {
		for KIND in 1 2 3 6 7; do
			asks own -c "$2" || [ $? = 1 ]
			grep "helper $([[ $1 == *$KIND* ]] && echo "done" || echo refused)" tried || { echo "$KIND: $2"; return 1; }
		done
	}
	try_kinds 1 'ptov 0; annotate own'
	try_kinds 3 'ptov 0; rd -p -r own 0'
	try_kinds 2 'ptov 0; ptov 1 >> own'
	try_kinds 3 'ptov 0; ptov 1 > own'
	needs_part diff extract report
	try_kinds 37 'ptov 0; extract -w own'
	try_kinds 3 'ptov 0; extract -w new --manifest=own'
	try_kinds '' 'ptov 0; extract -w new own'
	try_kinds 3 'ptov 0; report -w own'
	try_kinds 6 'ptov 0; report -w new --diff own'
	try_kinds 6 'ptov 0; diff facts own'
	try_kinds 6 'ptov 0; diff own@1000'
	try_kinds '' 'ptov 0; diff owner; diff own@; diff @own'
	try_kinds '' 'ptov 0; vtop own; ptov 1 | cat'
	for KIND in 8 5; do
		asks owned -c 'ptov 0; ptov 1 | cat'
		grep 'helper refused' tried
	done
	for service in 'history !touch owned' 'debuginfod c0ffee00' 'debuginfod '; do
		DEBUGINFOD_URLS=http://127.0.0.1:9 asks "$service" --debuginfod=no -c 'ptov 0; ptov 1 | cat'
		grep 'helper refused: no such service' tried
	done
	[ ! -e "$HOME/.local/state/kwalk/history" ]
	unset KIND
	# Where there is nothing for a helper to do, there is none.
	asks 'touch owned' -c 'ptov 0'
	[ ! -s tried ]
	[ ! -e owned ]
}

@test "the helper opens what a script names, if that is a file, and nothing else" {
	dump x86_64
	vmlinux 64
	with_library rogue
	echo text >own
	printf 'ptov 0\nannotate own\nptov 1 >> own2; ptov 1 > own3 # ptov 1 > owned\n!touch own4\nptov 1|cat >own5\n' >script
	asks() { ASK=$1 KIND=$2 LD_PRELOAD=$PWD/rogue.so "$KWALK" -q "${@:3}" x86_64 >answers 2>tried || [ $? = 1 ]; }
	printf '{"id":1,"command":"ptov 0; annotate own\\nptov 1 >> own2"}\n{"id":2,"command":"ptov 1 > own3; !touch own4"}\n{"id":"\\u006f","command":"ptov 1 | cat \\u003eown5"}\n' >requests
	for given in '-x script' '-j -x requests' '-x empty -x script'; do
		echo '# nothing' >empty
		rm -f own[2-5] owned
		for KIND in 0 1 2 3 6; do
			# shellcheck disable=SC2086 # words
			asks owned $KIND $given
			grep -x 'helper refused: no command of -c or -x asks for this' tried
		done
		# shellcheck disable=SC2086
		for asked in 'annotate 1 own' 'append 2 own2' 'new 3 own3'; do
			set -- $asked
			asks "$3" "$2" $given
			grep 'helper done' tried
		done
		[ -s own2 ]
		[ -s own3 ]
		[ -e own4 ]
		[ -s own5 ] || [[ $given == -j* ]]
		[ ! -e owned ]
	done
	# Standard input, if it is a file, is a script as well.
	rm -f own[2-5]
	ASK=owned KIND=2 LD_PRELOAD=$PWD/rogue.so "$KWALK" -q x86_64 <script >answers 2>tried || [ $? = 1 ]
	grep 'helper refused: no command of -c or -x asks for this' tried
	[ -s own2 ]
	[ -s own3 ]
	# What a pipe will say is not known.
	KIND=2 ASK=owned LD_PRELOAD=$PWD/rogue.so "$KWALK" -q x86_64 < <(echo 'ptov 0') >answers 2>tried
	grep 'helper done' tried
	# A long script is not searched from its start for each of its files.
	for ((i = 0; i < 1000; i++)); do echo "ptov $i > many; ptov $i | true"; done >script
	"$KWALK" -q -x script x86_64
	[ "$("$KWALK" -q -c 'ptov 999' x86_64)" = "$(cat many)" ]
}

@test "kwalk-crash: the helper grants what -i names, if standard input is a file or /dev/null" {
	dump x86_64
	with_library rogue
	ln -s "$KWALK" kwalk-crash
	asks() { ASK=$PWD/owned KIND=$1 LD_PRELOAD=$PWD/rogue.so ./kwalk-crash -s -i script x86_64 >answers 2>tried || [ $? = 1 ]; }
	printf 'ptov 2\nptov 0 > "a b"\n' >script
	printf 'ptov 1 > input2\nquit\n' >input
	for KIND in 0 1 2 3 6; do
		asks $KIND </dev/null
		grep 'helper refused' tried
		asks $KIND <input
		grep 'helper refused' tried
	done
	[ ! -e owned ]
	[ -s '"a b"' ]
	[ -s input2 ]
	# What a pipe will say is not known.
	asks 2 < <(echo quit)
	grep 'helper done' tried
}

@test "--no-files: commands open none, from whatever source they come" {
	needs_part diff extract report
	dump x86_64
	vmlinux 64
	with_library rogue
	echo 'schedule+1' >text
	cp x86_64 other
	cat >script <<-'END'
	annotate text
	diff other
	regions > owned
	regions >> owned
	rd -p -r owned 0 10
	extract -w owned
	report -w owned
	!touch owned
	regions | tee owned
	END
	for way in -x -c pipe; do
		case $way in
		-x) "$KWALK" -q -j --no-files -x script vmlinux x86_64 >got 2>complaints && return 1 ;;
		-c) "$KWALK" -q -j --no-files -c "$(cat script)" vmlinux x86_64 >got 2>complaints && return 1 ;;
		pipe) "$KWALK" -q -j --no-files vmlinux x86_64 < <(cat script) >got 2>complaints && return 1 ;;
		esac
		cat complaints
		[ "$(grep -c -- '(--no-files)' complaints)" = 9 ]
		[ "$(wc -l <got)" = 9 ]
		[ ! -e owned ]
	done
	# What is given is opened, and answered.
	"$KWALK" -q --no-files -c 'ptov 0; sym schedule' vmlinux x86_64 | grep -q ffff888000000000
	for KIND in 0 1 2 3 6; do
		ASK=text KIND=$KIND LD_PRELOAD=$PWD/rogue.so "$KWALK" -q --no-files x86_64 < <(echo 'ptov 0') >answers 2>tried
		grep 'helper refused: .* (--no-files)' tried
	done
}

@test "on a terminal the helper runs the pager for -c, and nothing else" {
	dump x86_64
	with_library rogue
	printf '#!/bin/sh\nstty rows 9 cols 80\nLD_PRELOAD=%s exec %s "$@" 2>tried\n' "$PWD/rogue.so" "$KWALK" >small
	chmod +x small
	export PAGER='sed s/^/paged:/'
	KWALK=$PWD/small talk -q x86_64 -c regions <<-'END'
	expect paged:REGION
	exits 0
	END
	ASK='touch owned' KWALK=$PWD/small talk -q x86_64 -c 'ptov 0' <<-'END'
	expect ffff888000000000
	exits 0
	END
	grep 'helper refused: no command of -c or -x asks for this' tried
	[ ! -e owned ]
}

@test "--no-shell: no shell command, no pipe, no pager" {
	dump x86_64
	"$KWALK" --no-shell -j -c '!touch owned; ptov 0 | tee owned; ptov 1' x86_64 >got 2>complaints && return 1
	[ ! -e owned ]
	said=got complains @usage 'touch owned --no-shell' 'shell commands are switched off'
	said=got complains @usage 'tee owned --no-shell'
	grep '"virtual":"0xffff888000000001"' got
	grep '"command":"!".*"status":"error"' got
	printf '#!/bin/sh\nstty rows 9\nexec %s "$@"\n' "$KWALK" >small
	chmod +x small
	export PAGER='sed s/^/paged:/'
	KWALK=$PWD/small talk -q x86_64 <<-'END'
	expect kwalk>
	send help rd vtop\r
	expect paged:
	expect kwalk>
	send quit\r
	exits 0
	END
	KWALK=$PWD/small talk -q --no-shell x86_64 <<-'END'
	expect kwalk>
	send help rd\r
	expect rd [-p|-u]
	expect kwalk>
	send !touch owned\r
	expect switched off
	expect kwalk>
	send quit\r
	exits 1
	END
	[ ! -e owned ]
	# A session that has a shell does not find it in the history.
	grep -qx 'help rd' "$HOME/.local/state/kwalk/history"
	[ "$(grep -c touch "$HOME/.local/state/kwalk/history")" = 0 ]
}

@test "the helper asks servers for nothing but build-ids, and no more than two" {
	grep -qs '^#define HAVE_DEBUGINFOD' "$(dirname "$KWALK")/config.h" ||
		skip "built without debuginfod"
	dump x86_64
	with_library rogue
	export DEBUGINFOD_URLS=http://127.0.0.1:9 DEBUGINFOD_CACHE_PATH=$PWD/cache
	for request in '../../secret' 'c0ffee0/../..' 'C0FFEE'; do
		KIND=5 ASK="debuginfod $request" LD_PRELOAD=$PWD/rogue.so "$KWALK" --debuginfod -c 'ptov 0' x86_64 \
			>answers 2>tried
		grep 'helper refused: not a build-id of the dump' tried
	done
	KIND=5 ASK='debuginfod c0ffee00' LD_PRELOAD=$PWD/rogue.so TIMES=3 "$KWALK" --debuginfod -c 'ptov 0' x86_64 \
		>answers 2>tried
	cat tried
	[ "$(grep -c 'helper refused: no server gave\|helper refused: build-id' tried)" -le 1 ]
	[ "$(grep -c 'helper refused: not a build-id of the dump' tried)" -ge 2 ]
}

@test "the helper makes files that -c names" {
	dump x86_64
	"$KWALK" -c 'rd -r one -p 0; rd "-r" "the second" -p 0' x86_64
	"$KWALK" -c 'rd -rthree -p 0
	rd -r the\ fourth -p 0' x86_64
	[ -s one ]
	[ -s 'the second' ]
	[ -s three ]
	[ -s 'the fourth' ]
}

@test "the prompt completes names of files in shell commands" {
	dump x86_64
	mkdir folder
	echo its-content >folder/unusual-name
	talk -q x86_64 <<-'END'
	expect kwalk>
	send !cat folder/unus\t\r
	expect its-content
	expect kwalk>
	send quit\r
	exits 0
	END
}

@test "shell commands: their status, signals, closed pipes" {
	dump x86_64
	"$KWALK" -c '!exit 7' x86_64
	fails 1 'failed with status 127' -c '!/no/such/program' x86_64
	fails 1 'killed: Killed' -c '!kill -9 $$' x86_64
	fails 1 'killed: Terminated' -c 'ptov 0 | kill $$' x86_64
	"$KWALK" -c 'regions | head -n 1; !yes | head -n 1' x86_64 >got
	[ "$(wc -l <got)" = 2 ]
	# One after the other, and as one of a pipe whose answers end early.
	for i in 1 2 3 4 5 6 7 8 9; do echo "ptov $i | sed s/^/$i:/; !echo after $i"; done >script
	"$KWALK" -x script x86_64 >got
	[ "$(grep -c '^after' got)" = 9 ]
	[ "$(tail -n 1 got)" = 'after 9' ]
	# As long as a command may be, and longer.
	{ printf '!: '; head -c 131000 /dev/zero | tr '\0' x; } >script
	"$KWALK" -x script x86_64
	head -c 9000 /dev/zero | tr '\0' x >>script
	fails 1 '' -j -x script x86_64
	grep -q '"message":"is longer than 131071 bytes"' output
}

@test "Ctrl-Z stops a command with kwalk, and both go on" {
	dump x86_64
	printf '#!/bin/bash\nset -m\n%s -q x86_64\necho stopped $?\nfg >/dev/null\n' "$KWALK" >job
	chmod +x job
	KWALK=$PWD/job talk <<-'END'
	expect kwalk>
	send !sh -c 'echo a$((1+1))b; read x; echo c$((1+1))d'\r
	expect a2b
	send \x1a
	expect stopped 148
	send \r
	expect c2d
	expect kwalk>
	send ptov 56\r
	expect ffff888000000056
	expect kwalk>
	send quit\r
	exits 0
	END
}

@test "sanitizers find leaks in the sandbox too" {
	sanitized || skip "built without"
	dump x86_64
	cat >leak.c <<-'END'
	#include <stdlib.h>
	static void *volatile lost;
	static void __attribute__((constructor)) lose(void) { lost = malloc(123), lost = NULL; }
	END
	${CC:-cc} -shared -fPIC -o leak.so leak.c
	LD_PRELOAD=$PWD/leak.so ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=1 \
		"$KWALK" -c 'ptov 0' x86_64 >got 2>complaints && return 1
	grep ffff888000000000 got
	grep -F 'SUMMARY: AddressSanitizer: 123 byte(s) leaked' complaints
}

@test "a helper that is gone is reported, and the session goes on" {
	dump x86_64
	echo '!kill -9 $PPID; sleep 9
	ptov 0' >script
	fails 1 'outside of the sandbox has ended' -x script x86_64
	grep ffff888000000000 output
}

@test "the helper sends answers to files that -c names, and to no other" {
	dump x86_64
	"$KWALK" -q -c 'ptob 1 > one; ptob 1 >> two' x86_64
	[ -s one ]
	[ -s two ]
	"$KWALK" -q --sandbox=no -c 'ptob 1 > three' x86_64
	[ -s three ]
}

@test "what was written to a file is out of reach of what writes to it" {
	dump x86_64
	with_library rogue
	expected=$("$KWALK" -q -c 'ptob 1' x86_64)
	for sandbox in yes no; do
		echo precious >log
		TAMPER=1 LD_PRELOAD=$PWD/rogue.so "$KWALK" -q --sandbox=$sandbox x86_64 \
			-c 'ptob 1 >> log; ptob 1 > new; ptob 2; rd -p -8 -r bytes 0 5; ptob 1 >> log; ptob 2' >answers
		grep -q 2000 answers
		[ "$(cat log)" = "precious
$expected
$expected" ]
		[ "$(cat new)" = "$expected" ]
		[ "$(od -An -tx1 bytes)" = "$(od -An -tx1 -N5 /dev/zero)" ]
		rm new bytes
	done
}
