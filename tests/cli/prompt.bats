#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The prompt, on a terminal of its own.
load common

@test "one line says what was opened; commands are answered; Ctrl-D ends" {
	dump x86_64
	talk x86_64 <<-'END'
	expect x86_64
	expect \r\nType "help" for a list of commands.
	expect kwalk>
	send ptov 1c00123\r
	expect ffff888001c00123
	expect kwalk>
	send nonsense\r
	expect kwalk: nonsense
	expect kwalk>
	send \x04
	exits 1
	END
}

@test "a line of an oops is annotated, a mistyped command is not" {
	dump x86_64
	vmlinux 64
	talk -q vmlinux x86_64 <<-'END'
	expect kwalk>
	send RIP: 0010:schedule+0x2/0x20\r
	expect ^ schedule+0x2/0x20: ffffffff81002002, schedule+0x2
	expect kwalk>
	send [<ffffffff81002002>] it's # fine; !echo none | cat\r
	expect ^ ffffffff81002002: schedule+0x2
	expect kwalk>
	send ? schedule+0x2/0x20\r
	expect ^ schedule+0x2/0x20: ffffffff81002002
	expect kwalk>
	send format json\r
	expect kwalk>
	send CR2: ffffffff81002002\r
	expect "command":"annotate","input":"ffffffff81002002"
	expect kwalk>
	send format text\r
	expect kwalk>
	send quit\r
	exits 0
	END
	talk -q vmlinux x86_64 <<-'END'
	expect kwalk>
	send vtp ffffffff81002002\r
	expect kwalk: vtp:
	expect kwalk>
	send !!\r
	expect kwalk: !: !! does not exist here
	expect kwalk>
	send Call Trace:\r
	expect kwalk: Call:
	expect kwalk>
	send ? vtop\r
	expect virtual to physical
	expect kwalk>
	send quit\r
	exits 1
	END
}

@test "annotate without a file asks for the text" {
	dump x86_64
	vmlinux 64
	talk -q vmlinux x86_64 <<-'END'
	expect kwalk>
	send annotate\r
	expect kwalk: annotate: paste the text, then Ctrl-D
	send RIP: 0010:schedule+0x2/0x20\r
	send \x04
	expect ^ schedule+0x2/0x20: in this kernel ffffffff81002002
	expect kwalk>
	send quit\r
	exits 0
	END
	echo 'RIP: 0010:schedule+0x2/0x20' | "$KWALK" -q -c annotate vmlinux x86_64 2>complaints
	[ ! -s complaints ]
}

@test "a register typed at the prompt may lack leading zeros" {
	dump x86_64-slabs
	vmlinux 64
	talk -q vmlinux x86_64-slabs <<-'END'
	expect kwalk>
	send CR3=32000\r
	expect ^ 32000: root of the page table of pid 1 (init)
	expect kwalk>
	send quit\r
	exits 0
	END
}

@test "a line in the place of a command is about the dump, as far as it is about this kernel" {
	dump x86_64-slabs
	vmlinux 64
	local line='BUG: unable to handle page fault for address: ffff8880000500c0'

	echo "$line" >oops
	"$KWALK" -q -c 'annotate oops' vmlinux x86_64-slabs | grep -q 'nothing shows that the text is about the boot'
	"$KWALK" -q -c "$line" vmlinux x86_64-slabs | grep -q 'ffff8880000500c0: object ffff8880000500c0 of cache kmalloc-96'
	"$KWALK" -q -c "[1.234567] Linux version 6.8.0-9-lab RBX: ffff8880000500c0" vmlinux x86_64-slabs |
		grep -q 'ffff8880000500c0: the text is about Linux 6.8.0-9-lab'
}

