#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Frames of tasks and CPUs: by ORC, with entries of real kernels, and by guesses.
load common

# x86_64-unwind.txt, with other entries of ORC if there are any in ORC.
sleeping() {
	local bytes=''
	# shellcheck disable=SC2086 # words
	[ -z "${ORC-}" ] || bytes="at ips+0x40: u8 $(printf '0x%s ' $ORC)"
	vmlinux 64
	"$DUMPS/add-unwind-symbols" vmlinux
	describe dump <<-END
	include $DUMPS/x86_64-unwind.txt
	$bytes
	END
}

@test "bt: a sleeping task by ORC, to the registers of user mode" {
	sleeping
	answers vmlinux dump 'bt 3' <<-END
	3 status=ok pid=3 comm=shell cpu=- frame=0 sp=0xffff888000063038 address=0xffffffff81001234 \
		symbol=waits+0x34 sure=true stack=task inlined=false registers=- \
		interrupted=-
	3 frame=1 sp=0xffff888000063050 address=0xffffffff81001310 symbol=works+0x10 sure=true
	3 frame=2 sp=0xffff888000063088 address=0xffffffff81001410 symbol=serves+0x10 sure=true
	3 frame=3 sp=0xffff888000063090 symbol=entry+0x20 sure=true registers.rip=0x400123 \
		registers.rsp=0x7fff0 registers.r15=0x73 registers.rbp=0x6a registers.cs=0x33 registers.ss=0x2b
	END
	"$KWALK" -q -c 'bt 3' vmlinux dump >text
	# the task has a line, and is not repeated in each row
	[ "$(head -n 1 text)" = 'PID: 3        TASK: ffff888000030300  CPU: 0    COMMAND: "shell"' ]
	[ "$(grep -c shell text)" = 1 ]
	grep -q '^ *3  ffff888000063090  ffffffff81001520  task  *entry+0x20$' text
	# -g: the threads of a process, whose stacks this dump does not have
	"$KWALK" -q -j -c 'bt -g 5' vmlinux dump >got || [ $? = 1 ]
	[ "$(grep -c '"input":"5"' got)" = 2 ]
	"$KWALK" -q -c 'bt 3 3' vmlinux dump >text
	[ "$(grep -c '^ *3  shell ' text)" = 8 ]
	grep -q 'REGISTERS: rip *0*400123 ' text
	not grep -qF '?' text
}

@test "bt -f, -F, -FF, -l: the words of each frame" {
	sleeping
	cat dump.txt - >words.txt <<<'at stack+0x50: u64 d+t_shell text+0x1420'
	"$MKDUMP" words.txt words
	answers vmlinux words 'bt -f 3; bt -lF 3; bt 3' <<-END
	3 frame=0 words.#=3 words.0=0xffff888000063078 words.1=0x2 words.2=0xffffffff81001310 meanings=-
	3 frame=1 sp=0xffff888000063050 words.#=7 words.0=0xffff888000030300 words.6=0xffffffff81001410
	3 frame=2 words.#=1 words.0=0xffffffff81001520
	3 frame=3 words=-
	3 frame=0 words.#=3 meanings.#=1 meanings.0.address=0xffff888000063048 meanings.0.symbol=works
	3 frame=1 words.#=7 meanings.#=3 meanings.0.symbol=serves meanings.0.offset=32 meanings.1.symbol=serves
	3 frame=2 meanings.0.symbol=entry
	3 frame=3 meanings=-
	3 frame=0 words=-
	3 frame=1 words=-
	3 frame=2 words=-
	3 frame=3 words=-
	END
	"$KWALK" -q -c 'bt -f 3' vmlinux words >text
	grep -A 3 ' works+0x10$' text | tail -n 3 >got
	diff - got <<-END
	    ffff888000063050: ffff888000030300 ffffffff81001420
	    ffff888000063060: ffffffff81001420 0000000000000006
	    ffff888000063070: 0000000000000007 0000000000007000
	END
	"$KWALK" -q -c 'bt -F 3' vmlinux words >text
	grep -qx '    ffff888000063050: ffff888000030300 serves+0x20' text
	# the words of a task whose frames end early, or whose stack is not in the dump
	cat dump.txt - >cut.txt <<<'at stack+0x38: u64 d+stack+0x28'
	"$MKDUMP" cut.txt cut
	"$KWALK" -q -j -c 'bt -FF 3' vmlinux cut >got 2>complaints || [ $? = 1 ]
	[ "$(wc -c <got)" -lt 20000 ]
}

@test "bt: the same by the entries of each layout" {
	local entries same layouts=(
		'08 00 00 00 05 00  18 00 e8 ff 15 00  10 00 f0 ff 14 00  08 00 00 00 05 00  00 00 00 00 05 01  00 00 00 00 00 00'
		'08 00 00 00 03 02  18 00 e8 ff 83 02  10 00 f0 ff 84 02  08 00 00 00 03 02  00 00 00 00 03 0b  00 00 00 00 00 00'
	)
	sleeping
	"$KWALK" -q -j -c 'bt 3' vmlinux dump >want
	for entries in "${layouts[@]}"; do
		ORC=$entries sleeping
		"$KWALK" -q -j -c 'bt 3' vmlinux dump >got
		same=$(diff want got) || { echo "$entries: $same"; return 1; }
	done
}

@test "bt: random ORC entries and words of the stack: a frame is never below its predecessor" {
	sleeping
	local nr
	RANDOM=26
	for nr in {1..60}; do
		{
			cat dump.txt
			printf 'at ips+0x%x: u8 0x%x\n' $((0x40 + RANDOM % 36)) $((RANDOM & 255)) \
				$((0x40 + RANDOM % 36)) $((RANDOM & 255))
			printf 'at ips+0x%x: u32 0x%x\n' $((RANDOM % 6 * 4)) $((RANDOM))
			printf 'at stack+0x%x: u64 d+stack+0x%x\n' $((RANDOM % 40 * 8)) $((RANDOM % 40 * 8)) \
				$((RANDOM % 40 * 8)) $((RANDOM % 40 * 8))
			printf 'at stack+0x%x: u64 text+0x1%x10\n' $((RANDOM % 40 * 8)) $((2 + RANDOM % 4))
		} >random.txt
		"$MKDUMP" random.txt random
		"$KWALK" -q -j -c 'bt 3' vmlinux random >got 2>complaint || [ $? = 1 ]
		[ "$(wc -l <got)" -lt 100 ]
		mv got "got.$nr"
	done
	python3 - got.* <<-'END'
	import json, sys
	for name in sys.argv[1:]:
	    frames = [json.loads(line) for line in open(name)]
	    places = [int(one["sp"], 16) for one in frames if one.get("stack") == "task"]
	    if places != sorted(places):
	        sys.exit(f"number {name}")
	END
}

@test "bt: entries of no known layout: what follows a call is a guess, and the reason is given" {
	ORC='08 00 00 00 0f 07  18 00 e8 ff 1f 07  10 00 f0 ff 1f 07  08 00 00 00 0f 07  00 00 00 00 0f 07  00 00 00 00 0f 07'
	sleeping
	answers -s 1 vmlinux dump 'bt 3' <<-END
	3 frame=0 symbol=waits+0x34 sure=true
	3 frame=1 symbol=works+0x10 sure=false
	3 frame=2 symbol=serves+0x20 sure=false
	3 frame=3 symbol=serves+0x10 sure=false
	3 frame=4 symbol=entry+0x20 sure=false
	3 status=error message="~no ORC tables of a known layout"
	END
	"$KWALK" -q -c 'bt 3' vmlinux dump >text 2>complaint || true
	[ "$(grep -c ' task  *? [a-z]*+0x' text)" = 4 ]
	grep -q 'pid 3 (shell): frames marked with ? are guesses: ' complaint
}

@test "bt: a function without an entry is passed if its stack has the call of it" {
	# waits() and all below it: nothing is known
	ORC='08 00 00 00 05 02  00 00 00 00 00 00  10 00 f0 ff 14 02  08 00 00 00 05 02  00 00 00 00 05 0b  00 00 00 00 00 00'
	sleeping
	answers vmlinux dump 'bt 3' <<-END
	3 frame=0 symbol=waits+0x34
	3 frame=1 sp=0xffff888000063050 symbol=works+0x10 sure=true
	3 frame=2 sp=0xffff888000063088 symbol=serves+0x10 sure=true
	3 frame=3 symbol=entry+0x20 sure=true
	END
	# its return address is of a call of another function
	cat dump.txt - >other.txt <<<'at text_phys+0x130b: u8 0xe8 u32 0x1204-0x1310'
	"$MKDUMP" other.txt other
	fails 1 'bt: 3: pid 3 (shell): the ORC data do not describe the caller of ffffffff81001234' -c 'bt 3' vmlinux other
}

