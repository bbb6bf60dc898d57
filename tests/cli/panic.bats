#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# panic: the cause of the crash, and what each CPU ran.
load common

# kernel MESSAGE... : a dump of two CPUs that ran the shell and an idle task, with these
# messages in its log, and what standard input adds. `ending` is where its variables are,
# panic_cpu first.
kernel() {
	local messages=() message

	for message; do
		messages+=(--message="$message")
	done
	{
		printf "include $DUMPS/%s.inc\n" "${INCLUDE:-x86_64-tasks}"
		"$DUMPS/mklog" ring --bits=12 --records=3 "${messages[@]}" ${WORD:+--word=$WORD}
		cat
	} | describe dump
	vmlinux "${MODE:-64}"
}

# two_cpus PANIC_CPU CRASHING_CPU TAINTED: the tasks and how they ended
two_cpus() {
	cat <<-END
	let ending text_phys+4M+0x20b00
	at ending: u64 $1&0xffffffff $2&0xffffffff 1 $3 3
	at cpu0+0x320: u64 d+t_shell
	at cpu1+0x320: u64 d+t_idle1
	END
}

# without_time: the note has no time of a crash
without_time() {
	printf 'note VMCOREINFO\nCRASHTIME=\nend\n' | cat dump.txt - >timeless.txt
	"$MKDUMP" timeless.txt dump
}