@test "lines of an oops are annotated in -c, scripts and on standard input, unless they may be commands" {
	dump x86_64
	vmlinux 64
	cat >oops <<-'END'
	RIP: 0010:schedule+0x2/0x20
	 [<ffffffff81002003>] schedule+0x3/0x20
	[   12.345678] the fault is at address: ffffffff81002004
	 ? schedule+0x5/0x20
	CR2: ffffffff81002006 CR3: 0000000001000000
	RAX: ffffffff81002007 RBX: ffffffff81002008
	END
	# In a file, these lines are a piece of a report, of which nothing shows the boot.
	sed 's/0010://; s/^\[ .*\] //' oops >numbers
	"$KWALK" -q -j -c 'annotate numbers' vmlinux x86_64 | grep -v '"error"' >whole
	[ "$(wc -l <whole)" = 8 ]
	json_values 'it["command"], it["input"], it["status"], it["kind"], it["text"]' whole >want
	"$KWALK" -q -j -c "$(cat oops)" vmlinux x86_64 >from-c
	"$KWALK" -q -j -x oops vmlinux x86_64 >from-x
	"$KWALK" -q -j vmlinux x86_64 <oops >from-input
	for got in from-c from-x from-input; do
		json_values 'it["command"], it["input"], it["status"], it["kind"], it["text"]' $got | cmp - want
	done
	# As text, the lines are copied; what follows a semicolon is run, and answers go on as of a command.
	"$KWALK" -q -c 'RIP: 0010:schedule+0x2/0x20; sym schedule > sym; RIP: 0010:schedule+0x2/0x20 > rip' vmlinux x86_64 >text
	[ "$(head -1 text)" = 'RIP: 0010:schedule+0x2/0x20' ]
	grep -q schedule sym
	diff -b rip text
	# "init_task + 10" is a sum.
	answers vmlinux x86_64 'schedule + 2; schedule - 2 + 4' <<-END
	* command=whatis symbol=schedule+0x2
	* command=whatis symbol=schedule+0x2
	END
	fails 1 @usage 'vtp vtop' -q -c 'vtp ffffffff81002002' vmlinux x86_64
	fails 1 @usage 'VTOP annotate FILE' -q -c 'VTOP ffffffff81002002' vmlinux x86_64
	for line in 'Call Trace:' 'Oops: 0002 [#1] SMP' 'CPU: 0 PID: 1 Comm: init' 'Code: 0f 0b' 'Modules linked in: a b' \
		'Hardware name: QEMU' ' <TASK>' '[    1.000000] Call Trace:'; do
		printf '%s\n' "$line" >line
		"$KWALK" -q -j vmlinux x86_64 <line >answers 2>complaints && return 1
		said=answers complains @usage 'annotate FILE'
	done
	printf 'vtop 0\nvtp ffffffff81002002\n' >script
	fails 1 @usage 'vtp script:2' -q -x script vmlinux x86_64
}