@test "bt: frames that lead to themselves, below themselves or to no code are cut" {
	sleeping
	local change
	for change in 'at stack+0x38: u64 d+stack+0x40' 'at stack+0x38: u64 d+stack+0x28' \
		'at stack+0x48: u64 0x1234567' 'at stack+0x48: u64 stack' 'at stack+0x38: u64 ~0'; do
		printf '%s\n' "$(cat dump.txt)" "$change" >cut.txt
		"$MKDUMP" cut.txt cut
		"$KWALK" -q -j -c 'bt 3' vmlinux cut >got 2>complaint && { echo "no complaint: $change"; return 1; }
		grep -q 'frames marked with ? are guesses' complaint
		[ "$(wc -l <got)" -lt 20 ]
		grep -q '"frame":0,.*"symbol":"w' got
	done
}

@test "bt: a trace that ends without guesses does not speak of frames marked with ?" {
	sleeping
	cat dump.txt - >ends.txt <<-'END'
	at stack+0x48: u64 0x1234567
	at stack+0x60: u64 0
	at stack+0x80: u64 0 0
	END
	"$MKDUMP" ends.txt ends
	answers -s 1 vmlinux ends 'bt 3' <<-END
	3 frame=0 symbol=waits+0x34 sure=true
	3 status=error message="~frames may be missing: "
	END
}

@test "bt: CPUs: registers of a note, of user mode, none" {
	sleeping
	cat dump.txt - >cpus.txt <<-'END'
	note QEMU cpu rip=text+0x1310 rsp=d+stack+0x50 rbp=d+stack+0x78 cs=0x10 cr3=0x32000 cr4=0x20
	END
	"$MKDUMP" cpus.txt cpus
	answers vmlinux cpus 'bt -c 0' <<-END
	* cpu=0 pid=1 comm=init frame=0 symbol=works+0x10 sure=true cpu_registers.rip=0xffffffff81001310 \
		cpu_registers.cr3=0x32000 registers=-
	* cpu=0 pid=1 frame=1 symbol=serves+0x10 cpu_registers=-
	* cpu=0 pid=1 frame=2 symbol=entry+0x20 registers.rip=0x400123 cpu_registers=-
	END
	"$KWALK" -q -c 'bt -c 0' vmlinux cpus >text
	grep -A 1 ' works+0x10$' text | grep -q '^  CPU: rip  *ffffffff81001310 '
	sed -i 's/rip=text+0x1310/rip=0x400000/; s/cs=0x10/cs=0x33/' cpus.txt
	"$MKDUMP" cpus.txt cpus
	answers vmlinux cpus 'bt 1' <<-END
	1 cpu=0 pid=1 frame=0 user=true address=0x400000 symbol=- stack=- registers.rip=0x400000 cpu_registers=-
	END
	fails 1 'bt: CPU 1: the registers of the CPU are not in the dump' -c 'bt -c 1' vmlinux cpus
	fails 1 'bt: the machine has no CPU 7' -c 'bt -c 7' vmlinux cpus
	fails 1 @no-answer 'bt nobody' -c 'bt nobody' vmlinux cpus
}

@test "bt: registers of a CPU that cannot be real are not followed as sure" {
	sleeping
	local cs

	cpu() {
		sed '/^note QEMU/d' dump.txt >cpu.txt
		echo "note QEMU cpu rip=$1 rsp=$2 rbp=d+stack+0x78 cs=$3 cr3=0x32000 cr4=0x20" >>cpu.txt
		"$MKDUMP" cpu.txt cpu
	}
	# no segment of the GDT, rights that Linux does not use, an LDT of the kernel
	for cs in 0xabc8 0xabcb 0x100 0x11 0x32 0x14; do
		cpu text+0x1310 d+stack+0x50 $cs
		answers -s 1 vmlinux cpu 'bt -c 0' <<-END
		* frame=0 symbol=works+0x10 sure=false
		* frame=1 symbol=serves+0x10 sure=false
		* frame=2 symbol=entry+0x20 sure=false
		* status=error message="~the registers of the CPU have the code segment ${cs#0x}, which does not exist"
		END
	done
	cpu 0x400000 0x7fff0 0xabc8
	answers -s 1 vmlinux cpu 'bt -c 0' <<-END
	* frame=0 user=true sure=false address=0x400000
	* status=error message="~the code segment abc8"
	END
	# user mode in the kernel's code
	cpu text+0x1310 0x7fff0 0x33
	answers -s 1 vmlinux cpu 'bt -c 0' <<-END
	* frame=0 user=true sure=false
	* status=error message="~of user mode, but ffffffff81001310 is code of the kernel"
	END
	# Xen, an LDT, 32 bits
	for cs in 0xe033 0x7 0x23; do
		cpu 0x400000 0x7fff0 $cs
		answers vmlinux cpu 'bt -c 0' <<-END
		* frame=0 user=true sure=true
		END
	done
	# the kernel on a stack of user memory
	cpu text+0x1310 0x3000 0x10
	answers -s 1 vmlinux cpu 'bt -c 0' <<-END
	* frame=0 symbol=works+0x10 sure=true
	* status=error message=*
	END
	# saved registers: the place of CS
	cpu text+0x1310 d+stack+0x50 0x10
	echo 'at 0x63090+17*8: u64 0x4563' >>cpu.txt
	"$MKDUMP" cpu.txt cpu
	"$KWALK" -q -j -c 'bt -c 0' vmlinux cpu >got 2>complaint && return 1
	grep 'have the code segment 4563, which does not exist' complaint
}

@test "bt: set, -A, and what excludes each other" {
	sleeping
	"$KWALK" -q -j -c 'set 3; bt' vmlinux dump >got
	[ "$(grep -c '"command":"bt".*"pid":3' got)" = 4 ]
	"$KWALK" -q -j -c 'bt -A' vmlinux dump >got || true
	[ "$(grep -c '"status":"ok","pid":3' got)" = 4 ]
	grep -q '"status":"error"' got
	run "$KWALK" -q -c 'bt -a -c 0' vmlinux dump
	[ "$status" = 1 ]
	run "$KWALK" -q -c 'bt -a 3' vmlinux dump
	[ "$status" = 1 ]
	run "$KWALK" -q -c 'bt -A 3' vmlinux dump
	[ "$status" = 1 ]
}

@test "bt: -a and -c are crash's: what CPUs ran" {
	local list

	sleeping
	cat dump.txt - >cpus.txt <<-'END'
	note QEMU cpu rip=text+0x1310 rsp=d+stack+0x50 rbp=d+stack+0x78 cs=0x10 cr3=0x32000 cr4=0x20
	END
	"$MKDUMP" cpus.txt cpus
	"$KWALK" -q -j -c 'bt -a' vmlinux cpus >all 2>complaints || [ $? = 1 ]
	grep -q '"cpu":0,.*"frame":0' all
	grep -q 'CPU 1: the registers of the CPU are not in the dump' complaints
	# no task that no CPU ran
	not grep -q '"pid":3' all
	for list in 0,1 0-1 all 0-4095; do
		"$KWALK" -q -j -c "bt -c $list" vmlinux cpus >got 2>complaints || [ $? = 1 ]
		cmp all got
		grep -q 'CPU 1: the registers' complaints
	done
	"$KWALK" -q -j -c 'bt -c 1,0' vmlinux cpus >got 2>complaints || [ $? = 1 ]
	[ "$(sort all | cksum)" = "$(sort got | cksum)" ]
	head -n 1 got | grep -q '"status":"error"'
	fails 1 'bt: the machine has no CPU 10' -c 'bt -c 10' vmlinux cpus
	fails 1 'bt: the machine has no CPU 4' -c 'bt -c 4-7' vmlinux cpus
	for list in '0,' ',0' x 1-0 0- -1 0x0 0,,1 99999999999999999999; do
		fails 1 "bt: $list: not a list of CPUs" -c "bt -c '$list'" vmlinux cpus
	done
}

@test "bt: frames of the CPU that panicked, in panic; of every CPU with -a" {
	sleeping
	cat dump.txt - >cpus.txt <<-'END'
	note QEMU cpu rip=text+0x1310 rsp=d+stack+0x50 rbp=d+stack+0x78 cs=0x10 cr3=0x32000 cr4=0x20
	END
	"$MKDUMP" cpus.txt cpus
	# the log is not described
	answers -s 1 vmlinux cpus panic <<-END
	* status=ok trace.#=3 trace.0.cpu=0 trace.0.frame=0 trace.0.symbol=works+0x10 trace.1.symbol=serves+0x10 \
		trace.2.symbol=entry+0x20 trace.2.registers.rip=0x400123 trace.2.sure=true trace.2.inlined=false
	* status=error
	END
	"$KWALK" -q -c 'panic -a' vmlinux cpus >text 2>/dev/null || true
	grep -q '^ *0  2  ffffffff81001520  task  entry+0x20$' text
	# without ORC
	ORC='08 00 00 00 0f 07  18 00 e8 ff 1f 07  10 00 f0 ff 1f 07  08 00 00 00 0f 07  00 00 00 00 0f 07  00 00 00 00 0f 07'
	sleeping
	cat dump.txt - >cpus.txt <<-'END'
	note QEMU cpu rip=text+0x1310 rsp=d+stack+0x50 rbp=d+stack+0x78 cs=0x10 cr3=0x32000 cr4=0x20
	END
	"$MKDUMP" cpus.txt cpus
	for command in panic triage; do
		"$KWALK" -q -c "$command" vmlinux cpus >text 2>/dev/null || true
		grep -q '^ *0  0  ffffffff81001310  task  works+0x10$' text
		grep -q '^ *0  1  ffffffff81001[0-9a-f]*  task  ? [a-z]*+0x' text
	done
}