@test "the message, CPU, task, time, taints, and what each CPU ran" {
	kernel 'BUG: kernel NULL pointer dereference, address: 0000000000000000' \
		'Oops: Oops: 0002 [#1] PREEMPT SMP NOPTI' \
		'CPU: 0 UID: 0 PID: 3 Comm: shell Tainted: G' \
		'Kernel panic - not syncing: Fatal exception' \
		'---[ end Kernel panic - not syncing: Fatal exception ]---' <<-END
	$(two_cpus 0 0 0x3080)
	END
	answers vmlinux dump panic <<-END
	* command=panic status=ok verdict.#=3 \
		verdict.0="Page fault (#1), a write in kernel mode to 0." message="Fatal exception" \
		report="BUG: kernel NULL pointer dereference, address: 0000000000000000" cpu=0 \
		pid=3 comm=shell task=0xffff888000030300 crash_time=1700000000 tainted=12416 \
		taints=DOE oops_in_progress=1 cpus.#=2 cpus.0.cpu=0 cpus.0.pid=3 cpus.1.cpu=1 \
		cpus.1.comm=swapper/1 cpus.1.task=0xffff888000030500
	END
	"$KWALK" -q -c panic vmlinux dump >text
	diff - text <<-END
	Page fault (#1), a write in kernel mode to 0.
	It was PID 3 shell, CPU 0.
	Then the kernel panicked: Fatal exception.

	PANIC    Fatal exception
	REPORT   BUG: kernel NULL pointer dereference, address: 0000000000000000
	CPU      0
	TASK     ffff888000030300, pid 3, shell
	TIME     2023-11-14 22:13:20 UTC
	OOPS     1 in progress
	TAINTED  12416 DOE
	         TIME  TIMES  CPU     TASK  REPORT OF THE LOG
	  3.703703673      1    0  3 shell  BUG: kernel NULL pointer dereference, address: 0000000000000000
	  CPU  PID  COMM       TASK
	    0    3  shell      ffff888000030300
	    1    0  swapper/1  ffff888000030500
	END
}

@test "set: without a process, the task that bt, vm and files take" {
	kernel 'Kernel panic - not syncing: Fatal exception' <<-END
	$(two_cpus 0 0 0x3080)
	END
	answers vmlinux dump 'set -p; set' <<-END
	* command=set status=ok pid=3 comm=shell message=-
	* status=ok pid=3 message=-
	END
	answers vmlinux dump 'set; set 1; set; set none; set' <<-END
	* command=set status=none pid=3 comm=shell task=0xffff888000030300 message="~it ran on the CPU that panicked"
	* status=ok pid=1 message=-
	* status=ok pid=1
	* status=none pid=- message="no process is chosen any more"
	* status=none pid=3
	END
}

@test "sys: a row of the system that cannot be read is unknown" {
	kernel 'Kernel panic - not syncing: Fatal exception' <<-END
	$(two_cpus 0 0 0x3080)
	at ending+0x38: u64 1 2445358
	END
	answers vmlinux dump 'sys; sys -t' <<-END
	* command=sys status=ok kernel=vmlinux dumpfile=dump partial=false cpus=2 offline=1 tasks=7 \
		date=1700000000 release=6.1.0-18-amd64 machine=x86_64 cpu_khz=2445358 panic="Fatal exception"
	* command=sys tainted=12416 taints=DOE
	END
	for field in uptime load nodename version memory; do
		grep -q "\"$field\":null" answers
	done
	"$KWALK" -q -c 'sys; sys -t' vmlinux dump >text
	grep -qx 'CPUS  *2 \[OFFLINE: 1\]' text
	grep -qx 'MACHINE  *x86_64  (2445 MHz)' text
	grep -qx 'DATE  *2023-11-14 22:13:20 UTC' text
	grep -qx 'UPTIME  *unknown' text
	grep -qx 'LOAD AVERAGE  *unknown' text
	grep -qx 'TAINTED  *12416 DOE (oops or BUG, out-of-tree module, unsigned module)' text
}

@test "what the bad pointer of the report is in the dump" {
	kernel 'BUG: unable to handle page fault for address: ffff888000030338' \
		'#PF: supervisor read access in kernel mode' \
		'Oops: 0000 [#1] PREEMPT SMP NOPTI' \
		'CPU: 0 PID: 3 Comm: shell Not tainted 6.1.0-18-amd64 #1' \
		'RIP: 0010:schedule+0x4/0x20' \
		'Code: 90 90 90 90 48 8b 5f 60 <48> 8b 43 38 c3 90 90' \
		'RSP: 0018:ffffc90000013e78 EFLAGS: 00010246' \
		'RAX: 0000000000000001 RBX: ffff888000030300 RCX: 0000000000000001' \
		'RDX: 0000000000000001 RSI: 0000000000000002 RDI: ffff88800003a2c0' \
		'CR2: ffff888000030338 CR3: 0000000000032000 CR4: 00000000003506f0' \
		'---[ end trace 0000000000000000 ]---' 'one' 'two' 'three' \
		'Kernel panic - not syncing: Fatal exception' <<-END
	$(two_cpus 0 0 0)
	END
	"$KWALK" -q -c panic vmlinux dump >text
	! grep -q capstone text || skip "without capstone"
	sed -z 's/\n  / /g' text | grep '^In the dump' | diff - <(echo "In the dump, ffff888000030300 is frame 30, zone DMA; task_struct of pid 3 (shell). The memory at ffff88800003a320 holds ffff888000030300, too (the report began 17 seconds before the end of the log).")
	"$KWALK" -q -c log vmlinux dump >messages
	"$KWALK" -q -c 'annotate -s messages' vmlinux dump | sed -z 's/\n  / /g' | grep -q '^In the dump, ffff888000030300 is '
	# the place holds another value now
	{ cat dump.txt; echo 'at cpu0+0x320: u64 d+t_init'; } >other.txt
	"$MKDUMP" other.txt other
	"$KWALK" -q -c panic vmlinux other | sed -z 's/\n  / /g' | grep -q 'The memory at ffff88800003a320 holds another value, ffff888000030000'
	# of another boot: nothing
	sed 's/RDX: 0000000000000001/RDX: 0000000000000009/; s/^\[ *[0-9]*\./[  500./' messages >of-other
	"$KWALK" -q -c 'annotate -s of-other' vmlinux dump >text
	grep -q 'ffff888000030338' text
	not grep -q 'In the dump' text
}

@test "the command line that the kernel was started with" {
	kernel 'Kernel panic - not syncing: test' <<-END
	$(two_cpus 0 -1 0)
	at ending+0x30: u64 d+0x1c05800
	at 0x1c05800: str "BOOT_IMAGE=/vmlinuz root=/dev/sda1 a$(printf '\e')[31mb\0"
	END
	"$KWALK" -q -j -c panic vmlinux dump | json_hold 'it["command_line"] == "BOOT_IMAGE=/vmlinuz root=/dev/sda1 a?[31mb"'
	"$KWALK" -q -c panic vmlinux dump | grep -x 'CMDLINE  BOOT_IMAGE=/vmlinuz root=/dev/sda1 a?\[31mb'
	kernel 'Kernel panic - not syncing: test' <<-END
	$(two_cpus 0 -1 0)
	at ending+0x30: u64 d+0x7fc05800
	END
	"$KWALK" -q -j -c panic vmlinux dump | json_hold '"command_line" not in it'
}

@test "registers of notes, by the tasks that they name or the order of all CPUs" {
	kernel 'Kernel panic - not syncing: test' <<-END
	$(two_cpus 0 -1 0)
	note CORE prstatus pid=3 ip=text+0x2004 sp=0x1234
	END
	# The note of x86_64-note.inc is the first: its registers are zero, which nobody saved. The second
	# is of the task that CPU 0 ran, and so not CPU 1's, in spite of the order.
	answers vmlinux dump panic <<-END
	* cpu=0 ip=0xffffffff81002004 cpus.0.pid=3 cpus.0.registers.rsp=0x1234 cpus.1.ip=- cpus.1.registers=-
	END
	# A note without a pid goes by the order.
	sed 's/^note CORE prstatus pid=3 /note CORE prstatus /' dump.txt >ordered.txt
	"$MKDUMP" ordered.txt ordered
	answers vmlinux ordered panic <<-END
	* cpu=0 ip=- registers=- cpus.0.pid=3 cpus.0.ip=- cpus.1.symbol=schedule+0x4 cpus.1.registers.rsp=0x1234
	END
	answers -s 1 dump panic <<-END
	* cpus.#=1 cpus.0.ip=0xffffffff81002004 cpus.0.registers.rsp=0x1234
	* status=error
	END
	# a third note: they are not all CPUs in order
	echo 'note CORE prstatus pid=4' >>dump.txt
	"$MKDUMP" dump.txt dump
	answers vmlinux dump panic <<-END
	* cpu=0 symbol=schedule+0x4 region=kernel-image registers.rip=0xffffffff81002004 \
		registers.rsp=0x1234 cpus.1.ip=-
	END
	"$KWALK" -q -c panic vmlinux dump >text
	grep -qxF 'AT       ffffffff81002004 schedule+0x4, kernel-image' text
	grep -q '^  rip    ffffffff81002004  rsp    0000000000001234  rflags 0000000000000000$' text
}

@test "registers that the CPUs kept for kdump, each CPU's own" {
	kernel 'Kernel panic - not syncing: test' <<-END
	$(two_cpus 1 1 0)
	at ending+40: u64 0x100
	at cpu1+0x100: u32 5 336 1 str "CORE\0\0\0\0"
	at cpu1+0x100+20+32: u32 0
	at cpu1+0x100+20+112+128: u64 text+0x2010
	END
	answers vmlinux dump panic <<-END
	* cpu=1 symbol=schedule+0x10 comm=swapper/1 cpus.1.ip=0xffffffff81002010 cpus.0.ip=-
	END
	# no note: another name, size or type
	for lie in 'u32 4' 'u32 5 335' 'u32 5 336 2' 'u32 5 336 1 str "CURE"'; do
		echo "at cpu1+0x100: $lie" | cat dump.txt - >lie.txt
		"$MKDUMP" lie.txt dump
		answers vmlinux dump panic <<-END
		* cpu=1 ip=- cpus.1.ip=-
		END
	done
}

@test "QEMU's registers, by the base of each CPU's memory or else in order" {
	kernel 'Kernel panic - not syncing: test' <<-END
	$(two_cpus -1 -1 0)
	note QEMU cpu cr0=0x80050033 cr3=root cr4=0x3506f0 cr2=0x40 gs=d+cpu1 rip=text+0x2008 r15=0xf
	note QEMU cpu cr0=0x80050033 cr3=root cr4=0x3506f0 rip=0x401000 kernel_gs_base=d+cpu0
	END
	without_time
	answers vmlinux dump panic <<-END
	* status=no-panic cpus.0.ip=0x401000 cpus.0.region=user cpus.1.symbol=schedule+0x8 \
		cpus.1.registers.cr2=0x40 cpus.1.registers.r15=0xf other_cpus=-
	END
	"$KWALK" -q -c panic vmlinux dump >text
	not grep -q ' r15 ' text
	"$KWALK" -q -c 'panic -a' vmlinux dump >text
	grep -A 1 '^CPU  *0$' text | grep -q '^  rip  *0*401000 '
	grep -A 9 '^CPU  *1$' text | grep -q ' r15  *0*f$'
	[ "$(grep -A 9 '^CPU  *1$' text | wc -L)" -le 80 ]
	# the first note is of CPU 1 by its base, so it is not of CPU 0 by its place
	sed -i 's/kernel_gs_base=d+cpu0//' dump.txt
	without_time
	answers vmlinux dump panic <<-END
	* status=no-panic cpus.0.ip=- cpus.1.symbol=schedule+0x8
	END
	sed -i 's/gs=d+cpu1/gs=0/' dump.txt
	without_time
	answers vmlinux dump panic <<-END
	* status=no-panic cpus.0.symbol=schedule+0x8 cpus.1.ip=0x401000
	END
}

@test "a kernel that did not panic says so, whatever its log has" {
	kernel 'Kernel panic - not syncing: said by nobody' <<-END
	$(two_cpus -1 -1 0)
	END
	without_time
	answers vmlinux dump panic <<-END
	* status=no-panic verdict=- message="the kernel did not panic; it was stopped from outside" cpu=- pid=- registers=- \
		cpus.#=2 tainted=0 taints=
	END
	"$KWALK" -q -c panic vmlinux dump | grep -qx 'PANIC    the kernel did not panic; it was stopped from outside'
	# without its variables the log decides
	answers -s 1 dump panic <<-END
	* status=ok message="said by nobody"
	* status=error message=~__per_cpu_offset
	END
}

@test "an end without a message: the report, or that the log does not say" {
	kernel 'sysrq: Trigger a crash' <<-END
	$(two_cpus 1 -1 0)
	END
	answers vmlinux dump panic <<-END
	* status=ok verdict=- message="sysrq: Trigger a crash" cpu=1 pid=0 comm=swapper/1
	END
	kernel < <(two_cpus 1 -1 0)
	answers vmlinux dump panic <<-END
	* status=ok message="the kernel crashed; the log does not give the reason" report=-
	END
}

@test "an end whose log is scrubbed, not found or left out: why is not known" {
	needs_part extract
	kernel 'sysrq: Trigger a crash' <<-END
	$(two_cpus 1 -1 0)
	END
	"$KWALK" -q -c 'extract --scrub -l kernel -w scrubbed; extract -l tables -w tables' vmlinux dump
	answers -s 1 vmlinux scrubbed panic <<-END
	* status=ok message="the kernel crashed; the reason is not known, because the dump is scrubbed" report=-
	* status=error
	END
	answers -s 1 vmlinux tables panic <<-END
	* status=ok message=~"the kernel crashed; the reason is not known, because the log cannot be read: ffffffff81430000 (physical 1430000) is not in the dump: left out by extract" report=-
	* status=error
	* status=error
	END
	"$KWALK" -q -c triage vmlinux tables | grep '^END  *the kernel crashed; the reason is not known, because the log cannot be read: '
	# No symbol, and only the time of the crash in the note.
	dump x86_64
	answers -s 1 x86_64 panic <<-END
	* status=ok message=~"the kernel crashed; the reason is not known, because the log cannot be read: where the kernel keeps its log is not known" report=-
	* status=error
	* status=error
	END
	# No evidence of a crash either.
	describe timeless <<-END
	include $DUMPS/x86_64.txt
	note VMCOREINFO
	  CRASHTIME=
	end
	END
	answers -s 1 timeless panic <<-END
	* status=unknown message="it is not known whether the kernel panicked" cpu=- crash_time=-
	* status=error
	* status=error
	END
}

@test "what a process wrote to the log is no message of the kernel" {
	kernel 'Kernel panic - not syncing: the true one' 'Kernel panic - not syncing: forged' <<-END
	$(two_cpus 0 -1 0)
	at log_infos+4*88+18: u8 1
	END
	answers vmlinux dump panic <<-END
	* message="the true one"
	END
}

@test "i386, without symbols: the log names the task, and a note has its registers" {
	INCLUDE=i386-flat WORD=4 MODE=32 kernel 'kernel BUG at mm/slub.c:1!' 'invalid opcode: 0000 [#1] SMP' \
		'CPU: 1 PID: 77 Comm: modprobe Not tainted 6.1.0' 'Kernel panic - not syncing: Fatal exception' <<-END
	note CORE prstatus pid=77 ip=text+0x2000 sp=page_offset+0x1000
	END
	answers -s 1 dump panic <<-END
	* status=ok message="Fatal exception" report="kernel BUG at mm/slub.c:1!" cpu=1 pid=77 \
		comm=modprobe ip=0xc1002000 registers.eip=0xc1002000 registers.esp=0xc0001000 \
		registers.rip=- registers.r8=-
	* status=error message=*
	END
	complains @unknown panic 'what the CPUs ran is not known'
}

@test "the task that ran before 2.6.30: by the runqueue" {
	cat >dump.txt <<-END
	include $DUMPS/x86_64-tasks.inc
	at text_phys+4M+0x20b00: u64 0 0xffffffff 0 0 3
	at cpu0+0x310: u64 d+t_shell
	END
	"$MKDUMP" dump.txt dump
	vmlinux 64 4.4.0-1-amd64
	"$KWALK" -q -j -c panic vmlinux dump >answers 2>complaints || true
	python3 -c 'import json
panic = json.loads(open("answers").readline())
assert panic["status"] == "ok" and panic["cpus"][0]["pid"] == 3'
	grep -q 'keeps its log is not known' complaints
}

@test "tasks and CPUs that are not there" {
	kernel 'Kernel panic - not syncing: test' <<-END
	$(two_cpus 7 -1 0xffffffffffffffff)
	at cpu0+0x320: u64 0xdead000000000000
	at cpu1+0x320: u64 0
	END
	answers vmlinux dump panic <<-END
	* cpu=7 task=- taints=~PFSRMBUDAWCIOELKXTNJ? cpus.0.task=0xdead000000000000 cpus.0.pid=- \
		cpus.1.task=-
	END
}

@test "before 4.5 crashing_cpu is 0 at first, which says nothing" {
	kernel 'Booting' <<-END
	$(two_cpus 0 0 0)
	END
	cp dump dump.timed
	without_time
	vmlinux 64 3.10.105
	answers vmlinux dump panic <<<'* status=no-panic cpu=-'
	# Where the kernel handed over, and where another CPU did.
	answers vmlinux dump.timed panic <<<'* status=ok cpu=0'
	printf 'at ending: u64 0 1\n' | cat timeless.txt - >other.txt
	"$MKDUMP" other.txt other
	answers vmlinux other panic <<<'* status=ok cpu=1'
}

# Layout and types: include/uapi/linux/vmcore.h and kernel/vmcore_info.c of 6.18.
@test "errors of the hardware from which the kernel recovered" {
	local MORE=$PWD/hwerr.c

	cat >"$MORE" <<-'END'
	struct hwerr_info {
		struct { int counter; } count;
		long long timestamp;
	};
	__attribute__((used, section(".data.20b00.x"), aligned(8))) struct hwerr_info hwerr_data[5];
	END
	MORE=$MORE kernel 'Kernel panic - not syncing: test' <<-END
	$(two_cpus 0 0 0)
	at ending+0x48: u64 0 0 3 1700000001 0 0 2 1700000002 0x1234500000000 9
	END
	answers vmlinux dump panic <<-END
	* hardware_errors.#=2 hardware_errors.0.type=memory hardware_errors.0.count=3 \
		hardware_errors.0.last_time=1700000001 hardware_errors.1.type=cxl hardware_errors.1.count=2 \
		hardware_errors.1.last_time=1700000002
	END
	"$KWALK" -q -c panic vmlinux dump >text
	grep -A 1 '^  HARDWARE ERROR  TIMES  LAST' text | grep -x '  memory              3  2023-11-14 22:13:21 UTC'
	kernel 'Kernel panic - not syncing: test' <<-END
	$(two_cpus 0 0 0)
	END
	answers vmlinux dump panic <<<'* hardware_errors=-'
}