@test "the prompt shows the process, the machine and the table that answers depend on" {
	vmlinux 64
	dump x86_64-tasks
	talk -q vmlinux x86_64-tasks <<-'END'
	expect kwalk>
	send set 1\r
	expect kwalk init:1>
	send set ffff888000031000\r
	expect kwalk init:1>
	send set none\r
	expect kwalk>
	send quit\r
	exits 0
	END
	talk -q -o root=1410000 -o arch=x86_64 -o levels=4 x86_64-tasks <<-'END'
	expect kwalk root 1410000>
	send quit\r
	exits 0
	END
	# A name that has what moves the cursor, and a mark of the line editor.
	python3 - <<-'END'
	with open("x86_64-tasks", "rb") as file:
	    text = file.read().replace(b"kthreadd\0", b"a\x1b[2J\x01\xffb\0")
	with open("named", "wb") as file:
	    file.write(text)
	END
	talk -q vmlinux named <<-'END'
	expect kwalk>
	send set 2\r
	expect kwalk a?[2J??b:2>
	send quit\r
	exits 0
	END
}

@test "quit is status 0 where all was answered" {
	dump x86_64
	talk -q x86_64 <<-'END'
	expect kwalk>
	send ptov 0\r
	expect ffff888000000000
	expect kwalk>
	send quit\r
	exits 0
	END
}

@test "Tab completes commands and symbols" {
	dump x86_64
	vmlinux 64
	talk -q vmlinux x86_64 <<-'END'
	expect kwalk>
	send pfn_t\t1c00\r
	expect ffffea0000070000
	expect kwalk>
	send vtop sched\t\r
	expect 1002000
	expect kwalk>
	send vtop init_t\tas\t\r
	expect 1420800
	expect kwalk>
	send quit\r
	exits 0
	END
}

@test "Tab in front of blanks completes what is before it" {
	dump x86_64
	# Ctrl-A: the cursor stands before all that was typed.
	talk -q x86_64 <<-'END'
	expect kwalk>
	send \x20\x20\x20\x01virt_to_\t0\r
	expect kwalk: virt_to_page
	expect kwalk>
	send \x20\x20\x20\x20\x01\t\t
	expect virt_to_page
	send \x03
	expect kwalk>
	send quit\r
	exits 1
	END
}

@test "Ctrl-C gives a line up, and stops a command, but not the program" {
	dump x86_64
	talk -q x86_64 <<-'END'
	expect kwalk>
	send ptov 12
	expect ptov 12
	send \x03
	expect kwalk>
	send ptov 34\r
	expect ffff888000000034
	expect kwalk>
	send rd -8 -p 100000 30000000\r
	expect 00 00
	send \x03
	expect kwalk>
	send ptov 56\r
	expect ffff888000000056
	expect kwalk>
	send quit\r
	exits any
	END
}

valgrind_talk() {
	in_valgrind talk "$@"
}

@test "Ctrl-C leaves a question, a search and an argument of the line editor" {
	dump x86_64
	vmlinux 64
	for mode in emacs vi; do
		printf 'set completion-query-items 2\nset editing-mode %s\n' $mode >inputrc
		INPUTRC=inputrc valgrind_talk -q vmlinux x86_64 <<-'END'
		expect kwalk>
		send vtop s\t\t
		expect y or n
		send \x03
		expect kwalk>
		send y
		send \x03
		expect kwalk>
		send ptov 78\r
		expect ffff888000000078
		expect kwalk>
		send \x12
		expect reverse-i-search
		send pto
		expect ptov 78
		send \x03
		expect kwalk>
		send ptov 79\r
		expect ffff888000000079
		expect kwalk>
		send \x1b5
		expect 5)
		send \x03
		expect kwalk>
		send ptov 7a\r
		expect ffff88800000007a
		expect kwalk>
		send quit\r
		exits 0
		END
	done
}

@test "Ctrl-C leaves a quoted insert, a list of completions, a macro and a command of vi" {
	dump x86_64
	vmlinux 64
	printf 'set completion-query-items 0\n' >inputrc
	# A screen of few lines: the list asks for more.
	BEFORE='stty rows 4 cols 40' INPUTRC=inputrc valgrind_talk -q --no-pager vmlinux x86_64 <<-'END'
	expect kwalk>
	send ptov 12\x16
	expect ptov 12
	send \x03
	expect kwalk>
	send ptov 78\r
	expect ffff888000000078
	expect kwalk>
	send vtop s\t\t
	expect More
	send \x03
	expect kwalk>
	send ptov 79\r
	expect ffff888000000079
	expect kwalk>
	send \x18(ptov 7
	expect ptov 7
	send \x03
	expect kwalk>
	send ptov 7a\r
	expect ffff88800000007a
	expect kwalk>
	# The bell: there is no macro to be ended.
	send \x18)
	expect \x07
	send ptov 7b\r
	expect ffff88800000007b
	expect kwalk>
	send \x10\x10xyz
	expect xyz
	send \x03
	expect kwalk>
	send \x10\r
	expect ffff88800000007b
	expect kwalk>
	send quit\r
	exits 0
	END
	printf 'set editing-mode vi\n' >inputrc
	INPUTRC=inputrc valgrind_talk -q vmlinux x86_64 <<-'END'
	expect kwalk>
	send ptov 12 34\x1bd
	expect ptov 12 34
	send \x03
	expect kwalk>
	send ptov 78\r
	expect ffff888000000078
	expect kwalk>
	send ptov 12 34\x1bf
	expect ptov 12 34
	send \x03
	expect kwalk>
	send ptov 79\r
	expect ffff888000000079
	expect kwalk>
	send quit\r
	exits 0
	END
}

@test "a signal from elsewhere is as Ctrl-C" {
	dump x86_64
	vmlinux 64
	echo 'set completion-query-items 2' >inputrc
	INPUTRC=inputrc talk -q vmlinux x86_64 <<-'END'
	expect kwalk>
	send vtop s\t\t
	expect y or n
	interrupt
	expect kwalk>
	send ptov 78\r
	expect ffff888000000078
	expect kwalk>
	send quit\r
	exits 0
	END
}