# exception_in_serves: a CPU whose exception interrupted serves(), which many calls of itself had called.
# entry() and serves() handle the exception, and would fill the top of the trace.
exception_in_serves() {
	cat <<-'END'
	note QEMU cpu rip=text+0x1410 rsp=d+stack-0x2e8 rbp=1 cs=0x10 cr3=0x32000 cr4=0x20
	at stack-0x2e8: u64 text+0x1520
	at stack-0x2e0: u64 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 0 text+0x1412 0x10 0x246 d+stack-0x200 0x18
	at stack-0x200: u64 text+0x1410 text+0x1410 text+0x1410 text+0x1410 text+0x1410 text+0x1410 text+0x1410
	at stack-0x1c8: u64 text+0x1410 text+0x1410 text+0x1520
	at stack-0x1b0: u64 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 0 0x400123 0x33 0x202 0x7fff0 0x2b
	END
}

@test "triage: the first frame is of the code that an exception interrupted" {
	sleeping
	{ cat dump.txt; exception_in_serves; } >cpus.txt
	"$MKDUMP" cpus.txt cpus
	answers vmlinux cpus triage <<-END
	* panic.trace.#=8 panic.trace.0.frame=2 panic.trace.0.interrupted=true panic.trace.0.symbol=serves+0x12 \
		panic.trace.1.frame=3 panic.trace.1.symbol=serves+0x10
	END
	answers -s 1 vmlinux cpus panic <<-END
	* status=ok trace.#=13 trace.0.frame=0 trace.0.symbol=serves+0x10 trace.1.symbol=entry+0x20
	* status=error
	END
}

# The same on the stack of a CPU for interrupts, where the exception may be an interrupt.
@test "triage: on a stack for interrupts the first frame is of an exception, or of the code that the watchdog found" {
	sleeping
	{
		cat dump.txt
		echo 'at t_shell+8: u64 d+0x70000'
		echo 'at cpu0+0x110: u64 d+0x63ff8'
		exception_in_serves
	} >cpus.txt
	"$MKDUMP" cpus.txt cpus
	objcopy --redefine-sym entry=asm_sysvec_apic_timer_interrupt vmlinux vmlinux-irq
	answers vmlinux-irq cpus triage <<-END
	* panic.trace.0.frame=0 panic.trace.0.stack=irq panic.trace.1.symbol=asm_sysvec_apic_timer_interrupt+0x20
	END
	objcopy --redefine-sym entry=asm_exc_page_fault vmlinux vmlinux-fault
	answers vmlinux-fault cpus triage <<-END
	* panic.trace.#=8 panic.trace.0.frame=2 panic.trace.0.interrupted=true panic.trace.0.symbol=serves+0x12
	END
	objcopy --redefine-sym serves=watchdog_timer_fn.cold vmlinux-irq vmlinux-watchdog
	answers vmlinux-watchdog cpus triage <<-END
	* panic.trace.#=8 panic.trace.0.frame=2 panic.trace.0.interrupted=true
	END
}

# traced RELEASE: tracers of returns have replaced two return addresses of the sleeping task, and keep the originals
# as that release of Linux.
traced() {
	local X86_CC=${X86_CC:-${CC:-cc}}

	export X86_CC="$X86_CC -DTRACERS=$1"
	sleeping
	objcopy --add-symbol return_to_handler=.text:0x15c0,function --add-symbol arch_rethook_trampoline=.text:0x15e0,function \
		--add-symbol kretprobe_trampoline=.text:0x15f0,function vmlinux
	cat >>dump.txt <<-'END'
	let entries 0x61000
	let node 0x61800
	let index t_shell+168
	at stack+0x48: u64 text+0x15c0
	at stack+0x80: u64 text+0x15e0
	at t_shell+176: u64 d+entries d+node
	at node: u64 d+node+0x20 0 text+0x1234 d+stack+0x8
	at node+0x20: u64 d+node+0x40 0 text+0x15e0 d+stack+0x80
	at node+0x40: u64 0 0 text+0x1410 d+stack+0x80
	END
	case $1 in
	# the entries of two calls that the task has left, or that another function jumped to
	408) echo 'at index: u32 1
		at entries: u64 text+0x1310 text+0x1200 text+0x15c0 text+0x1600' ;;
	409) echo 'at index: u32 2
		at entries: u64 text+0x1520 text+0x1400 d+stack+0x88 text+0x1310 text+0x1200 d+stack+0x48 text+0x15c0 text+0x1600 d+stack+0x48' ;;
	# each is followed by words of tracers
	611) echo 'at index: u32 11
		at entries: u64 text+0x1520 text+0x1400 d+stack+0x88 0x1403 text+0x1310 text+0x1200 d+stack+0x48 0x1403 77 78 0x2806' ;;
	esac >>dump.txt
	"$MKDUMP" dump.txt dump
}

# loses DUMP SYMBOL TRACER: the tracer has put the trampoline SYMBOL in place of a return address whose original is not
# known. kwalk names the trampoline, and not the function before it.
loses() {
	patiently "$KWALK" -q -j -c 'bt 3' vmlinux "$1" >got 2>complaint && { echo 'no complaint'; return 1; }
	grep -qF '"sure":true,"symbol":"waits+0x34"' got
	grep "\"tracer\":\"$3\"" got | grep -qF "\"sure\":false,\"symbol\":\"$2+0x0\"" || { cat got; return 1; }
	not grep -qE '"(entry\+0xc0|return_to_handler\+0x20|arch_rethook_trampoline\+0x10)"' got
	grep -qF 'frames marked with ? are guesses: ' complaint
}

@test "bt: return addresses that tracers replaced, by place, in order, and in longs" {
	local release

	for release in 408 409 611; do
		traced $release
		answers vmlinux dump 'bt 3' <<-END
		3 frame=0 symbol=waits+0x34 sure=true tracer=-
		3 frame=1 sp=0xffff888000063050 address=0xffffffff81001310 symbol=works+0x10 sure=true tracer=function_graph
		3 frame=2 sp=0xffff888000063088 address=0xffffffff81001410 symbol=serves+0x10 sure=true tracer=rethook
		3 frame=3 sp=0xffff888000063090 symbol=entry+0x20 sure=true tracer=- registers.rip=0x400123
		END
	done
	"$KWALK" -q -c 'bt 3' vmlinux dump >text
	grep -q ' works+0x10  <address replaced by function_graph>$' text
	# two tracers: one keeps the trampoline of the other, and the other the original or, by damage, the trampoline of the first
	cat dump.txt - >two.txt <<-'END'
	at entries+0x20: u64 text+0x15e0
	at node: u64 d+node+0x20 0 text+0x1310 d+stack+0x48
	END
	"$MKDUMP" two.txt two
	answers vmlinux two 'bt 3' <<-END
	3 frame=0
	3 frame=1 symbol=works+0x10 sure=true tracer=function_graph
	3 frame=2 symbol=serves+0x10
	3 frame=3
	END
	echo 'at node: u64 d+node+0x20 0 text+0x15c0' >>two.txt
	"$MKDUMP" two.txt two
	loses two return_to_handler function_graph
	grep -q "name each other's trampolines" complaint
	# a kretprobe without rethook
	cat dump.txt - >old.txt <<-'END'
	at stack+0x80: u64 text+0x15f0
	at t_shell+192: u64 d+node+0x80
	at node+0x80: u64 0 text+0x1410 d+stack+0x80
	END
	"$MKDUMP" old.txt old
	answers vmlinux old 'bt 3' <<-END
	3 frame=0
	3 frame=1 symbol=works+0x10
	3 frame=2 symbol=serves+0x10 tracer=kretprobe
	3 frame=3
	END
}

# aligning CHANGE: a CPU of i386 in waits(), which works() called, which serves() called. works() has aligned its stack, so
# that its frame begins with a copy of the return address. A tracer keeps the original by the first place.
aligning() {
	{
		sed "s|^include |include $DUMPS/|; s|rip=text+0x1000|rip=text+0x1210 rsp=page_offset+0x20000 rbp=page_offset+0x20010 cs=0x60|" \
			"$DUMPS/i386-qemu.txt"
		cat <<-'END'
		let p page_offset
		let task 0x24000
		at text_phys+0x420980: u32 1
		at text_phys+0x420b20: u32 1
		at 0x1570320: u32 p+task
		at text_phys+0x1200: u8 0x55 0x89 0xe5 0x90
		at 0x20010: u32 p+0x20020 text+0x1310
		at 0x20020: u32 p+0x20040 text+0x15c0 1 2 text+0x15c0
		at 0x20040: u32 0 text+0x1510
		at task+104: u32 0 p+0x25000
		at 0x25000: u32 text+0x1410 text+0x1300 p+0x20030
		END
		echo "$1"
	} >aligned.txt
	"$MKDUMP" aligned.txt aligned
}

@test "bt: a return address that a tracer replaced before i386 aligned its stack" {
	local X86_CC=${X86_CC:-${CC:-cc}} change

	export X86_CC="$X86_CC -DTRACERS=409"
	vmlinux 32
	objcopy --add-symbol waits=.text:0x1200,function --add-symbol works=.text:0x1300,function \
		--add-symbol serves=.text:0x1400,function --add-symbol entry=.text:0x1500,function \
		--add-symbol return_to_handler=.text:0x15c0,function --add-symbol update_stack_state=.text:0x1600,function vmlinux
	aligning ''
	answers vmlinux aligned 'bt -c 0' <<-END
	* frame=0 symbol=waits+0x10 sure=true
	* frame=1 symbol=works+0x10 sure=true tracer=-
	* frame=2 symbol=serves+0x10 sure=true tracer=function_graph
	* frame=3 symbol=entry+0x10 sure=true
	END
	# another word there, and the place of a caller's return address
	for change in 'at 0x20030: u32 text+0x1410' 'at 0x20020: u32 p+0x20030'; do
		aligning "$change"
		"$KWALK" -q -j -c 'bt -c 0' vmlinux aligned >got 2>complaint && return 1
		grep '"frame":2,' got | grep -qF '"sure":false,"symbol":"return_to_handler+0x0"'
	done
}

@test "bt: an original return address that is not known: no function is named in its place" {
	local change release

	# the entry is of another function, missing, beyond the end, of another place, or not readable
	while read -r release change; do
		traced "$release"
		cat dump.txt - >lost.txt <<<"$change"
		"$MKDUMP" lost.txt lost
		loses lost return_to_handler function_graph || { echo "$release: $change"; return 1; }
		grep -qF 'original of the return address ffffffff810015c0 (function_graph) is not known: ' complaint
		# an array without entries is no damage
		[[ $change != *' -1' ]] || grep -qF ' has no entry for it' complaint
	done <<-'END'
	408 at entries: u64 text+0x1310 text+0x1300
	408 at index: u32 -1
	409 at index: u32 -1
	409 at index: u32 50
	409 at index: u32 0x7fffffff
	409 at t_shell+176: u64 0
	409 at t_shell+176: u64 d+0x7fffff00
	409 at entries+0x28: u64 d+stack+0x50
	611 at index: u32 0
	611 at index: u32 0x7fffffff
	611 at entries+0x50: u64 0x2800
	611 at entries+0x50: u64 0x280b
	611 at entries+0x50: u64 0x2bff
	611 at entries+0x30: u64 d+stack+0x50
	END
	# the list of nodes is a ring, leads to other memory, or lacks the node
	for change in 'at node+0x20: u64 d+node' 'at node: u64 1' 'at node+0x20: u64 0' 'at node+0x50: u64 text+0x15e0'; do
		traced 611
		cat dump.txt - >lost.txt <<<"$change"
		"$MKDUMP" lost.txt lost
		loses lost arch_rethook_trampoline rethook || { echo "$change"; return 1; }
		grep -qF '"symbol":"works+0x10"' got
		grep -qF 'original of the return address ffffffff810015e0 (rethook) is not known: ' complaint
	done
	# types without tracers
	traced 611
	vmlinux 64
	"$DUMPS/add-unwind-symbols" vmlinux
	objcopy --add-symbol return_to_handler=.text:0x15c0,function vmlinux
	loses dump return_to_handler function_graph
	grep -qF 'where struct task_struct keeps ret_stack is not known' complaint
	"$KWALK" -q -c 'bt 3' vmlinux dump >text 2>&1 || true
	grep -q ' ? return_to_handler+0x0  <address replaced by function_graph>$' text
	# the original is not code
	traced 611
	cat dump.txt - >lost.txt <<<'at entries+0x20: u64 0x1234567'
	"$MKDUMP" lost.txt lost
	fails 1 'bt: 3: returns to 1234567, which is not code' -c 'bt 3' vmlinux lost
}

# waiting_for_mutex PADDR: task 3 waits for the mutex, which task 5 holds.
waiting_for_mutex() {
	# struct mutex_waiter is in the frame of the function: its list_head, and the task
	export ORC='8 0 0 0 5 2  38 0 e8 ff 15 2  10 0 f0 ff 14 2  8 0 0 0 5 2  0 0 0 0 5 b  0 0 0 0 0 0'
	sleeping
	objcopy --redefine-sym waits=__mutex_lock.isra.0 vmlinux
	cat dump.txt - >waits.txt <<-END
	let mutex $1
	at t_shell+136: u64 d+stack-0x20
	at stack-0x20: u64 15 14 13 12 11 d+stack+0x78 text+0x1234
	at stack+0x18: u64 d+mutex+16 d+mutex+16 d+t_shell 0
	at stack+0x38: u64 d+stack+0x78 2 text+0x1310
	at mutex: u64 d+t_thread+1 0 d+stack+0x18 d+stack+0x18
	END
	"$MKDUMP" waits.txt waits
}

@test "bt: the mutex that a task waits for, and its owner" {
	waiting_for_mutex 0x60100
	answers vmlinux waits 'bt 3' <<-END
	3 frame=0 symbol=__mutex_lock.isra.0+0x34 waits.kind=mutex waits.object=0xffff888000060100 waits.owner_pid=5 \
		waits.owner_comm=init-worker
	3 frame=1 waits=-
	3 frame=2
	3 frame=3
	END
	# a list that the mutex does not lead back from, another task's struct
	for change in 'at mutex+16: u64 d+mutex+16 d+mutex+16' 'at stack+0x28: u64 d+t_init'; do
		printf '%s\n' "$(cat waits.txt)" "$change" >broken.txt
		"$MKDUMP" broken.txt broken
		"$KWALK" -q -j -c 'bt 3' vmlinux broken >got
		not grep -q '"waits"' got
	done
}

@test "bt: an rwsem that a task waits for, with a writer or readers" {
	waiting_for_mutex 0x60100
	objcopy --redefine-sym __mutex_lock.isra.0=rwsem_down_write_slowpath vmlinux
	# In owner, bit 0 is of readers, and bits 1 and 2 tell nothing about them.
	for bits in 6 1; do
		printf '%s\n' "at stack+0x18: u64 d+mutex+24 d+mutex+24" \
			"at mutex: u64 1 d+t_thread+$bits 0 d+stack+0x18 d+stack+0x18" | cat waits.txt - >rwsem.txt
		"$MKDUMP" rwsem.txt rwsem
		holder=owner other=reader
		[ $bits = 6 ] || holder=reader other=owner
		answers vmlinux rwsem 'bt 3' <<-END
		3 frame=0 waits.kind=rwsem waits.object=0xffff888000060100 waits.${holder}_pid=5 \
			waits.${holder}_comm=init-worker waits.${other}_pid=- waits.${other}_comm=-
		3 frame=1 waits=-
		3 frame=2
		3 frame=3
		END
	done
}

@test "bt: the percpu_rw_semaphore whose readers a writer waits for" {
	cat >more.c <<-'END'
	struct percpu_rw_semaphore {
		unsigned int *read_count;
		struct {
			struct task_struct *task;
		} writer;
		struct {
			int counter;
		} block;
	} unused_percpu;
	END
	MORE=$PWD/more.c waiting_for_mutex 0x5f100
	objcopy --redefine-sym __mutex_lock.isra.0=percpu_down_write vmlinux
	cat waits.txt - >percpu.txt <<-'END'
	at stack-0x20: u64 d+mutex
	at mutex: u64 0 d+t_shell 1
	END
	"$MKDUMP" percpu.txt percpu
	answers vmlinux percpu 'bt 3' <<-END
	3 frame=0 waits.kind=percpu-rwsem waits.object=0xffff88800005f100 waits.owner_pid=-
	3 frame=1 waits=-
	3 frame=2
	3 frame=3
	END
	# another task writes; readers are not blocked; the lock is not on the stack
	for change in 'at mutex+8: u64 d+t_init' 'at mutex+16: u64 0' 'at stack-0x20: u64 d+mutex+8'; do
		printf '%s\n' "$(cat percpu.txt)" "$change" >broken.txt
		"$MKDUMP" broken.txt broken
		"$KWALK" -q -j -c 'bt 3' vmlinux broken >got
		not grep -q '"waits"' got
	done
}