@test "Ctrl-C twice ends a command that does not look, and the program" {
	dump x86_64
	mkfifo answers
	# Nobody reads answers, the pipe is full: they are stuck, also those before a
	# complaint that the command was interrupted.
	cat >run <<-END
	#!/bin/sh
	exec 3<>answers
	head -c 65536 /dev/zero >&3
	KWALK_PROGRESS=0 exec "$KWALK" -q x86_64 >answers
	END
	chmod +x run
	printf '%s\n' 'expect kwalk>' 'send ptov 1; rd -8 -p 100000 30000000\r' 'expect kwalk: rd: ' \
		'insist \x03' 'exits 130' >script
	python3 "$BATS_TEST_DIRNAME/terminal.py" script ./run
}

@test "Ctrl-C is a shell command's own while it runs" {
	dump x86_64
	cat >shell <<-'END'
	n= tries=0
	trap 'n=x$n; echo got $n' INT
	echo read''y
	until [ "$n" = xxx ] || [ $((tries += 1)) -gt 6000 ]; do sleep 0.1; done
	END
	printf '%s\n' 'expect kwalk>' 'send !sh shell\r' 'expect ready' 'send \x03' 'expect got x' \
		'send \x03' 'expect got xx' 'send \x03' 'expect got xxx' 'expect kwalk>' \
		'send ptov 1 | sh shell\r' 'expect ready' 'send \x03' 'expect got x' \
		'send \x03' 'expect got xx' 'send \x03' 'expect got xxx' 'expect kwalk>' \
		'send ptov 78\r' 'expect ffff888000000078' 'expect kwalk>' 'send quit\r' 'exits any' >script
	python3 "$BATS_TEST_DIRNAME/terminal.py" script "$KWALK" -q x86_64
}

@test "a signal that ends the prompt leaves the terminal as it was" {
	dump x86_64
	patiently python3 - "$KWALK" <<-'END'
	import os, pty, signal, subprocess, sys, termios
	master, slave = pty.openpty()
	before = termios.tcgetattr(slave)
	process = subprocess.Popen([sys.argv[1], "-q", "x86_64"], stdin=slave, stdout=slave, stderr=slave)
	shown = b""
	while b"kwalk> " not in shown:
	    shown += os.read(master, 4096)
	assert termios.tcgetattr(slave) != before
	process.send_signal(signal.SIGTERM)
	status = process.wait()
	sys.exit(status != -signal.SIGTERM or termios.tcgetattr(slave) != before)
	END
}

@test "Tab offers no name that would be a command of its own" {
	dump x86_64
	vmlinux 64
	# From vmlinux: of the same length as a name that is there.
	sed -i 's/softirq_stack_ptr/zz_vm;!touch ow #/' vmlinux
	grep -q 'zz_vm;!touch' vmlinux
	talk -q vmlinux x86_64 <<-'END'
	expect kwalk>
	send sym zz\t\r
	expect kwalk: sym: zz:
	expect kwalk>
	send sym special_\t\r
	expect special_mapping_vmops
	expect kwalk>
	send quit\r
	exits 1
	END
	[ ! -e ow ]
	# From the dump alone.
	{
		echo "include $DUMPS/x86_64.txt"
		"$DUMPS/mkkallsyms" --also='zz_map;!touch owned  #'
	} >kernel.txt
	"$MKDUMP" kernel.txt kernel
	"$KWALK" -q kernel -c 'sym ffffffff81003a00' | grep -qF 'zz_map;!touch owned  #'
	talk -q kernel <<-'END'
	expect kwalk>
	send sym zz\t\r
	expect kwalk: sym: zz:
	expect kwalk>
	send sym schedu\t\r
	expect ffffffff81002000 (T) schedule
	expect kwalk>
	send quit\r
	exits 1
	END
	[ ! -e owned ]
	not grep -rq 'touch' "$HOME/.local/state/kwalk"
	# And a file's name for the shell.
	touch 'file;touch owned'
	talk -q kernel <<-'END'
	expect kwalk>
	send !echo file\t done\r
	expect file done
	expect kwalk>
	send quit\r
	exits 0
	END
	[ ! -e owned ]
}