@test "bt: the work that a task waits for, which a worker runs or will run" {
	waiting_for_mutex 0x60100
	objcopy --redefine-sym __mutex_lock.isra.0=wait_for_completion \
		--add-symbol wq_barrier_func=.text:0x1700,function vmlinux
	# A struct wq_barrier at 0x60100, in the list of the worker at 0x60200.
	cat waits.txt - >works.txt <<-END
	at stack+0x18: u64 d+t_shell d+0x60130 d+0x60130 0
	at 0x60100: u64 0 d+0x60228 d+0x60228 text+0x1700 0 0 d+stack+0x20 d+stack+0x20
	at 0x60200: u64 0 0 d+0x60300 text+0x1300 d+t_thread d+0x60108 d+0x60108 0
	END
	"$MKDUMP" works.txt works
	answers vmlinux works 'bt 3' <<-END
	3 frame=0 waits.kind=work waits.object=0xffff888000060300 waits.target_function=works+0x0 \
		waits.relation="run by" waits.owner_pid=5 waits.owner_comm=init-worker
	3 frame=1 waits=-
	3 frame=2
	3 frame=3
	END
	# The worker runs nothing, or what is no code, or is no task.
	for change in 'at 0x60210: u64 0' 'at 0x60218: u64 0x1234' 'at 0x60220: u64 d+0x60300'; do
		printf '%s\n' "$(cat works.txt)" "$change" >none.txt
		"$MKDUMP" none.txt none
		"$KWALK" -q -j -c 'bt 3' vmlinux none | head -1 >got
		grep -q '"waits":{"kind":"completion","object":"0xffff888000060120"' got
	done
	# A work before the barrier, which does not run yet.
	cat works.txt - >later.txt <<-END
	at 0x60108: u64 d+0x60228 d+0x60408
	at 0x60228: u64 d+0x60408 d+0x60108
	at 0x60400: u64 0 d+0x60108 d+0x60228 text+0x1400
	END
	"$MKDUMP" later.txt later
	answers vmlinux later 'bt 3' <<-END
	3 frame=0 waits.kind=work waits.object=0xffff888000060400 waits.target_function=serves+0x0 \
		waits.owner_pid=-
	3 frame=1 waits=-
	3 frame=2
	3 frame=3
	END
}

# says_waiting COMMAND SENTENCE DUMP: text says so in one line, without a terminal.
says_waiting() {
	"$KWALK" -q -c "$1" vmlinux "$3" >text || true
	grep -qxF "  WAITS FOR: $2" text || { cat text; return 1; }
}

# The objects of the slab at 0x50000 are the small kernel's; the first is the mutex's.
@test "bt, triage, report: what a task waits for is a sentence" {
	waiting_for_mutex 0x50000
	says_waiting 'bt 3' 'mutex ffff888000050000 (kmalloc-96), held by 5 init-worker' waits
	answers vmlinux waits 'bt 3' <<-END
	3 frame=0 waits.within=kmalloc-96 waits.text="object ffff888000050000 of cache kmalloc-96, allocated" \
		waits.relation="held by" waits.owner_pid=5
	3 frame=1
	3 frame=2
	3 frame=3
	END
	printf 'at t_shell: u64 2\nat t_daemon: u64 2\n' | cat waits.txt - >blocked.txt
	"$MKDUMP" blocked.txt blocked
	"$KWALK" -q -c triage vmlinux blocked >text || true
	grep -qE "^ +1 +3  shell  [^ ]+  mutex ffff888000050000 \(kmalloc-96\), held by 5 init-worker$" text || { cat text; return 1; }
	"$KWALK" -q -j -c 'triage; report' vmlinux blocked >got || true
	json_values 'it["blocked"]' got >each
	[ "$(uniq -c each | sed 's/ *\([0-9]*\).*/\1/')" = 2 ]
	# the report also has the frames that bt shows
	json_values '[[each["pid"], [frame["address"] for frame in each["trace"]]] for each in it.get("blocked_traces", [])]' got |
		grep -F '[3,["0xffffffff81001234","0xffffffff81001310","0xffffffff81001410","0xffffffff81001520"]]'
	# a free object is not said to be only of a cache
	printf '%s\n' 'at memmap+64*0x50+32: u64 d+mutex' 'at caches+56: u32 48' 'at 0x50030: u64 0x300005008088ffff' | cat waits.txt - >free.txt
	"$MKDUMP" free.txt free
	says_waiting 'bt 3' 'mutex ffff888000050000 (object ffff888000050000 of cache kmalloc-96, free), held by 5 init-worker' free
}

# headless SIZE: a mutex as in 7.2. waits() waits for it, and its frame has SIZE bytes: two bytes of ORC.
headless() {
	export ORC="8 0 0 0 5 2  $1 e8 ff 15 2  10 0 f0 ff 14 2  8 0 0 0 5 2  0 0 0 0 5 b  0 0 0 0 0 0"
	sleeping
	X86_CC="${X86_CC:-${CC:-cc}} -DFIRST_WAITER" vmlinux 64
	"$DUMPS/add-unwind-symbols" vmlinux
	objcopy --redefine-sym waits=__mutex_lock.isra.0 vmlinux
}

@test "bt: a mutex whose list of waiters has no head, as in 7.2" {
	headless '38 0'
	# The list of the waiter leads to itself. A saved register has the mutex, which points to the waiter.
	cat dump.txt - >waits.txt <<-'END'
	let mutex 0x64100
	at t_shell+136: u64 d+stack-0x20
	at stack-0x20: u64 15 14 d+mutex 12 11 d+stack+0x78 text+0x1234
	at stack+0x18: u64 d+stack+0x18 d+stack+0x18 d+t_shell 0
	at stack+0x38: u64 d+stack+0x78 2 text+0x1310
	at mutex: u64 d+t_thread+1 0 d+stack+0x18
	END
	"$MKDUMP" waits.txt waits
	answers vmlinux waits 'bt 3' <<-END
	3 frame=0 waits.kind=mutex waits.object=0xffff888000064100 waits.owner_pid=5 waits.symbol=-
	3 frame=1 waits=-
	3 frame=2
	3 frame=3
	END
	# a mutex with another waiter, no register with it, a struct of another task, words of a stack that look like a mutex
	for change in 'at mutex+16: u64 d+stack+0x20' 'at stack-0x20: u64 15 14 13 12' 'at stack+0x28: u64 d+t_init' \
		$'at stack-0x20: u64 15 14 d+0x60100 12\nat 0x60110: u64 d+stack+0x18'; do
		printf '%s\n' "$(cat waits.txt)" "$change" >broken.txt
		"$MKDUMP" broken.txt broken
		"$KWALK" -q -j -c 'bt 3' vmlinux broken >got
		not grep -q '"waits"' got
	done
}

# ring N: the list of the waiter in waits.txt has N further entries on the stack.
ring() {
	local at=$((0x60100)) before=stack+0x18 i

	for ((i = 0; i < $1; i++)); do
		printf 'at %#x: u64 d+%#x d+%s d+t_shell\n' $at $((at + 24)) "$before"
		before=$(printf '%#x' $at)
		at=$((at + 24))
	done
	printf 'at %s: u64 d+stack+0x18\nat stack+0x18: u64 d+0x60100 d+%s d+t_shell 0\n' "$before" "$before"
}

@test "bt: the search for a mutex among many words and waiters ends" {
	headless 'b8 3'
	# 110 words of the stack point to what is no mutex of the ring. The mutex is in the last word.
	{
		cat dump.txt
		printf 'at t_shell+136: u64 d+stack-0x3a0\nat stack-0x3a0: u64 15 14 13 12 11 d+stack+0x78 text+0x1234\n'
		printf 'at stack-0x360: u64%s d+0x64100\n' "$(printf ' d+0x64200%.0s' {1..110})"
		printf 'at 0x60080: u64 d+0x60080 d+0x60080 d+t_shell\nat 0x64100: u64 d+t_thread+1 0 d+stack+0x18\n'
		printf 'at stack+0x38: u64 d+stack+0x78 2 text+0x1310\n'
	} >waits.txt
	# Only what leads to a waiter, which is in another list, lets the list be followed.
	for first in 0x60080 0x64300; do
		for entries in 200 400; do
			ring "$entries" | cat waits.txt - >ring.txt
			echo "at 0x64200: u64 0 0 d+$first" >>ring.txt
			"$MKDUMP" ring.txt ring
			"$KWALK" -q -j -c 'bt 3' vmlinux ring >"$first-$entries"
		done
	done
	for found in 0x60080-200 0x64300-200 0x64300-400; do
		grep -q '"frame":0.*"object":"0xffff888000064100"' "$found"
	done
	grep -q '"frame":0' 0x60080-400
	not grep -q '"waits"' 0x60080-400
}

# waiting STRUCT: a vmlinux and a dump, waits.txt, whose shell sleeps in waits(). Its frame begins with a struct of
# a wait queue, which STRUCT describes: the words before the links of the list.
waiting() {
	export ORC='8 0 0 0 5 2  58 0 e8 ff 15 2  10 0 f0 ff 14 2  8 0 0 0 5 2  0 0 0 0 5 b  0 0 0 0 0 0'
	sleeping
	objcopy --add-symbol folio_wait_table=.data:0x8000 --add-symbol bit_wait_table=.data:0xa000 vmlinux
	cat dump.txt - >waits.txt <<-END
	let start stack-8
	at t_shell+136: u64 d+stack-0x40
	at stack-0x40: u64 15 14 13 12 11 d+stack+0x78 text+0x1234
	at start: u64 $1
	at stack+0x38: u64 d+stack+0x78 2 text+0x1310
	END
}

# in_queue TABLE HASHED LINKS: the list of the queue in this table, for this number, contains the links.
in_queue() {
	local head=$(($1 + 24 * (($2) * 0x61c8864680b583eb >> 56 & 255) + 8))

	cat >>waits.txt <<-END
	at $3: u64 data+$head data+$head
	at text_phys+4M+$head: u64 d+$3 d+$3
	END
}

# no_wait CHANGE: with this change of waits.txt, nothing is shown.
no_wait() {
	printf '%s\n' "$(cat waits.txt)" "$1" >broken.txt
	"$MKDUMP" broken.txt broken
	"$KWALK" -q -j -c 'bt 3' vmlinux broken >got
	grep -q '"frame":3' got && not grep -q '"waits"' got
}

@test "bt: the folio that a task waits for" {
	local folio=0xffffea0000000540

	# folio, bit_nr, flags, private, func
	waiting "$folio 1 0 d+t_shell 0"
	in_queue 0x8000 $folio start+0x28
	printf 'at memmap+0x540: u64 3\n' >>waits.txt
	"$MKDUMP" waits.txt waits
	answers vmlinux waits 'bt 3' <<-END
	3 frame=0 symbol=waits+0x34 waits.kind=folio waits.object=$folio waits.bit=1 waits.set=true waits.pfn=0x15
	3 frame=1 waits=-
	3 frame=2
	3 frame=3
	END
	"$KWALK" -q -c 'bt 3' vmlinux waits >text
	says_waiting 'bt 3' "folio ${folio#0x}, bit 1 (referenced) is set, frame 15" waits
	# the bit was cleared, and the task was not woken yet
	printf 'at memmap+0x540: u64 1\n' | cat waits.txt - >clear.txt
	"$MKDUMP" clear.txt clear
	answers vmlinux clear 'bt 3' <<-END
	3 frame=0 waits.bit=1 waits.set=false
	3 frame=1
	3 frame=2
	3 frame=3
	END
	# another folio, whose queue is another; another task; a number that is no bit; an entry that was removed, or
	# whose next entry is another task's
	no_wait "at start: u64 $folio+64"
	no_wait 'at start+0x18: u64 d+t_init'
	no_wait 'at start+8: u32 64'
	no_wait 'at start+8: u32 ~0'
	no_wait 'at start+0x28: u64 d+start+0x28 d+start+0x28'
	no_wait 'at start+0x28: u64 d+start+0x100'
	objcopy --strip-symbol folio_wait_table vmlinux
	no_wait ''
	# before 5.16
	objcopy --add-symbol page_wait_table=.data:0x8000 vmlinux
	answers vmlinux waits 'bt 3' <<-END
	3 frame=0 waits.kind=folio waits.object=$folio
	3 frame=1
	3 frame=2
	3 frame=3
	END
}

@test "bt: the wait queue in which a task waits" {
	# flags, private, func
	waiting '0 d+t_shell text+0x1310'
	objcopy --add-symbol a_queue=.data:0x9000 vmlinux
	cat >>waits.txt <<-END
	at start+0x18: u64 data+0x9008 data+0x9008
	at text_phys+4M+0x9008: u64 d+start+0x18 d+start+0x18
	END
	"$MKDUMP" waits.txt waits
	answers vmlinux waits 'bt 3' <<-END
	3 frame=0 symbol=waits+0x34 waits.kind=wait-queue waits.object=0xffffffff81409000 waits.symbol=a_queue waits.bit=- waits.owner_pid=-
	3 frame=1 waits=-
	3 frame=2
	3 frame=3
	END
	# another task; flags that Linux does not have; data in place of the function; an entry that was removed, or whose next
	# entry is another task's; a list that has no head
	no_wait 'at start+8: u64 d+t_init'
	no_wait 'at start: u32 0x100'
	no_wait 'at start+0x10: u64 data+0x9000'
	no_wait 'at start+0x18: u64 d+start+0x18 d+start+0x18'
	no_wait 'at start+0x18: u64 d+start+0x100'
	no_wait 'at text_phys+4M+0x9000: u64 text+0x1310'
	# the element before the head is neither an entry nor the head: the queue of a task, or a bookmark
	# the same outside of stacks: an entry whose function was overwritten
	no_wait $'at start+0x18: u64 data+0x9108 data+0x9008\nat text_phys+4M+0x9108: u64 data+0x9008 d+start+0x18\nat text_phys+4M+0x9008: u64 d+start+0x18 data+0x9108'
	no_wait $'at start+0x18: u64 d+stack+0x200\nat stack+0x200: u64 data+0x9008 d+start+0x18\nat text_phys+4M+0x9008: u64 d+start+0x18 d+stack+0x200'
}

@test "bt: the bit or the variable that a task waits for" {
	# key.flags, key.bit_nr, key.timeout, flags, private, func
	local word=0xffff888000060100

	waiting "$word 3 0 0 d+t_shell 0"
	in_queue 0xa000 "$word << 6 | 3" start+0x30
	"$MKDUMP" waits.txt waits
	answers vmlinux waits 'bt 3' <<-END
	3 frame=0 waits.kind=bit waits.object=$word waits.bit=3 waits.flag=-
	3 frame=1
	3 frame=2
	3 frame=3
	END
	no_wait 'at start+8: u32 4'
	waiting "$word 0xffffffff 0 0 d+t_shell 0"
	in_queue 0xa000 $word start+0x30
	"$MKDUMP" waits.txt waits
	answers vmlinux waits 'bt 3' <<-END
	3 frame=0 waits.kind=variable waits.object=$word waits.bit=-
	3 frame=1
	3 frame=2
	3 frame=3
	END
}

@test "bt: the call of other CPUs that a CPU waits for" {
	local mask
	sleeping
	X86_CC="${X86_CC:-${CC:-cc}} -DCALLS" vmlinux 64
	"$DUMPS/add-unwind-symbols" vmlinux
	objcopy --redefine-sym waits=smp_call_function_many_cond --add-symbol cfd_data=.data..percpu:0x400 vmlinux
	# The call to CPU 1 is pending. It is the last call only if CPU 1 is in the mask, whose CPUs must be possible.
	for mask in 2 1 0x102; do
		cat dump.txt - >calls.txt <<-END
		note CORE prstatus pid=1 ip=text+0x1234 sp=d+stack+0x38
		at cpu0+0x400: u64 0x480 $mask
		at cpu1+0x480: u64 1 text+0x1304
		END
		"$MKDUMP" calls.txt "calls$mask"
	done
	answers vmlinux calls2 'bt -c 0' <<-END
	* frame=0 waits.kind=call waits.object=0xffff88800003c480 waits.target_cpus=1 waits.target_cpu=1 waits.target_function=works+0x4
	* frame=1
	* frame=2
	* frame=3
	END
	for mask in 1 0x102; do
		"$KWALK" -q -j -c 'bt -c 0' vmlinux "calls$mask" >got || true
		grep -q smp_call got
		not grep -q '"waits"' got
	done
}

# spinning REGISTERS [STATEMENT...]: CPU 0 is in the function that waits for a spinlock, with these registers.
spinning() {
	sleeping
	objcopy --redefine-sym waits=native_queued_spin_lock_slowpath --add-symbol qnodes=.data..percpu:0x400 vmlinux
	cat dump.txt - >spins.txt <<-END
	note CORE prstatus pid=1 ip=text+0x1234 sp=d+stack+0x38 $1
	$(printf '%s\n' "${@:2}")
	END
	"$MKDUMP" spins.txt spins
}