@test "history is kept from one session to the next" {
	dump x86_64
	talk -q x86_64 <<-'END'
	expect kwalk>
	send ptov 789\r
	expect ffff888000000789
	expect kwalk>
	send quit\r
	exits 0
	END
	grep -rqx 'ptov 789' "$HOME/.local/state/kwalk" || grep -rqx 'ptov 789' "$HOME"/.kwalk*
	# Ctrl-P twice: quit, then ptov 789
	talk -q x86_64 <<-'END'
	expect kwalk>
	send \x10\x10\r
	expect ffff888000000789
	expect kwalk>
	send quit\r
	exits 0
	END
}

@test "!cmd runs a shell command, | cmd filters answers; in scripts too" {
	dump x86_64
	talk -q x86_64 <<-'END'
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
	echo 'ptov 1234 | tr f F' | "$KWALK" -q x86_64 | grep -q FFFF888000001234
}

@test "Tab completes options, processes, symbols of modules and of CPUs, files" {
	needs_part kvm report
	vmlinux 64
	dump x86_64-tasks x86_64-areas
	mkdir folder
	echo its-content >folder/file-of-mine
	talk -q vmlinux x86_64-tasks <<-'END'
	expect kwalk>
	send vtop -u\t-p ini\t 1123\r
	expect of pid 1 (init)
	expect kwalk>
	send vtop -p 1 schedu\t\r
	expect ffffffff81002000
	expect kwalk>
	send set ini\t\r
	expect init
	expect kwalk init:1>
	send set non\t\r
	expect kwalk>
	send kmem -\t\t
	expect -P  -S  -V  -f  -g  -i  -p  -s  -v  -z
	send \x15search -\t\t
	expect -16
	expect -64
	send \x15vtop -\t\t
	expect --guest
	expect --vcpu
	send \x15report --js\t\x01!echo \r
	expect report --json
	expect kwalk>
	send form\tjs\t\r
	expect kwalk>
	send form\t\r
	expect "format":"json"
	send format te\t\r
	expect kwalk>
	send !cat folder/file-of\t\r
	expect its-content
	expect kwalk>
	send ptob 1 > folder/file-o\t\r
	expect kwalk>
	send !cat folder/*\r
	expect 1000
	expect kwalk>
	send ptob 1 | cat folder/file-of\t -\r
	expect 1000
	expect 1000
	expect kwalk>
	send help cras\t\r
	expect runs quit
	expect kwalk>
	send quit\r
	exits 0
	END
	[ "$(ls folder)" = file-of-mine ]
	dump x86_64-purpose
	talk -q vmlinux x86_64-purpose <<-'END'
	expect kwalk>
	send region cpu_info:\t\t
	expect cpu_info:0
	expect cpu_info:all
	send 1\t\r
	expect cpu_info+0x0
	expect kwalk>
	send quit\r
	exits 0
	END
	talk -q vmlinux x86_64-areas <<-'END'
	expect kwalk>
	send sym test_m\tnone\r
	expect kwalk: sym: test_mod:none:
	expect kwalk>
	send quit\r
	exits 1
	END
}

@test "Tab completes members after . -> and ," {
	vmlinux 64
	dump x86_64-tasks
	talk -q vmlinux x86_64-tasks <<-'END'
	expect kwalk>
	send struct task_struct.com\t init_task\r
	expect comm =
	expect kwalk>
	send struct task_struct.pid,tg\t init_task\r
	expect tgid =
	expect kwalk>
	send task_struct.com\t init_task\r
	expect comm =
	expect kwalk>
	send p init_task.tasks.\t\t
	expect next
	expect prev
	send \x15p ((struct task_struct *)&init_task)->tgi\t\r
	expect ->tgid
	expect kwalk>
	send p init_task.nothing.\t\t\x15p 1 > its-f\t\x15quit\r
	exits 0
	END
}

@test "Tab completes types where a type is possible" {
	vmlinux 64
	dump x86_64-tasks
	# \x7f: what follows the type replaces the blank that completion adds.
	talk -q vmlinux x86_64-tasks <<-'END'
	expect kwalk>
	send struct task_str\t\x7f.pid init_task\r
	expect struct task_struct
	expect pid = 0
	expect kwalk>
	send *task_str\t\x7f.pid init_task\r
	expect *task_struct
	expect pid = 0
	expect kwalk>
	send whatis task_str\t\x7f.tgi\t\r
	expect whatis task_struct
	expect .tgid
	expect kwalk>
	send whatis struct task_str\t\r
	expect whatis struct task_struct
	expect SIZE
	expect kwalk>
	send list task_str\t\x7f.task\t-H init_tas\t\x7f.tas\t-s task_str\t\x7f.pid,tg\t\r
	expect list task_struct
	expect .tasks
	expect -H init_task
	expect .tasks
	expect -s task_struct
	expect .pid,tgid
	expect kwalk>
	send p sizeof(struct task_str\t\x7f\x29\r
	expect sizeof(struct task_struct
	expect kwalk>
	send union task_stru\t\r
	expect did you mean
	expect kwalk>
	send struct \t\x15quit\r
	exits 1
	END
}

@test "Ctrl-C before the process outside is ready does not end it" {
	dump x86_64
	# shellcheck disable=SC2016,SC2086 # the shell's own; CC may have words
	${CC:-cc} -shared -fPIC -x c -o early.so - <<-'END' || no_compiler
	#define _GNU_SOURCE
	#include <signal.h>
	#include <stdarg.h>
	#include <string.h>
	#include <sys/prctl.h>
	#include <sys/syscall.h>
	#include <unistd.h>
	int prctl(int option, ...)
	{
	    va_list list;
	    unsigned long given[4];
	    va_start(list, option);
	    for (int i = 0; i < 4; i++)
	        given[i] = va_arg(list, unsigned long);
	    va_end(list);
	    if (option == PR_SET_NAME && !strcmp((const char *)given[0], "kwalk-outside"))
	        raise(SIGINT);
	    return (int)syscall(SYS_prctl, option, given[0], given[1], given[2], given[3]);
	}
	END
	LD_PRELOAD=$PWD/early.so ASAN_OPTIONS=verify_asan_link_order=0 "$KWALK" --sandbox=no -q -c '!echo $((6*7))' x86_64 >shown
	[ "$(cat shown)" = 42 ]
}

@test "Ctrl-C twice before kwalk knows that the shell command runs does not end kwalk" {
	dump x86_64
	# shellcheck disable=SC2086 # CC may have words
	${CC:-cc} -shared -fPIC -x c -o early.so - <<-'END' || no_compiler
	#define _GNU_SOURCE
	#include <signal.h>
	#include <string.h>
	#include <sys/socket.h>
	#include <sys/syscall.h>
	#include <unistd.h>
	static int asked;
	ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
	{
	    for (size_t i = 0; i < message->msg_iovlen; i++)
	        asked |= memmem(message->msg_iov[i].iov_base, message->msg_iov[i].iov_len, "echo run", 8) != NULL;
	    return syscall(SYS_sendmsg, fd, message, flags);
	}
	ssize_t recvmsg(int fd, struct msghdr *message, int flags)
	{
	    for (; asked; asked = 0) {
	        raise(SIGINT);
	        raise(SIGINT);
	    }
	    return syscall(SYS_recvmsg, fd, message, flags);
	}
	END
	printf '%s\n' '!echo run' 'ptov 78' >script
	env --default-signal=INT LD_PRELOAD="$PWD/early.so" ASAN_OPTIONS=verify_asan_link_order=0 \
		"$KWALK" --sandbox=no -q x86_64 <script >shown
	[ "$(cat shown)" = run ]
}

@test "without readline, lines are read as they are typed" {
	dump x86_64
	mkdir none
	: >"none/$(grep -ao 'libreadline\.so\.[0-9]*' "$KWALK" | head -n 1)"
	export LD_LIBRARY_PATH=$PWD/none
	talk x86_64 <<-'END'
	expect kwalk: warning: lines cannot be edited:
	expect kwalk>
	send ptov 1c00123\r
	expect ffff888001c00123
	expect kwalk>
	send ptov 1c0\x03
	expect kwalk>
	send ptov 1c00456\r
	expect ffff888001c00456
	expect kwalk>
	send !echo $((6*7))\r
	expect 42
	expect kwalk>
	send \x04
	exits 0
	END
}