@test "bt: the spinlock that a CPU waits for" {
	local lock=0xffff888000060100 other=0xffff888000060200 state

	# by the register of the first argument: the lock has no queue (with a hypervisor), or the CPU is the first
	for state in 1 0x101; do
		spinning "di=$lock bx=$other" "at 0x60100: u32 $state" 'at 0x60200: u32 1'
		answers vmlinux spins 'bt -c 0' <<-END
		* frame=0 waits.kind=spinlock waits.object=$lock waits.locked=true waits.last_cpu=-
		* frame=1
		* frame=2
		* frame=3
		END
	done
	# by another register, if no other can be the lock, and it has a waiter
	spinning "bx=$lock" 'at 0x60100: u32 0x80101' 'at cpu1+0x40c: u32 1'
	answers vmlinux spins 'bt -c 0' <<-END
	* frame=0 waits.object=$lock waits.locked=true waits.pending=true waits.last_cpu=1
	* frame=1
	* frame=2
	* frame=3
	END
	for state in 1 0x100 0x201 0x103 0x80101 0x40010101; do
		spinning "bx=$lock" "at 0x60100: u32 $state"
		"$KWALK" -q -j -c 'bt -c 0' vmlinux spins >got || true
		grep -q slowpath got
		not grep -q '"waits"' got
	done
}

@test "bt: the spinlock in whose queue a CPU waits" {
	local lock=0xffff888000060100 other=0xffff888000060200

	# CPU 0 uses a node. The next is node 1 of CPU 1, the last in the queue.
	local queue=('at cpu0+0x400: u64 d+cpu1+0x420 u32 0 1' 'at cpu1+0x40c: u32 2')
	spinning "di=$other bx=$lock" 'at 0x60100: u32 0x90101' 'at 0x60200: u32 0x101' "${queue[@]}"
	answers vmlinux spins 'bt -c 0' <<-END
	* frame=0 waits.object=$lock waits.locked=true waits.pending=true waits.last_cpu=1
	* frame=1
	* frame=2
	* frame=3
	END
	# another tail; two locks with this tail; a queue that leads to itself; a number of nodes that no CPU has
	spinning "bx=$lock" 'at 0x60100: u32 0x80101' "${queue[@]}"
	"$KWALK" -q -j -c 'bt -c 0' vmlinux spins >got || true
	not grep -q '"waits"' got
	spinning "bx=$lock di=$other" 'at 0x60100: u32 0x90101' 'at 0x60200: u32 0x90001' "${queue[@]}"
	"$KWALK" -q -j -c 'bt -c 0' vmlinux spins >got || true
	not grep -q '"waits"' got
	spinning "bx=$lock" 'at 0x60100: u32 0x90101' "${queue[@]}" 'at cpu1+0x420: u64 d+cpu0+0x400'
	"$KWALK" -q -j -c 'bt -c 0' vmlinux spins >got || true
	not grep -q '"waits"' got
	spinning "bx=$lock" 'at 0x60100: u32 0x90101' "${queue[@]}" 'at cpu0+0x40c: u32 5'
	"$KWALK" -q -j -c 'bt -c 0' vmlinux spins >got || true
	not grep -q '"waits"' got
}

# An interrupt came while CPU 0 waited. entry() saved the registers of the function that waits.
@test "bt: the spinlock that interrupted code waits for" {
	local lock=0xffff888000060100 other=0xffff888000060200
	local saved="115 114 113 112 106 103 111 110 109 108 100 101 102 104 $lock 0 text+0x1234 0x10 0x246 d+stack+0x38 0x18"

	spinning '' "at stack-0x2e0: u64 $saved" 'at 0x60100: u32 1' 'at 0x60200: u32 1'
	sed 's/^note CORE.*/note CORE prstatus pid=1 ip=text+0x1520 sp=d+stack-0x2e0/' spins.txt >interrupted.txt
	"$MKDUMP" interrupted.txt spins
	answers vmlinux spins 'bt -c 0' <<-END
	* frame=0 symbol=entry+0x20 waits=-
	* frame=1 interrupted=true waits.kind=spinlock waits.object=$lock waits.locked=true
	* frame=2
	* frame=3
	* frame=4
	END
	# the code of the interrupt waits for another lock, and it is not known which function uses a node
	{
		sed "s/^note CORE.*/note CORE prstatus pid=1 ip=text+0x1234 sp=d+stack-0x2f8 di=$other/" spins.txt
		echo 'at stack-0x2e8: u64 text+0x1520'
	} >twice.txt
	"$MKDUMP" twice.txt spins
	"$KWALK" -q -j -c 'bt -c 0' vmlinux spins >got || true
	grep '"frame":2' got | grep -q 'slowpath.*"interrupted":true'
	not grep -q '"waits"' got
}

# A System.map: neither types, and so no tasks, nor ORC.
@test "bt: by frame pointers to the registers of user mode, where the tasks are not known" {
	cat >System.map <<-END
	ffffffff81000000 T _text
	ffffffff81000000 T startup_64
	ffffffff81001300 T works
	ffffffff81001400 T serves
	ffffffff81001500 T entry
	ffffffff81001600 T update_stack_state
	ffffffff81200000 R _etext
	ffffffff81500000 B _end
	END
	# works(): words below its frame pointer; serves(); entry(): struct pt_regs, and the stack's end
	describe dump <<-END
	include $DUMPS/x86_64.txt
	let stack 0x63f10
	at stack: u64 3 4 5 6 7
	at stack+0x28: u64 page_offset+stack+0x38 text+0x1410
	at stack+0x38: u64 0x7000 text+0x1520
	at stack+0x48: u64 115 114 113 112 0x7000 103 111 110 109 108 100 101 102 104 105 0 0x400123 0x33 0x202 0x7fff0 0x2b
	note QEMU cpu rip=text+0x1310 rsp=page_offset+stack rbp=page_offset+stack+0x28 cs=0x10 cr3=root cr4=0x20
	END
	answers System.map dump 'bt -c 0' <<-END
	* frame=0 symbol=works+0x10 sure=true registers=-
	* frame=1 symbol=serves+0x10 sure=true registers=-
	* frame=2 symbol=entry+0x20 sure=true registers.rip=0x400123 registers.rsp=0x7fff0 registers.rbp=0x7000 \
		registers.cs=0x33 registers.r15=0x73
	END
}

# before_4_9 RELEASE: a kernel of x86-64 with frame pointers. The shell sleeps in __schedule(), which works() called,
# which serves() called, which the entry code of system calls called. More lines of the dump come from standard input.
before_4_9() {
	echo 'struct thread_info { void *task; unsigned int flags; } unused_info;' >info.c
	MORE=$PWD/info.c vmlinux 64 "$1"
	"$DUMPS/add-unwind-symbols" vmlinux
	objcopy --strip-symbol __start_orc_unwind_ip --redefine-sym waits=__schedule \
		--add-symbol __switch_to=.text:0x1700,function --add-symbol schedule_timeout=.text:0x1800,function vmlinux
	sed "s,4\.4\.0,$1,; s,^include ,&$DUMPS/," "$DUMPS/x86_64-purpose-4.4.txt" >purpose.txt
	# the macro switch_to(): call __switch_to(), mov %rbp,%rsi, pop %rbp, popf; schedule_timeout(): push %rbp, mov %rsp,%rbp
	describe dump <<-END
	include purpose.txt
	at text_phys+0x1220: u8 0xe8 u32 0x1700-0x1225
	at text_phys+0x1230: u8 0x48 0x89 0xee 0x5d 0x9d
	at text_phys+0x1800: u8 0x55 0x48 0x89 0xe5
	at vars+thread: u64 init_task+thread init_task+thread
	at t_init+thread: u64 d+t_thread+thread d+t_thread+thread
	at t_thread+thread: u64 d+t_init+thread d+t_init+thread
	at t_kthreadd+thread: u64 d+t_kthreadd+thread d+t_kthreadd+thread
	at t_shell+thread: u64 d+t_shell+thread d+t_shell+thread
	at t_daemon+thread: u64 d+t_daemon+thread d+t_daemon+thread
	at t_shell+8: u64 d+0x60000
	at t_shell+160: u64 d+0x63e00
	at 0x63e00: u64 d+0x63f00 0x246
	at 0x63f00: u64 d+0x63f48 text+0x1310
	at 0x63f48: u64 d+0x63f78 text+0x1410
	at 0x63f78: u64 0x7000 text+0x1520
	at 0x63f88: u64 111 110 109 108 100 101 102 104 105 0 0x400123 0x33 0x202 0x7fff0 0x2b
	$(cat)
	END
}

# SP of serves() is where the struct pt_regs would begin, had the entry code saved all of it.
@test "bt: a sleeping task of x86-64 before 4.1, whose entry code does not save all registers" {
	before_4_9 3.10.105 </dev/null
	answers vmlinux dump 'bt 3' <<-END
	3 frame=0 sp=0xffff888000063e10 symbol=__schedule+0x35 sure=true stack=task
	3 frame=1 sp=0xffff888000063f10 symbol=works+0x10 sure=true
	3 frame=2 sp=0xffff888000063f58 symbol=serves+0x10 sure=true registers=-
	3 frame=3 sp=0xffff888000063f88 symbol=entry+0x20 sure=true registers.rip=0x400123 registers.rsp=0x7fff0 \
		registers.r11=0x6f registers.rbp=- registers.cs=0x33
	END
	# a kernel thread, which ret_from_fork() started
	before_4_9 3.10.105 <<<'at 0x63f98: u64 0 0 0 0 0 0 0 0 0 0 0 0 0'
	objcopy --redefine-sym entry=ret_from_fork vmlinux
	answers vmlinux dump 'bt 3' <<-END
	3 frame=0 symbol=__schedule+0x35
	3 frame=1 symbol=works+0x10
	3 frame=2 symbol=serves+0x10
	3 frame=3 symbol=ret_from_fork+0x20 sure=true registers=-
	END
}

@test "bt: a sleeping task of x86-64 before 4.9: what is not known" {
	# TIF_FORK
	before_4_9 3.10.105 <<<'at 0x60008: u32 0x40000'
	fails 1 'bt: pid 3: the task has never run' -c 'bt 3' vmlinux dump
	# no call of __switch_to(), two
	before_4_9 3.10.105 <<<'at text_phys+0x1220: u8 0x90'
	fails 1 'the code of the scheduler at which switched tasks continue is not known' -c 'bt 3' vmlinux dump
	before_4_9 3.10.105 <<-END
	at text_phys+0x1250: u8 0xe8 u32 0x1700-0x1255
	at text_phys+0x1260: u8 0x48 0x89 0xee 0x5d 0x9d
	END
	fails 1 'the code of the scheduler at which switched tasks continue is not known' -c 'bt 3' vmlinux dump
	# not all functions have a frame, so that frame pointers are not kept
	before_4_9 3.10.105 <<<'at text_phys+0x1900: u8 0x41 0x56 0x55 0x53'
	objcopy --add-symbol vfs_read=.text:0x1900,function vmlinux vmlinux-without
	answers -s 1 vmlinux-without dump 'bt 3' <<-END
	3 frame=0 symbol=__schedule+0x35 sure=true
	* status=error message="~its code keeps no frame pointers"
	END
	# another stack
	before_4_9 3.10.105 <<<'at t_shell+160: u64 d+0x73000'
	fails 1 'thread.sp, ffff888000073000, is not on a known stack of the task' -c 'bt 3' vmlinux dump
}

@test "bt: a sleeping task of x86-64 from 4.1 to 4.8, which pops no flags" {
	before_4_9 4.4.0 <<-END
	at text_phys+0x1234: u8 0x48
	at 0x63f00: u64 d+0x63f28 text+0x1310
	at 0x63f28: u64 d+0x63f48 text+0x1410
	at 0x63f48: u64 0x7000 text+0x1520
	at 0x63f58: u64 115 114 113 112 0x7000 103
	END
	answers vmlinux dump 'bt 3' <<-END
	3 frame=0 sp=0xffff888000063e08 symbol=__schedule+0x34 sure=true
	3 frame=1 symbol=works+0x10 sure=true
	3 frame=2 symbol=serves+0x10 sure=true
	3 frame=3 symbol=entry+0x20 sure=true registers.rip=0x400123 registers.r15=0x73 registers.rbp=0x7000
	END
}

# The CPU handles an exception in works(), which entry() called. The exception interrupted serves(), which makes no
# frame: works() called it.
@test "bt: the code that an exception or interrupt interrupted, by frame pointers before 4.9" {
	cat >System.map <<-END
	ffffffff81000000 T _text
	ffffffff81000000 T startup_64
	ffffffff81001300 T works
	ffffffff81001400 T serves
	ffffffff81001500 T entry
	ffffffff81001600 T after
	ffffffff81001800 T schedule_timeout
	ffffffff81200000 R _etext
	ffffffff81500000 B _end
	END
	describe dump <<-END
	include $DUMPS/x86_64.txt
	let d page_offset
	note QEMU cpu rip=text+0x1310 rsp=d+0x63c00 rbp=d+0x63c20 cs=0x10 cr3=root cr4=0x20
	at text_phys+0x1800: u8 0x55 0x48 0x89 0xe5
	at text_phys+0x130b: u8 0xe8 u32 0x1400-0x1310
	at 0x63c20: u64 d+0x63f28 text+0x1520
	at 0x63c30: u64 15 14 13 12 d+0x63f28 11 10 9 8 7 6 5 4 3 2 0 text+0x1412 0x10 0x246 d+0x63d00 0x18
	at 0x63d00: u64 text+0x1310
	at 0x63f28: u64 d+0x63f48 text+0x1410
	at 0x63f48: u64 0x7000 text+0x1520
	at 0x63f58: u64 115 114 113 112 0x7000 103 111 110 109 108 100 101 102 104 105 0 0x400123 0x33 0x202 0x7fff0 0x2b
	END
	answers System.map dump 'bt -c 0' <<-END
	* frame=0 symbol=works+0x10 sure=true
	* frame=1 symbol=entry+0x20 sure=true registers.rip=0xffffffff81001412 registers.rbx=0xb registers.r15=0xf
	* frame=2 symbol=serves+0x12 sure=true interrupted=true
	* frame=3 sp=0xffff888000063d08 symbol=works+0x10 sure=true
	* frame=4 symbol=serves+0x10 sure=true
	* frame=5 symbol=entry+0x20 sure=true registers.rip=0x400123
	END
	# an interrupt: SP points to the saved BP on the other stack, and BX and the words before BP are not saved
	sed 's/^at 0x63c30:.*/at 0x63c30: u64 d+0x63c80\nat 0x63c80: u64 d+0x63f28 11 10 9 8 7 6 5 4 3 2 0 text+0x1412 0x10 0x246 d+0x63d00 0x18/' \
		dump.txt >irq.txt
	"$MKDUMP" irq.txt irq
	answers System.map irq 'bt -c 0' <<-END
	* frame=0 symbol=works+0x10
	* frame=1 symbol=entry+0x20 sure=true registers.rip=0xffffffff81001412 registers.rbx=- registers.r15=- \
		registers.rbp=0xffff888000063f28
	* frame=2 symbol=serves+0x12 sure=true interrupted=true
	* frame=3 symbol=works+0x10 sure=true
	* frame=4 symbol=serves+0x10
	* frame=5 symbol=entry+0x20
	END
	# a jump to a wrong address
	sed 's/^\(at 0x63c30:.*\) text+0x1412/\1 0/' dump.txt >wild.txt
	"$MKDUMP" wild.txt wild
	answers System.map wild 'bt -c 0' <<-END
	* frame=0
	* frame=1 symbol=entry+0x20 registers.rip=0x0
	* frame=2 address=0x0 interrupted=true
	* frame=3 symbol=works+0x10
	* frame=4
	* frame=5
	END
	# another BP: the interrupted code did not save these registers
	sed 's/^at 0x63c80: u64 d+0x63f28/at 0x63c80: u64 d+0x63f40/' irq.txt >other.txt
	"$MKDUMP" other.txt other
	"$KWALK" -q -j -c 'bt -c 0' System.map other >got || true
	not grep -q '"symbol":"serves+0x12"' got
}

# The lock names the task_struct of db-writer (5). Both clocks began at the boot; the last waiter ran at 81.74 s.
@test "an owner that began to live after the wait is none" {
	local start function words rwsem
	cat >more.c <<-'END'
	struct timekeeper {
		unsigned long long xtime_sec;
		char others[0x58];
		struct { long long tv_sec; long tv_nsec; } wall_to_monotonic;
	};
	__attribute__((section(".data.clock"))) struct timekeeper tk_core = { 1 };
	END
	MORE=$PWD/more.c X86_CC="${X86_CC:-${CC:-cc}} -DRUN_TIMES" "$DUMPS/mkvmlinux" 64 vmlinux
	"$DUMPS/add-unwind-symbols" vmlinux
	rwsem=$(printf '%s\n' 'at mutex: u64 1 d+t_thread 0 d+stack+0x18 d+other+0x18' \
		'at stack+0x18: u64 d+other+0x18 d+mutex+24' 'at other+0x18: u64 d+mutex+24')
	for function in __mutex_lock.isra.0 rwsem_down_write_slowpath; do
		objcopy --redefine-sym "waits=$function" vmlinux "$function"
	done
	while read -r start function; do
		words=
		[ "$function" = __mutex_lock.isra.0 ] || words=$rwsem
		describe dump <<-END
		include $DUMPS/x86_64-blocked.txt
		$words
		at t_thread+152: u64 $start
		at text_phys+4M+0x28000: u64 1700000087
		at text_phys+4M+0x28060: u64 -1700000001 500000000 1700000000500000000
		END
		"$KWALK" -q -j -c 'bt 3' "$function" dump >got || true
		if [ "$start" = 82500000000 ]; then
			grep -q '"reused_pid":5,"reused_comm":"db-writer"' got
			not grep -q '"owner_pid"' got
		else
			grep -q '"owner_pid":5,"owner_comm":"db-writer"' got
		fi
	done < <(printf '%s __mutex_lock.isra.0\n' 82500000000 80000000000 81745000000
		printf '%s rwsem_down_write_slowpath\n' 82500000000 80000000000)
}
